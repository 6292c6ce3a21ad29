#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/observe/bursts.h"
#include "server/observe/call_record.h"
#include "server/observe/log_format.h"
#include "server/observe/log_level.h"

namespace rowkeeper::observe {

/// A line on its way to the log.
struct LogEntry {
  LogLevel level = LogLevel::kInfo;
  std::chrono::system_clock::time_point time;
  /// Fields that are written already, or a call whose fields the log's thread writes.
  std::variant<std::string, CallRecord> what;
};

/// The whole line, with its end.
std::string FormatLine(const LogEntry& entry, LogFormat format);
/// To standard error, whatever it is; what cannot be written is lost.
void WriteToStderr(std::string_view lines);

/// Writes lines by a thread of its own. Thread-safe; no caller ever waits for standard error.
class LogWriter {
 public:
  struct Options {
    LogFormat format = LogFormat::kText;
    /// See LogOptions.
    size_t queue_lines = 8192;
    BurstOptions bursts;
  };

  explicit LogWriter(const Options& options);
  /// Writes what is queued.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// Queues a line, or drops it and counts. Warnings and errors have a quarter of the queue for themselves, so that
  /// lines of calls cannot crowd them out.
  void Push(LogEntry entry);
  /// The same, unless there are too many of its kind: then it is counted, and a summary says so.
  void PushUnlessBurst(LogEntry entry, const LineKind& kind);

  LogFormat format() const { return options_.format; }
  uint64_t dropped() const;
  uint64_t summarised() const { return bursts_.left_out(); }

 private:
  void Loop();
  /// Waits until there is something to do; false: it is time to end, and nothing is left.
  bool WaitForWork() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  /// Lets lines of calls gather, so that not each of them wakes this thread.
  void Gather() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Write(const std::vector<LogEntry>& entries, uint64_t dropped, const std::vector<BurstSummary>& summaries);

  const Options options_;
  Bursts bursts_;
  mutable absl::Mutex mutex_;
  absl::CondVar work_ready_;
  std::vector<LogEntry> queue_ ABSL_GUARDED_BY(mutex_);
  /// The thread waits for any line, or gathers and waits for an urgent one.
  enum class Waiting { kNo, kForAny, kForUrgent } waiting_ ABSL_GUARDED_BY(mutex_) = Waiting::kNo;
  bool urgent_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t dropped_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t told_dropped_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace rowkeeper::observe
