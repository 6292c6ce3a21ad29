#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

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
  /// The statement's purpose, "planner.v1.Todo/Update"; empty: it has none.
  std::string statement = {};
  /// The sessions that it waited for: "psql, user ada, idle in transaction, since 40 s"; empty: they are not seen.
  std::string blocker = {};
  /// For how long the statement had run.
  std::chrono::milliseconds ran{0};
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
  /// Those that were seen since `begin`, the last one of each session, those that wait for the longest time first.
  std::vector<LockWait> Since(std::chrono::system_clock::time_point begin) const;

 private:
  static constexpr size_t kKept = 256;

  mutable absl::Mutex mutex_;
  std::deque<LockWait> waits_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::observe
