#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace rowkeeper::observe {

/// A session of this server that was seen waiting for a lock.
struct LockWait {
  /// PostgreSQL's process of the session.
  int pid = 0;
  /// "8123" or "8123,8124": whom it waited for; 0 is a prepared transaction.
  std::string blocked_by;
  /// What it waited for: "transactionid", "relation".
  std::string lock;
  std::chrono::system_clock::time_point seen;
};

/// The last waits that were seen, for the lines of slow calls. Thread-safe.
class LockWaits {
 public:
  /// The process's own.
  static LockWaits& Process();

  void Note(LockWait wait);
  /// The last one of `pid` that was seen from `begin` to `end`.
  std::optional<LockWait> Find(int pid, std::chrono::system_clock::time_point begin,
                               std::chrono::system_clock::time_point end) const;

 private:
  static constexpr size_t kKept = 256;

  mutable absl::Mutex mutex_;
  std::deque<LockWait> waits_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::observe
