#pragma once

// The map of this folder:
//   log.h              Log: one line with fields; what is logged, and changing that while the server runs
//   call_record.h      the line of a call, written by the log's thread
//   call_context.h     what is known of a call while it runs
//   log_writer.h       the log's thread and its queue; bursts.h: lines that come too often
//   log_format.h       logfmt and JSON
//   trace_parent.h     the header traceparent of W3C Trace Context
//   tracer.h           which calls are sampled; call_spans.h: their spans, until they are handed over
//   statement_use.h    what became of a statement; lock_waits.h: who waited for whom
//   counters.h         calls by method and code, refusals by reason; recent_errors.h: the last ones
//   call_history.h     what calls came to in the last hour

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/observe/bursts.h"
#include "server/observe/log_format.h"
#include "server/observe/log_level.h"

namespace rowkeeper::observe {

/// Which calls have a line of their own. Calls that end in INTERNAL, UNKNOWN or DATA_LOSS always have one: callers are
/// told its log_id.
struct CallLines {
  bool all = false;
  /// Calls that fail.
  bool errors = true;
  /// Calls that take as long as LogOptions::slow_call.
  bool slow = true;
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
  CallLines calls;
  /// 0: no call is slow.
  std::chrono::milliseconds slow_call{500};
  /// Lines that may wait for the writer thread; more are dropped and counted. Range 16 to 1000000.
  size_t queue_lines = 8192;
  BurstOptions bursts;
};

/// "debug", "info", "warning" or "error". Errors: INVALID_ARGUMENT listing them.
absl::Status ParseLogLevel(std::string_view name, LogLevel* level);
/// "text" or "json". Errors: INVALID_ARGUMENT listing them.
absl::Status ParseLogFormat(std::string_view name, LogFormat* format);
/// Words with commas between them: "errors,slow"; "all" or "none" alone. Errors: INVALID_ARGUMENT listing them.
absl::Status ParseCallLines(std::string_view words, CallLines* lines);
/// As ParseLogLevel and ParseCallLines read them.
std::string_view LogLevelName(LogLevel level);
std::string CallLinesText(const CallLines& lines);

/// Sends all log lines, those of spdlog's default logger included, to standard error by a thread of its own, so that no
/// caller waits for a slow terminal. Before it (and after StopLog) lines are written by the thread that logs. Call it
/// from one thread, before others log.
void StartLog(const LogOptions& options);
/// Writes what is queued and ends the writer thread. Other threads must have stopped logging.
void StopLog();

/// For a server that runs. Thread-safe.
void SetLogLevel(LogLevel level);
void SetCallLines(const CallLines& lines);
/// Zero: no call is slow.
void SetSlowCallLimit(std::chrono::milliseconds limit);
LogLevel CurrentLogLevel();
CallLines CurrentCallLines();
std::chrono::milliseconds SlowCallLimit();

/// True when lines of this level are written: ask before gathering costly fields. Thread-safe.
bool LogEnabled(LogLevel level);
/// Writes one line: time, level, msg and `fields` in order, then who called (CallContext) if a call runs on this
/// thread. `message` is a fixed phrase of the code; what varies goes into fields. Warnings and errors with the same
/// phrase are summarised when there are too many, unless they have a field "log_id" with a value: a caller was told it.
/// Thread-safe; never blocks once StartLog was called.
void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});
/// Lines lost because the queue was full.
uint64_t DroppedLogLines();
/// Lines that a summary stands for.
uint64_t SummarisedLogLines();

}  // namespace rowkeeper::observe
