#include "server/observe/call_record.h"

#include <algorithm>

#include "server/base/error_details.h"
#include "server/base/utf8.h"
#include "server/observe/log.h"

namespace rowkeeper::observe {
namespace {

constexpr size_t kLoggedIds = 10;
constexpr size_t kLoggedBytes = 128;

LogLevel LevelOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return LogLevel::kError;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return LogLevel::kWarning;
    default:
      return LogLevel::kInfo;
  }
}

std::string JoinIds(const std::vector<std::string>& ids) {
  std::string joined;
  for (size_t i = 0; i < std::min(ids.size(), kLoggedIds); ++i) {
    if (i > 0) joined.push_back(',');
    joined.append(ShortenUtf8(ids[i], kLoggedBytes));
  }
  return joined;
}

}  // namespace

std::string CallFields(const CallRecord& record) {
  const LogFormat format = CurrentLogFormat();
  std::string line;
  const auto append = [&](const LogField& field) { AppendField(format, field, &line); };
  const auto append_text = [&](std::string_view key, std::string_view value) {
    if (!value.empty()) append({key, ShortenUtf8(value, kLoggedBytes)});
  };
  append({"msg", "call"});
  append({"method", record.method});
  append_text("entity", record.entity);
  if (!record.ids.empty()) append({"id", JoinIds(record.ids)});
  if (record.ids.size() > kLoggedIds) append({"ids", static_cast<int64_t>(record.ids.size())});
  append({"status", absl::StatusCodeToString(record.status.code())});
  append_text("reason", ErrorReason(record.status));
  const int64_t microseconds = record.duration.count() / 1000;
  append({"duration_ms", static_cast<double>(microseconds) / 1000.0});
  if (record.rows >= 0) append({"rows", record.rows});
  append_text("request_id", record.request_id);
  append_text("caller", record.caller);
  append_text("unit_of_work", record.unit_of_work);
  append_text("label", record.label);
  if (LevelOf(record.status.code()) == LogLevel::kError) {
    append_text("log_id", ErrorLogId(record.status));
    append({"error", std::string(record.status.message())});
  }
  return line;
}

void LogCall(const CallRecord& record) {
  const LogLevel level = LevelOf(record.status.code());
  if (LogEnabled(level)) LogPrepared(level, CallFields(record));
}

}  // namespace rowkeeper::observe
