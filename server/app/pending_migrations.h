#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/timers.h"
#include "server/db/connection.h"
#include "server/exec/executor.h"
#include "server/schema/migration_runner.h"

namespace rowkeeper::app {

/// Looks, every half minute, which migrations of a directory the database has, and counts those that it lacks. Each
/// time it is a job of the executor. Thread-safe.
class PendingMigrations {
 public:
  /// `directory` may be empty: then nothing is known. All pointers outlive this object.
  PendingMigrations(std::string directory, exec::Executor* executor, Timers* timers);
  /// Waits for a count that runs.
  ~PendingMigrations();

  /// Nothing while it is not known: before the first count, and where the database has no history of migrations, or
  /// keeps it in a table of another name.
  std::optional<int> count() const;
  /// All of them as they were seen last, by version. nullptr: not known, before the first look and after one that
  /// failed.
  std::shared_ptr<const std::vector<schema::MigrationState>> states() const;
  const std::string& directory() const { return directory_; }

 private:
  static constexpr int kUnknown = -1;

  void Start();
  absl::Status Count(db::Connection& connection);

  const std::string directory_;
  exec::Executor* const executor_;
  Clock& clock_;
  std::atomic<int> count_{kUnknown};

  mutable absl::Mutex mutex_;
  bool counting_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const std::vector<schema::MigrationState>> states_ ABSL_GUARDED_BY(mutex_);
  PeriodicTimer timer_;
};

}  // namespace rowkeeper::app
