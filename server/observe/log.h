#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/observe/log_format.h"

namespace rowkeeper::observe {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
  /// Lines that may wait for the writer thread; beyond it the oldest is dropped and counted. Range 16 to 1000000.
  size_t queue_lines = 8192;
};

/// "debug", "info", "warning" or "error". Errors: INVALID_ARGUMENT listing them.
absl::Status ParseLogLevel(std::string_view name, LogLevel* level);
/// "text" or "json". Errors: INVALID_ARGUMENT listing them.
absl::Status ParseLogFormat(std::string_view name, LogFormat* format);

/// Sends all log lines, those of spdlog's default logger included, to standard error by a thread of its own, so that no
/// caller waits for a slow terminal. Before it (and after StopLog) lines are written by the thread that logs. Call it
/// from one thread, before others log.
void StartLog(const LogOptions& options);
/// Writes what is queued and ends the writer thread. Other threads must have stopped logging.
void StopLog();

/// True when lines of this level are written: ask before gathering costly fields. Thread-safe.
bool LogEnabled(LogLevel level);
/// Writes one line: time, level, msg and `fields` in order. `message` is a fixed phrase of the code; what varies goes
/// into fields. Thread-safe; never blocks once StartLog was called.
void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});
/// The same with fields that were already written with AppendField in CurrentLogFormat().
void LogPrepared(LogLevel level, const std::string& fields);
LogFormat CurrentLogFormat();
/// Lines lost because the queue was full.
uint64_t DroppedLogLines();

}  // namespace rowkeeper::observe
