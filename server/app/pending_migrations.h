#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/timers.h"
#include "server/db/connection.h"
#include "server/exec/executor.h"

namespace rowkeeper::app {

/// Counts, every half minute, the migrations of a directory that the database does not have. Each time it is a job of
/// the executor. Thread-safe.
class PendingMigrations {
 public:
  /// `directory` may be empty: then nothing is known. All pointers outlive this object.
  PendingMigrations(std::string directory, exec::Executor* executor, Timers* timers);
  /// Waits for a count that runs.
  ~PendingMigrations();

  /// Nothing while it is not known: before the first count, and where the database has no history of migrations, or
  /// keeps it in a table of another name.
  std::optional<int> count() const;

 private:
  static constexpr int kUnknown = -1;

  void Start();
  absl::Status Count(db::Connection& connection);

  const std::string directory_;
  exec::Executor* const executor_;
  Clock& clock_;
  std::atomic<int> count_{kUnknown};

  absl::Mutex mutex_;
  bool counting_ ABSL_GUARDED_BY(mutex_) = false;
  PeriodicTimer timer_;
};

}  // namespace rowkeeper::app
