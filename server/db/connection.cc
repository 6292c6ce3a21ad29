#include "server/db/connection.h"
#include "server/base/clock.h"

#include <chrono>
#include <exception>
#include <initializer_list>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "server/base/database_errors.h"
#include "server/base/text.h"
#include "server/db/conninfo.h"
#include "server/db/pg_connection.h"

namespace rowkeeper::db {
namespace {

/// Says why a connection could not be made, but the same reason at most every few seconds: callers try many times a
/// second while the database is down.
class OpenFailureLog {
 public:
  void Write(const std::string& reason) {
    const Clock::time_point now = Clock::System().Now();  // it is the whole process's, like the log
    const absl::MutexLock lock(&mu_);
    const bool repeated = reason == last_reason_ && now - last_time_ < std::chrono::seconds(10);
    spdlog::log(repeated ? spdlog::level::debug : spdlog::level::warn, "cannot connect to the database: {}", reason);
    if (repeated) return;
    last_reason_ = reason;
    last_time_ = now;
  }

 private:
  absl::Mutex mu_;
  std::string last_reason_ ABSL_GUARDED_BY(mu_);
  Clock::time_point last_time_ ABSL_GUARDED_BY(mu_);
};

bool SaysOneOf(const std::string& reason, std::initializer_list<const char*> phrases) {
  for (const char* words : phrases) {
    if (reason.find(words) != std::string::npos) return true;
  }
  return false;
}

bool IsRefusedLogin(const std::string& reason) {
  if (SaysOneOf(reason, {"authentication failed", "no pg_hba.conf entry", "pg_hba.conf rejects",
                         "is not permitted to log in", "no password supplied", "permission denied for database"})) {
    return true;
  }
  return reason.find("role \"") != std::string::npos && reason.find("does not exist") != std::string::npos;
}

bool HasNoSuchDatabase(const std::string& reason) {
  return reason.find("database \"") != std::string::npos && reason.find("does not exist") != std::string::npos;
}

bool IsFull(const std::string& reason) {
  return SaysOneOf(reason, {"too many clients", "too many connections for", "remaining connection slots",
                            "no more connections allowed"});  // the last is PgBouncer's
}

/// A connection that was never made has no result, and so no SQLSTATE: the words decide. libpq would write it into the
/// message of a PGconn that is verbose before it connects, but such a one comes from PQconnectStart only, which has no
/// connect_timeout. Where the server's messages are translated, a refused login counts as an unreachable database.
absl::Status StatusOfFailedOpen(const std::string& reason) {
  if (IsFull(reason)) return DatabaseExhausted();
  if (IsRefusedLogin(reason)) return LoginRefused();
  return HasNoSuchDatabase(reason) ? DatabaseMissing() : DatabaseUnavailable();
}

std::string OneLine(const char* message) {
  std::string line = absl::StrReplaceAll(message, {{"\n", " "}, {"\t", ""}});
  absl::StripAsciiWhitespace(&line);
  return line;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  auto info = ParseConnInfo(options.url);
  if (!info.ok()) return info.status();
  AddLivenessDefaults(options.connect_timeout_s, &*info);
  if (options.connect_limit_s > 0) LimitConnectTimeout(options.connect_limit_s, &*info);
  (*info)["client_encoding"] = "UTF8";
  info->try_emplace("application_name", options.application_name);
  static OpenFailureLog* const log = new OpenFailureLog;
  const auto count_failure = [&options] {
    if (options.counters != nullptr) options.counters->failed.Add();
  };
  try {
    auto connection = std::make_unique<PgConnection>(ToKeyValue(*info), options);
    if (absl::Status unfit = connection->SetUp(ToKeyValue(*info)); !unfit.ok()) {
      count_failure();
      log->Write(std::string(unfit.message()));
      return unfit;
    }
    return std::unique_ptr<Connection>(std::move(connection));
  } catch (const std::exception& exception) {
    count_failure();
    const std::string reason = OneLine(exception.what());
    log->Write(reason);
    return StatusOfFailedOpen(reason);
  }
}

}  // namespace rowkeeper::db
