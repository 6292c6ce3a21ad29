#include "server/observe/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <ctime>
#include <memory>
#include <utility>

#include "server/base/errors.h"

namespace rowkeeper::observe {
namespace {

/// Lines of this logger are fields already; those of any other are plain words that still need quoting.
constexpr const char* kStructuredLogger = "rowkeeper";

std::string_view View(const spdlog::string_view_t& text) { return {text.data(), text.size()}; }

std::string_view LevelName(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::info:
      return "info";
    case spdlog::level::warn:
      return "warning";
    default:
      return "error";
  }
}

std::string UtcTime(spdlog::log_clock::time_point time) {
  const std::time_t seconds = spdlog::log_clock::to_time_t(time);
  const auto since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char date[32];
  char text[48];
  std::strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text, sizeof(text), "%s.%03dZ", date, static_cast<int>(since_epoch % 1000));
  return text;
}

class LineFormatter : public spdlog::formatter {
 public:
  explicit LineFormatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& destination) override {
    std::string line;
    AppendField(format_, {"time", UtcTime(message.time)}, &line);
    AppendField(format_, {"level", LevelName(message.level)}, &line);
    if (View(message.logger_name) == kStructuredLogger) {
      line.push_back(format_ == LogFormat::kText ? ' ' : ',');
      line.append(View(message.payload));
    } else {
      AppendField(format_, {"msg", View(message.payload)}, &line);
    }
    if (format_ == LogFormat::kJson) line = "{" + line + "}";
    line.push_back('\n');
    destination.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<LineFormatter>(format_); }

 private:
  const LogFormat format_;
};

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

struct State {
  std::shared_ptr<spdlog::details::thread_pool> writer;
  std::shared_ptr<spdlog::logger> structured;
  LogFormat format = LogFormat::kText;
};

std::shared_ptr<spdlog::sinks::sink> MakeSink(LogFormat format) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_formatter(std::make_unique<LineFormatter>(format));
  return sink;
}

/// Writes from the calling thread; what holds before StartLog.
State DirectState(LogFormat format) {
  State state;
  state.format = format;
  state.structured = std::make_shared<spdlog::logger>(kStructuredLogger, MakeSink(format));
  return state;
}

State& Current() {
  static State* const state = new State(DirectState(LogFormat::kText));  // never destroyed: destructors may log
  return *state;
}

}  // namespace

absl::Status ParseLogLevel(std::string_view name, LogLevel* level) {
  constexpr std::pair<std::string_view, LogLevel> kLevels[] = {{"debug", LogLevel::kDebug},
                                                               {"info", LogLevel::kInfo},
                                                               {"warning", LogLevel::kWarning},
                                                               {"error", LogLevel::kError}};
  for (const auto& [known, value] : kLevels) {
    if (name != known) continue;
    *level = value;
    return absl::OkStatus();
  }
  return InvalidField("log level", "is one of debug, info, warning, error");
}

absl::Status ParseLogFormat(std::string_view name, LogFormat* format) {
  if (name != "text" && name != "json") return InvalidField("log format", "is one of text, json");
  *format = name == "text" ? LogFormat::kText : LogFormat::kJson;
  return absl::OkStatus();
}

void StartLog(const LogOptions& options) {
  State state;
  state.format = options.format;
  state.writer = std::make_shared<spdlog::details::thread_pool>(options.queue_lines, 1);
  const auto sink = MakeSink(options.format);
  const auto make_logger = [&](const char* name) {
    auto logger =
        std::make_shared<spdlog::async_logger>(name, sink, state.writer, spdlog::async_overflow_policy::overrun_oldest);
    logger->set_level(ToSpdlog(options.level));
    logger->flush_on(spdlog::level::err);
    return logger;
  };
  state.structured = make_logger(kStructuredLogger);
  spdlog::set_default_logger(make_logger("default"));
  Current() = std::move(state);
}

void StopLog() {
  State& current = Current();
  const auto level = current.structured->level();
  State direct = DirectState(current.format);
  direct.structured->set_level(level);
  auto plain = std::make_shared<spdlog::logger>("default", MakeSink(current.format));
  plain->set_level(level);
  spdlog::set_default_logger(std::move(plain));
  current = std::move(direct);  // the last reference to the writer: its destructor writes the queue out and joins
}

bool LogEnabled(LogLevel level) { return Current().structured->should_log(ToSpdlog(level)); }

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!LogEnabled(level)) return;
  const LogFormat format = CurrentLogFormat();
  std::string line;
  AppendField(format, {"msg", message}, &line);
  for (const LogField& field : fields) AppendField(format, field, &line);
  LogPrepared(level, line);
}

void LogPrepared(LogLevel level, const std::string& fields) {
  Current().structured->log(ToSpdlog(level), spdlog::string_view_t(fields.data(), fields.size()));
}

LogFormat CurrentLogFormat() { return Current().format; }

uint64_t DroppedLogLines() {
  const State& state = Current();
  return state.writer ? state.writer->overrun_counter() : 0;
}

}  // namespace rowkeeper::observe
