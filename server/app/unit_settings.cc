#include "server/app/unit_settings.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <cmath>

#include "server/base/errors.h"
#include "server/base/listen_address.h"
#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper::app {
namespace {

constexpr size_t kMaxAddressBytes = 255;
/// After this much more than a statement may take, PostgreSQL hangs.
constexpr int kAnswerSlackMs = 5000;
/// The same where statements have no limit.
constexpr int kLongestAnswerMs = 3600000;

/// A statement without a limit of its own is not waited for any longer.
constexpr std::chrono::milliseconds kLongestTeardown{60000};
/// For the fence, COMMIT and ROLLBACK of a unit.
constexpr std::chrono::milliseconds kEndOfUnit{25000};

bool StandsForAllAddresses(const std::string& host) { return host == "0.0.0.0" || host == "[::]" || host == "::"; }

std::string HostName() {
  char name[HOST_NAME_MAX + 1] = {};
  return gethostname(name, sizeof(name) - 1) == 0 && name[0] != '\0' ? name : "localhost";
}

/// A share below one leaves at least one connection to calls outside units.
int Capacity(const UnitSettings& settings, const PoolSettings& pool) {
  const int connections = pool.pool_size + pool.max_overflow;
  return std::clamp(static_cast<int>(std::floor(settings.share * connections)), 0, connections - 1);
}

}  // namespace

absl::Status CheckAdvertisedAddress(const std::string& setting) {
  if (setting.size() <= kMaxAddressBytes && IsPrintableWord(setting)) return absl::OkStatus();
  return InvalidField("--advertise-address", "is written host:port, at most 255 printable ASCII characters");
}

std::string AdvertisedAddress(const std::string& setting, const std::vector<std::string>& bound) {
  if (!setting.empty()) return setting;
  const ListenAddress first{bound.front()};
  if (first.is_unix() || !StandsForAllAddresses(first.host())) return first.text.substr(0, kMaxAddressBytes);
  return Cat(HostName(), ":", first.port());
}

absl::StatusOr<uow::UnitOptions> ToUnitOptions(const UnitSettings& settings, const PoolSettings& pool) {
  FieldViolations violations;
  if (settings.idle_limit_s > settings.max_idle_limit_s) {
    violations.Add("--unit-idle-limit", "is above --unit-max-idle-limit; raise that, or lower this");
  }
  if (settings.total_limit_s > settings.max_total_limit_s) {
    violations.Add("--unit-total-limit", "is above --unit-max-total-limit; raise that, or lower this");
  }
  if (!violations.empty()) return violations.ToStatus();
  uow::UnitOptions options;
  options.capacity = Capacity(settings, pool);
  options.per_caller = settings.per_caller < options.capacity ? settings.per_caller : 0;
  options.idle_limit = Milliseconds(settings.idle_limit_s);
  options.max_idle_limit = Milliseconds(settings.max_idle_limit_s);
  options.total_limit = Milliseconds(settings.total_limit_s);
  options.max_total_limit = Milliseconds(settings.max_total_limit_s);
  options.capacity_wait = Milliseconds(settings.capacity_wait_s);
  options.max_capacity_wait = std::max(options.max_capacity_wait, options.capacity_wait);
  options.busy_wait = Milliseconds(settings.busy_wait_s);
  options.in_doubt_limit = Milliseconds(settings.in_doubt_limit_s);
  return options;
}

db::ConnectionOptions WithSessionLimits(db::ConnectionOptions connection, const UnitSettings& settings) {
  const bool unlimited = connection.statement_timeout_ms == 0;
  connection.answer_limit_ms = unlimited ? kLongestAnswerMs : connection.statement_timeout_ms + kAnswerSlackMs;
  const auto idle = Milliseconds(settings.max_idle_limit_s) + uow::UnitOptions().backstop;
  connection.idle_in_transaction_ms = static_cast<int>(idle.count());
  return connection;
}

std::chrono::milliseconds TeardownLimit(const db::ConnectionOptions& connection, const UnitSettings& settings) {
  const std::chrono::milliseconds statement(WithSessionLimits(connection, settings).answer_limit_ms);
  return std::max(std::min(statement, kLongestTeardown), kEndOfUnit + Milliseconds(settings.in_doubt_limit_s));
}

}  // namespace rowkeeper::app
