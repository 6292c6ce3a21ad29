#include "server/observe/call_record.h"

#include <algorithm>

#include "server/base/error_details.h"
#include "server/base/utf8.h"
#include "server/observe/lock_waits.h"
#include "server/observe/log.h"

namespace rowkeeper::observe {
namespace {

constexpr int64_t kLoggedIds = 10;
constexpr size_t kLoggedBytes = 128;
constexpr size_t kLoggedPlanBytes = 400;

/// Three decimals.
double ToMilliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(std::chrono::floor<std::chrono::microseconds>(time)).count();
}

LogLevel LevelOfCode(absl::StatusCode code) {
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

LogLevel LevelOfEnd(absl::StatusCode code, bool slow) {
  return slow ? std::max(LevelOfCode(code), LogLevel::kWarning) : LevelOfCode(code);
}

/// Appends fields to a line.
class Fields {
 public:
  Fields(LogFormat format, std::string* line) : format_(format), line_(*line) {}

  void Add(const LogField& field) { AppendField(format_, field, &line_); }
  void AddText(std::string_view key, std::string_view value) {
    if (!value.empty()) Add({key, ShortenUtf8(value, kLoggedBytes)});
  }
  void AddTime(std::string_view key, std::chrono::nanoseconds time) { Add({key, ToMilliseconds(time)}); }

 private:
  const LogFormat format_;
  std::string& line_;
};

/// Where the time of a slow call went.
void AddTimes(const CallRecord& record, Fields* fields) {
  const CallTimes& times = record.context.times;
  fields->Add({"slow", true});
  fields->AddTime("queue_ms", times.queue);
  fields->AddTime("connection_ms", times.connection);
  fields->AddTime("database_ms", times.database);
  fields->Add({"statements", times.statements});
  const SlowStatement& slowest = record.context.slowest;
  if (slowest.time.count() > 0) {
    fields->AddText("statement", slowest.purpose);
    fields->AddText("statement_name", slowest.name);
    fields->AddTime("statement_ms", slowest.time);
  }
  if (slowest.query_id != 0) fields->Add({"query_id", slowest.query_id});
  if (slowest.plan != nullptr) fields->Add({"plan", ShortenUtf8(*slowest.plan, kLoggedPlanBytes)});
  if (slowest.backend == 0) return;
  fields->Add({"backend", slowest.backend});
  const auto wait = LockWaits::Process().Find(
      slowest.backend, record.end - std::chrono::duration_cast<std::chrono::microseconds>(record.duration), record.end);
  if (!wait.has_value()) return;
  fields->Add({"blocked_by", wait->blocked_by});
  fields->Add({"lock", wait->lock});
}

}  // namespace

void NotedIds::Add(std::string_view id) {
  if (count_++ >= kLoggedIds) return;
  if (count_ > 1) text_.push_back(',');
  if (id.size() <= kLoggedBytes) {
    text_.append(id);
  } else {
    text_.append(ShortenUtf8(id, kLoggedBytes));
  }
}

bool NotedIds::is_cut() const { return count_ > kLoggedIds; }

bool IsSlow(const CallEnd& end) {
  const std::chrono::milliseconds limit = SlowCallLimit();
  return limit.count() > 0 && end.duration >= limit && !end.is_stream;
}

bool WantsCallLine(const CallEnd& end) {
  const CallLines lines = CurrentCallLines();
  const bool slow = IsSlow(end);
  const bool asked = lines.all || (lines.errors && end.code != absl::StatusCode::kOk) || (lines.slow && slow) ||
                     LevelOfCode(end.code) == LogLevel::kError;
  return asked && LogEnabled(LevelOfEnd(end.code, slow));
}

LogLevel CallLevel(const CallRecord& record) { return LevelOfEnd(record.status.code(), record.slow); }

LineKind CallKind(const CallRecord& record) {
  return {"call", record.method, absl::StatusCodeToString(record.status.code()),
          std::string(ErrorReason(record.status))};
}

void AppendCaller(const CallContext& context, LogFormat format, std::string* line) {
  Fields fields(format, line);
  fields.AddText("request_id", context.request_id);
  if (context.spans != nullptr) {
    fields.Add({"trace_id", TraceIdText(context.spans->trace_id())});
    fields.Add({"span_id", SpanIdText(context.spans->span_id())});
    return;
  }
  if (!context.trace.has_value()) return;
  fields.Add({"trace_id", context.trace->trace_id});
  fields.Add({"span_id", context.trace->span_id});
}

std::string CallFields(const CallRecord& record, LogFormat format) {
  std::string line;
  Fields fields(format, &line);
  fields.Add({"msg", "call"});
  fields.Add({"method", record.method});
  fields.AddText("entity", record.entity);
  if (record.ids.count() > 0) fields.Add({"id", record.ids.text()});
  if (record.ids.is_cut()) fields.Add({"ids", record.ids.count()});
  fields.Add({"status", absl::StatusCodeToString(record.status.code())});
  fields.AddText("reason", ErrorReason(record.status));
  fields.AddTime("duration_ms", record.duration);
  if (record.rows >= 0) fields.Add({"rows", record.rows});
  AppendCaller(record.context, format, &line);
  fields.AddText("caller", record.caller);
  fields.AddText("unit_of_work", record.unit_of_work);
  fields.AddText("label", record.label);
  if (record.slow) AddTimes(record, &fields);
  if (LevelOfCode(record.status.code()) == LogLevel::kError) {
    fields.AddText("log_id", ErrorLogId(record.status));
    fields.Add({"error", std::string(record.status.message())});
  }
  return line;
}

}  // namespace rowkeeper::observe
