#include "server/observe/log.h"

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/observe/call_record.h"
#include "server/observe/log_writer.h"

namespace rowkeeper::observe {
namespace {

constexpr std::pair<std::string_view, LogLevel> kLevels[] = {{"debug", LogLevel::kDebug},
                                                             {"info", LogLevel::kInfo},
                                                             {"warning", LogLevel::kWarning},
                                                             {"error", LogLevel::kError}};

/// One word, so that it can be changed while calls look at it.
enum CallLineBits : unsigned { kAllCalls = 1, kErrorCalls = 2, kSlowCalls = 4 };

unsigned ToBits(const CallLines& lines) {
  return (lines.all ? kAllCalls : 0U) | (lines.errors ? kErrorCalls : 0U) | (lines.slow ? kSlowCalls : 0U);
}

struct State {
  std::atomic<LogLevel> level{LogLevel::kInfo};
  std::atomic<unsigned> calls{ToBits(CallLines())};
  std::atomic<int64_t> slow_ms{LogOptions().slow_call.count()};
  std::atomic<LogFormat> format{LogFormat::kText};
  /// Changes only while one thread logs.
  std::unique_ptr<LogWriter> writer;
};

State& Current() {
  static State* const state = new State;  // never destroyed: destructors may log
  return *state;
}

/// Lines of one kind may be summarised.
enum class Burst { kWhole, kSummarised };

void Write(LogEntry entry, const LineKind& kind, Burst burst) {
  State& state = Current();
  if (state.writer == nullptr) {
    WriteToStderr(FormatLine(entry, state.format));
  } else if (burst == Burst::kSummarised) {
    state.writer->PushUnlessBurst(std::move(entry), kind);
  } else {
    state.writer->Push(std::move(entry));
  }
}

constexpr std::string_view kLogId = "log_id";

bool HasLogId(std::initializer_list<LogField> fields) {
  return std::any_of(fields.begin(), fields.end(), [](const LogField& field) {
    const auto* const text = std::get_if<std::string_view>(&field.value);
    return field.key == kLogId && text != nullptr && !text->empty();
  });
}

/// The same of a line in free words: "… log_id=4f2a …".
bool HasLogId(std::string_view words) {
  const size_t found = words.find(" log_id=");
  if (found == std::string_view::npos) return false;
  const size_t value = found + kLogId.size() + 2;
  return value < words.size() && words[value] != ' ';
}

/// Nobody is told an id that no line has.
Burst BurstOf(LogLevel level, bool has_log_id) {
  return level >= LogLevel::kWarning && !has_log_id ? Burst::kSummarised : Burst::kWhole;
}

void WriteLine(LogLevel level, std::string fields, const LineKind& kind, Burst burst) {
  if (const CallContext* context = CallScope::Current()) AppendCaller(*context, Current().format, &fields);
  Write({level, std::chrono::system_clock::now(), std::move(fields)}, kind, burst);
}

LogLevel FromSpdlog(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return LogLevel::kDebug;
    case spdlog::level::info:
      return LogLevel::kInfo;
    case spdlog::level::warn:
      return LogLevel::kWarning;
    default:
      return LogLevel::kError;
  }
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// Where spdlog's lines go: plain words, which still need quoting.
class SpdlogSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string_view words(message.payload.data(), message.payload.size());
    const LogLevel level = FromSpdlog(message.level);
    std::string fields;
    AppendField(Current().format, {"msg", words}, &fields);
    const Burst burst = BurstOf(level, HasLogId(words));
    WriteLine(level, std::move(fields), burst == Burst::kSummarised ? KindOfWords(words) : LineKind(), burst);
  }
  void flush_() override {}
};

/// Spdlog's default logger writes where Log does.
void TakeSpdlog() {
  auto logger = std::make_shared<spdlog::logger>("default", std::make_shared<SpdlogSink>());
  logger->set_level(ToSpdlog(Current().level));
  spdlog::set_default_logger(std::move(logger));
}

