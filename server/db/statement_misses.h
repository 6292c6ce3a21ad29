#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"

namespace rowkeeper::db {

/// Statements within transactions that missed a type, a function or an operator, though PostgreSQL had read their text
/// just now. A migration that changes types while they wait for their table does that to them once; where it happens
/// time after time, what they miss is not there. Shared by the connections to one database. Thread-safe.
class StatementMisses {
 public:
  /// `text` was sent at `sent` and failed so at `now`. How often it did since it last succeeded, now counted, each
  /// within a minute of the one before; of those that ran at the same time one counts: one migration may cause all.
  int Note(std::string_view text, Clock::time_point sent, Clock::time_point now);
  /// Whether nothing is remembered.
  bool empty() const { return marks_.load(std::memory_order_relaxed) == 0; }
  /// `text`, sent at `sent`, has succeeded. Takes no lock unless it may be one that was missed within the last minute.
  void Forget(std::string_view text, Clock::time_point sent);

 private:
  struct Miss {
    Clock::time_point at;
    int times = 0;
  };
  /// Beyond that all are forgotten: it costs callers some more tries.
  static constexpr size_t kMost = 1000;

  /// Those of long ago.
  void Prune(Clock::time_point now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  /// A bit for each of misses_, by its hash, which others may share; 0 while there are none.
  std::atomic<uint64_t> marks_{0};
  /// When marks_ means nothing any more.
  std::atomic<Clock::time_point> over_at_{Clock::time_point()};
  absl::Mutex mutex_;
  /// By the hash of the text.
  std::unordered_map<size_t, Miss> misses_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::db
