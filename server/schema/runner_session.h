#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/schema/history.h"
#include "server/schema/migration_file.h"
#include "server/schema/migration_lock.h"
#include "server/schema/migration_options.h"
#include "server/schema/script_runner.h"
#include "server/schema/unfinished.h"

namespace rowkeeper::schema {

/// Everything one call of a migrator needs while it holds the runner's lock. Used by one thread; `options` must outlive
/// it.
class RunnerSession {
 public:
  /// Waits for other runners, reads the files, then the history and what is unfinished in it.
  static absl::StatusOr<RunnerSession> Open(const MigratorOptions& options);

  const std::vector<MigrationFile>& files() const { return files_; }
  const std::vector<AppliedMigration>& applied() const { return applied_; }
  /// What was unfinished when the session began.
  const std::vector<UnfinishedBlock>& unfinished() const { return unfinished_; }
  const History& history() const { return history_; }
  const UnfinishedBlocks& unfinished_blocks() const { return unfinished_blocks_; }
  db::Connection& connection() { return *connection_; }

  /// Runs a block of `file` and records it; its first `in_effect` statements are not run again. Errors: those of
  /// RunScriptLocked; INVALID_ARGUMENT for a block without a statement.
  absl::Status Run(const MigrationFile& file, Direction direction, int in_effect = 0);

  absl::Status CheckLock() { return lock_.Check(); }
  /// Tells the observer.
  void Tell(MigrationStep step);
  /// What was told.
  std::vector<MigrationStep> TakeSteps() { return std::move(steps_); }

 private:
  RunnerSession(const MigratorOptions& options, MigrationLock lock, std::unique_ptr<db::Connection> connection,
                History history, std::vector<MigrationFile> files)
      : options_(options),
        lock_(std::move(lock)),
        connection_(std::move(connection)),
        history_(std::move(history)),
        unfinished_blocks_(history_.table()),
        files_(std::move(files)) {}

  /// Reads what the session begins with.
  absl::Status Begin();
  /// Lets a file that stands for others take the place of their rows.
  absl::Status Collapse(std::vector<AppliedMigration> applied);
  bool WasUnfinished(const std::string& version) const;
  ScriptRun RunOf(const MigrationFile& file, Direction direction) const;

  const MigratorOptions& options_;
  MigrationLock lock_;
  std::unique_ptr<db::Connection> connection_;
  History history_;
  UnfinishedBlocks unfinished_blocks_;
  std::vector<MigrationFile> files_;
  std::vector<AppliedMigration> applied_;
  std::vector<UnfinishedBlock> unfinished_;
  std::vector<MigrationStep> steps_;
};

}  // namespace rowkeeper::schema