absl::Status AddCallLines(std::string_view word, CallLines* lines) {
  if (word == "errors") {
    lines->errors = true;
  } else if (word == "slow") {
    lines->slow = true;
  } else if (word == "all" || word == "none") {
    return InvalidField("log calls", "all and none stand alone");
  } else {
    return InvalidField("log calls", "are some of errors and slow with a comma between them, or all, or none");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseLogLevel(std::string_view name, LogLevel* level) {
  for (const auto& [known, value] : kLevels) {
    if (name != known) continue;
    *level = value;
    return absl::OkStatus();
  }
  return InvalidField("log level", "is one of debug, info, warning, error");
}

std::string_view LogLevelName(LogLevel level) { return kLevels[static_cast<size_t>(level)].first; }

absl::Status ParseLogFormat(std::string_view name, LogFormat* format) {
  if (name != "text" && name != "json") return InvalidField("log format", "is one of text, json");
  *format = name == "text" ? LogFormat::kText : LogFormat::kJson;
  return absl::OkStatus();
}

absl::Status ParseCallLines(std::string_view words, CallLines* lines) {
  CallLines parsed{words == "all", false, false};
  if (words != "all" && words != "none") {
    for (size_t begin = 0; begin <= words.size();) {
      const size_t end = std::min(words.find(',', begin), words.size());
      if (absl::Status status = AddCallLines(words.substr(begin, end - begin), &parsed); !status.ok()) return status;
      begin = end + 1;
    }
  }
  *lines = parsed;
  return absl::OkStatus();
}

std::string CallLinesText(const CallLines& lines) {
  if (lines.all) return "all";
  if (lines.errors && lines.slow) return "errors,slow";
  if (lines.errors) return "errors";
  return lines.slow ? "slow" : "none";
}

void StartLog(const LogOptions& options) {
  State& state = Current();
  state.format = options.format;
  SetSlowCallLimit(options.slow_call);
  SetCallLines(options.calls);
  state.writer = std::make_unique<LogWriter>(LogWriter::Options{options.format, options.queue_lines, options.bursts});
  TakeSpdlog();
  SetLogLevel(options.level);
}

void StopLog() {
  Current().writer.reset();  // writes the queue out
  TakeSpdlog();
}

void SetLogLevel(LogLevel level) {
  Current().level = level;
  spdlog::default_logger_raw()->set_level(ToSpdlog(level));
}

void SetCallLines(const CallLines& lines) { Current().calls = ToBits(lines); }

void SetSlowCallLimit(std::chrono::milliseconds limit) { Current().slow_ms = limit.count(); }

LogLevel CurrentLogLevel() { return Current().level; }

CallLines CurrentCallLines() {
  const unsigned bits = Current().calls.load(std::memory_order_relaxed);
  return {(bits & kAllCalls) != 0, (bits & kErrorCalls) != 0, (bits & kSlowCalls) != 0};
}

std::chrono::milliseconds SlowCallLimit() {
  return std::chrono::milliseconds(Current().slow_ms.load(std::memory_order_relaxed));
}

bool LogEnabled(LogLevel level) { return level >= Current().level.load(std::memory_order_relaxed); }

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!LogEnabled(level)) return;
  const LogFormat format = Current().format;
  std::string line;
  AppendField(format, {"msg", message}, &line);
  for (const LogField& field : fields) AppendField(format, field, &line);
  WriteLine(level, std::move(line), {std::string(message), "", "", ""}, BurstOf(level, HasLogId(fields)));
}

void LogCall(CallRecord record) {
  record.context.memory_owner = nullptr;  // it lives no longer than the call
  record.context.progress = nullptr;
  const LogLevel level = CallLevel(record);
  // Whoever asks for every call gets the line of every answer and every mistake of a caller.
  const bool asked_for = CurrentCallLines().all && level < LogLevel::kWarning;
  const bool whole = asked_for || !ErrorLogId(record.status).empty();
  const LineKind kind = whole ? LineKind() : CallKind(record);
  const auto time = record.end;
  Write({level, time, std::move(record)}, kind, whole ? Burst::kWhole : Burst::kSummarised);
}

uint64_t DroppedLogLines() {
  const State& state = Current();
  return state.writer != nullptr ? state.writer->dropped() : 0;
}

uint64_t SummarisedLogLines() {
  const State& state = Current();
  return state.writer != nullptr ? state.writer->summarised() : 0;
}

}  // namespace rowkeeper::observe
