#include "server/schema/runner_session.h"

#include <algorithm>

#include "server/base/text.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_session.h"
#include "server/schema/squash.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::schema {
namespace {

absl::Status RefuseEmptyBlock(const MigrationFile& file, Direction direction) {
  const MigrationBlock& block = BlockOf(file, direction);
  if (!block.script.statements.empty()) return absl::OkStatus();
  return MigrationFileMalformed(file.path, block.first_line - 1,
                                direction == Direction::kUp
                                    ? "there is no statement below \"-- migrate:up\"; write the change"
                                    : "there is no statement below \"-- migrate:down\"; write what undoes the up "
                                      "block, or SELECT 1; when nothing is to be undone");
}

}  // namespace

absl::StatusOr<RunnerSession> RunnerSession::Open(const MigratorOptions& options) {
  absl::StatusOr<std::vector<MigrationFile>> files = ReadMigrationDirectory(options.directory);
  if (!files.ok()) return files.status();
  absl::StatusOr<MigrationLock> lock = MigrationLock::Acquire(options);
  if (!lock.ok()) return lock.status();
  absl::StatusOr<std::unique_ptr<db::Connection>> connection = OpenMigrationSession(options);
  if (!connection.ok()) return connection.status();
  absl::StatusOr<History> history = History::Find(**connection, options.history_table);
  if (!history.ok()) return history.status();
  RunnerSession session(options, *std::move(lock), *std::move(connection), *std::move(history), *std::move(files));
  if (absl::Status status = session.Begin(); !status.ok()) return status;
  return session;
}

absl::Status RunnerSession::Begin() {
  absl::Status status = history_.Prepare(*connection_);
  if (!status.ok()) return ForOperator(*connection_, status);
  absl::StatusOr<std::vector<AppliedMigration>> applied = history_.Read(*connection_);
  if (!applied.ok()) return applied.status();
  if (status = Collapse(*std::move(applied)); !status.ok()) return status;
  absl::StatusOr<std::vector<UnfinishedBlock>> unfinished = ReadEndedBlocks(unfinished_blocks_, options_, *connection_);
  if (!unfinished.ok()) return unfinished.status();
  unfinished_ = *std::move(unfinished);
  // A runner may have been killed between its last file and this.
  if (unfinished_.empty()) unfinished_blocks_.TidyUp(*connection_);
  return absl::OkStatus();
}

absl::Status RunnerSession::Collapse(std::vector<AppliedMigration> applied) {
  CollapsedHistory history = CollapseHistory(files_, std::move(applied));
  applied_ = std::move(history.applied);
  if (history.collapsed.empty()) return absl::OkStatus();
  std::string script = Cat(sql::Begin(), ";\n");
  for (const MigrationFile* file : history.collapsed) {
    for (const SquashedGroup& group : file->squashed) {
      for (const SquashedFile& part : group.parts) {
        if (part.version != file->version) script += Cat(history_.DeleteText(part.version), ";\n");
      }
    }
    script += Cat(history_.StampText(*file), ";\n");
  }
  return ForOperator(*connection_, connection_->ExecuteScript(Cat(script, sql::Commit()), nullptr));
}

bool RunnerSession::WasUnfinished(const std::string& version) const {
  return std::any_of(unfinished_.begin(), unfinished_.end(),
                     [&](const UnfinishedBlock& block) { return block.version == version; });
}

ScriptRun RunnerSession::RunOf(const MigrationFile& file, Direction direction) const {
  ScriptRun run;
  run.path = file.path;
  run.block = &BlockOf(file, direction);
  const bool noted = !run.block->transaction && !run.block->script.limits_rights;
  const bool forgets = noted || WasUnfinished(file.version);
  run.record = [this, &file, direction, forgets](db::Connection& connection, int64_t ms) {
    const std::string recorded =
        direction == Direction::kUp ? history_.InsertText(file, ms) : history_.DeleteText(file.version);
    // At once: a file that is recorded is not unfinished.
    const std::string forgotten = forgets ? Cat(";\n", unfinished_blocks_.Forget(file.version)) : "";
    return connection.ExecuteScript(Cat(recorded, forgotten), nullptr);
  };
  if (noted) {
    run.note = [this, &file, direction](const ScriptProgress& progress) {
      return unfinished_blocks_.Note(file, direction, progress);
    };
  }
  return run;
}

absl::Status RunnerSession::Run(const MigrationFile& file, Direction direction, int in_effect) {
  if (absl::Status status = RefuseEmptyBlock(file, direction); !status.ok()) return status;
  ScriptRun run = RunOf(file, direction);
  run.in_effect = in_effect;
  const bool noted = run.note != nullptr;
  if (noted) run.begin = unfinished_blocks_.Begin(file, direction, in_effect);
  absl::StatusOr<int64_t> duration = RunScriptLocked(options_, &lock_, std::move(run));
  if (!duration.ok()) return duration.status();
  if (noted || WasUnfinished(file.version)) unfinished_blocks_.TidyUp(*connection_);
  const bool up = direction == Direction::kUp;
  Tell({up ? MigrationStep::Action::kApplied : MigrationStep::Action::kTakenDown, file.version, file.path, *duration});
  return absl::OkStatus();
}

void RunnerSession::Tell(MigrationStep step) {
  if (options_.observer.step) options_.observer.step(step);
  steps_.push_back(std::move(step));
}

}  // namespace rowkeeper::schema
