#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "server/observe/log_level.h"

namespace rowkeeper::observe {

struct BurstOptions {
  /// Lines of one kind that are written in a window; more are counted. Range 1 to 1000000.
  int lines = 10;
  std::chrono::milliseconds window{10000};
  /// Kinds that are told apart at a time; lines of others are written, however many. Range 1 to 100000.
  size_t kinds = 1000;
};

/// What makes lines alike.
struct LineKind {
  /// The line's phrase.
  std::string message;
  // Of the line of a call; empty for others.
  std::string method;
  std::string status;
  std::string reason;
};

/// Lines that were not written.
struct BurstSummary {
  LogLevel level = LogLevel::kInfo;
  LineKind kind;
  uint64_t lines = 0;
  std::chrono::milliseconds window{0};
};

/// Tells which lines of a burst are written: the first of each kind, and a summary of the others when the window that
/// began with the first has ended. Thread-safe.
class Bursts {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit Bursts(const BurstOptions& options) : options_(options) {}

  /// Whether a line is to be written.
  bool Admit(LogLevel level, const LineKind& kind, time_point now);
  /// Of windows that have ended; those without lines left out have none.
  std::vector<BurstSummary> TakeEnded(time_point now);
  /// Of all windows.
  std::vector<BurstSummary> TakeAll() { return TakeEnded(time_point::max()); }
  /// When TakeEnded will have something; max: not before the next line is left out.
  time_point next_end() const;
  /// Lines left out since the start.
  uint64_t left_out() const;

 private:
  struct Window {
    LogLevel level = LogLevel::kInfo;
    LineKind kind;
    time_point end;
    int written = 0;
    uint64_t left_out = 0;
  };

  const BurstOptions options_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Window> windows_ ABSL_GUARDED_BY(mutex_);
  /// No window ends before; later than that when windows were taken.
  time_point next_end_ ABSL_GUARDED_BY(mutex_) = time_point::max();
  uint64_t left_out_ ABSL_GUARDED_BY(mutex_) = 0;
};

/// The kind of a line in free words: numbers and ids in it do not make another kind.
LineKind KindOfWords(std::string_view words);

}  // namespace rowkeeper::observe
