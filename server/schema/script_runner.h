#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "server/schema/migration_file.h"
#include "server/schema/migration_lock.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::schema {

/// How far a block without a transaction is.
struct ScriptProgress {
  /// So many of its statements are in effect, …
  int in_effect = 0;
  /// … and the next one was not interrupted: it failed.
  bool failed = false;
};

/// One block of a file, to be run.
struct ScriptRun {
  std::string path;
  /// Must outlive the run.
  const MigrationBlock* block = nullptr;
  /// Records the outcome: runs in the script's own transaction, or after a script that has none. May be empty.
  std::function<absl::Status(db::Connection&, int64_t duration_ms)> record;
  /// Of a block without a transaction: what runs before its first statement. May be empty.
  std::string begin;
  /// Of a block without a transaction: the statement that notes how far it is, after each of its own, in one
  /// transaction with it where it may run in one. May be empty.
  std::function<std::string(const ScriptProgress&)> note;
  /// Of a block without a transaction: so many statements are in effect already. Of these only those that set something
  /// for the session run again.
  int in_effect = 0;
};

/// Runs a block on a connection of its own (so that no SET or temporary table leaks into the next one) and returns how
/// long it took, in ms. With a transaction: everything, record included, or nothing; tried again after a lock timeout
/// or a deadlock. Without: statement by statement, each tried again after a lock timeout; while one waits, the observer
/// hears who is in the way. lock_timeout does not apply
/// to CONCURRENTLY, which blocks nobody while it waits and leaves an invalid index behind when it is interrupted.
/// Errors: PostgreSQL's own with file and line; INVALID_ARGUMENT for a script that ends the transaction it is run in,
/// or leaves one open.
absl::StatusOr<int64_t> RunScript(const MigratorOptions& options, const ScriptRun& run);

/// RunScript, with the runner's lock checked before the script and again before it is recorded (or, when there is
/// nothing to record, before it is committed). Errors: also ABORTED when the lock was lost.
absl::StatusOr<int64_t> RunScriptLocked(const MigratorOptions& options, MigrationLock* lock, ScriptRun run);

}  // namespace rowkeeper::schema
