#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::schema {

/// The right to change the schema of one database: an advisory lock on a connection of its own, gone when either ends.
/// It is polled for: a session that blocked on it would hold a snapshot, for which CREATE INDEX CONCURRENTLY of the
/// runner that has the lock would wait in turn, for ever.
class MigrationLock {
 public:
  /// Waits up to options.runner_timeout. Errors: ABORTED naming the holder; those of db::Connection::Open.
  static absl::StatusOr<MigrationLock> Acquire(const MigratorOptions& options);

  /// One round trip. Errors: ABORTED when the lock is no longer held, because its connection was lost.
  absl::Status Check();

 private:
  explicit MigrationLock(std::unique_ptr<db::Connection> connection) : connection_(std::move(connection)) {}

  std::unique_ptr<db::Connection> connection_;
};

}  // namespace rowkeeper::schema
