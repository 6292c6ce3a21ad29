#include "server/db/failure_log.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <spdlog/spdlog.h>

#include "server/base/error_details.h"
#include "server/base/statement_text.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/db/error_origin.h"

namespace rowkeeper::db {
namespace {

constexpr size_t kRaisedBytes = 1000;

/// Messages of these classes speak of SQL and the schema; the others may repeat values.
bool MessageIsFreeOfValues(const PgError& error) {
  return error.sqlstate.substr(0, 2) == "42" || error.sqlstate.substr(0, 2) == "XX" || error.sqlstate == "25P02" ||
         error.sqlstate == "55000" || error.sqlstate == "0A000";
}

spdlog::level::level_enum LevelOf(const PgError& error, const absl::Status& status, ErrorOrigin origin) {
  // Raising errors is the daily work of some triggers.
  if (origin == ErrorOrigin::kRaised) return spdlog::level::info;
  const bool unexpected = status.code() == absl::StatusCode::kInternal ||
                          status.code() == absl::StatusCode::kPermissionDenied ||
                          (status.code() == absl::StatusCode::kFailedPrecondition &&
                           (error.constraint.empty() || origin == ErrorOrigin::kBody));
  return unexpected ? spdlog::level::warn : spdlog::level::debug;
}

/// One line.
std::string Words(const PgError& error, ErrorOrigin origin) {
  if (origin != ErrorOrigin::kRaised) {
    return MessageIsFreeOfValues(error) ? error.primary.substr(0, error.primary.find('\n')) : std::string();
  }
  std::string words = ShortenUtf8(error.primary, kRaisedBytes);
  std::replace_if(
      words.begin(), words.end(), [](unsigned char c) { return c < 0x20; }, ' ');
  return words;
}

}  // namespace

std::string_view NameInLog(const Query& query) {
  return query.name == nullptr ? "without a name" : std::string_view(query.name->str());
}

void LogFailure(const PgError& error, const Query& query, const absl::Status& status) {
  const ErrorOrigin origin = OriginOf(error);
  const auto level = LevelOf(error, status, origin);
  if (!spdlog::default_logger_raw()->should_log(level)) return;
  const std::string function = FunctionOf(error);
  spdlog::log(level, "statement {} ({}) failed: sqlstate={} table={} constraint={}{} log_id={} {}", NameInLog(query),
              PurposeOf(query.text), error.sqlstate, error.table, error.constraint,
              function.empty() ? "" : Cat(" function=", function), ErrorLogId(status), Words(error, origin));
}

}  // namespace rowkeeper::db
