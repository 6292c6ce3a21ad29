#include "server/schema/migration_repair.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "server/base/text.h"
#include "server/schema/interrupted_statement.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_session.h"
#include "server/schema/runner_session.h"
#include "server/sql/migration_sql.h"

namespace rowkeeper::schema {
namespace {

using Files = std::vector<MigrationFile>;

/// The file of an unfinished block, when it can be finished.
absl::StatusOr<const MigrationFile*> FindRepairable(const UnfinishedBlock& unfinished, const Files& files,
                                                    const std::string& directory) {
  const auto file =
      std::find_if(files.begin(), files.end(), [&](const MigrationFile& f) { return f.version == unfinished.version; });
  if (file == files.end()) return VerificationFailed(InterruptedButMissing(unfinished.version, directory));
  const MigrationBlock& block = BlockOf(*file, unfinished.direction);
  if (block.transaction || !IsUnedited(unfinished, block)) {
    return CannotRepair(
        file->path, block.first_line,
        Cat("the first ", unfinished.in_effect,
            " statement(s) are in effect, and were edited since; restore their text and run this again, "
            "or undo by hand what is in effect and run: rowkeeper migrate stamp VERSION, the newest "
            "version that is applied"));
  }
  for (int i = 0; i < unfinished.in_effect; ++i) {
    const SqlStatement& statement = block.script.statements[static_cast<size_t>(i)];
    if (!statement.of_session) continue;
    return CannotRepair(file->path, block.first_line + statement.line - 1,
                        "what this statement made has ended with its session, so that the rest cannot be run alone; "
                        "undo by hand what is in effect and run: rowkeeper migrate stamp VERSION, the newest version "
                        "that is applied");
  }
  return &*file;
}

absl::Status RefuseDoubt(const MigrationFile& file, const MigrationBlock& block, const SqlStatement& statement,
                         const std::string& words) {
  return CannotRepair(file.path, block.first_line + statement.line - 1,
                      Cat("the file was interrupted in this statement; ", words,
                          "; look, and run: rowkeeper migrate repair --in-doubt done, or --in-doubt again"));
}

/// One repair, and the file it is about.
struct PlannedRepair {
  Repair repair;
  const MigrationFile* file = nullptr;
  Direction direction = Direction::kUp;
};

absl::StatusOr<PlannedRepair> Plan(const UnfinishedBlock& unfinished, const MigrationFile& file,
                                   const RepairOptions& options, db::Connection& connection) {
  const MigrationBlock& block = BlockOf(file, unfinished.direction);
  const bool up = unfinished.direction == Direction::kUp;
  PlannedRepair planned = {{}, &file, unfinished.direction};
  Repair& repair = planned.repair;
  repair.step = {up ? MigrationStep::Action::kApplied : MigrationStep::Action::kTakenDown, file.version, file.path, 0};
  repair.in_effect = unfinished.in_effect;
  repair.statements = static_cast<int>(block.script.statements.size());
  if (unfinished.in_effect == repair.statements) return planned;
  auto outcome = OutcomeOfBegun(unfinished, block.script, connection);
  if (!outcome.ok()) return outcome.status();
  const SqlStatement& begun = block.script.statements[static_cast<size_t>(unfinished.in_effect)];
  using InDoubt = RepairOptions::InDoubt;
  const bool unknown = outcome->kind == Outcome::Kind::kUnknown;
  const bool prepared = unknown && begun.control == SqlStatement::Control::kBegin;
  if (prepared) return CannotRepair(file.path, block.first_line + begun.line - 1, outcome->words);
  if (unknown && options.in_doubt == InDoubt::kRefuse) return RefuseDoubt(file, block, begun, outcome->words);
  const bool done = unknown ? options.in_doubt == InDoubt::kInEffect : outcome->kind == Outcome::Kind::kInEffect;
  repair.in_effect += done ? 1 : 0;
  repair.cleanup = std::move(outcome->cleanup);
  if (!outcome->words.empty()) {
    repair.interrupted = Cat(file.path, ":", block.first_line + begun.line - 1, ": interrupted here: ", outcome->words);
  }
  return planned;
}

/// Over a session of its own, for the settings of the files are made in it.
absl::StatusOr<std::vector<PlannedRepair>> PlanAll(const std::vector<UnfinishedBlock>& unfinished, const Files& files,
                                                   const MigratorOptions& options, const RepairOptions& repair) {
  std::vector<PlannedRepair> planned;
  for (const UnfinishedBlock& block : unfinished) {
    const auto file = FindRepairable(block, files, options.directory);
    if (!file.ok()) return file.status();
    const auto connection = OpenMigrationSession(options);
    if (!connection.ok()) return connection.status();
    auto one = Plan(block, **file, repair, **connection);
    if (!one.ok()) return one.status();
    planned.push_back(*std::move(one));
  }
  return planned;
}

absl::Status CleanUp(const PlannedRepair& planned, const MigratorOptions& options, db::Connection& connection) {
  const Repair& repair = planned.repair;
  if (options.observer.notice && !repair.interrupted.empty()) options.observer.notice(repair.interrupted);
  if (repair.cleanup.empty()) return absl::OkStatus();
  // It waits for others, and lets them go on meanwhile.
  absl::Status status = connection.ExecuteScript(sql::SetLockTimeout(0), nullptr);
  for (const std::string& statement : repair.cleanup) {
    if (status.ok()) status = connection.ExecuteScript(statement, nullptr);
  }
  if (status.ok()) return status;
  return AtLine(planned.file->path, 1, ForOperator(connection, status), "nothing more of this file was applied");
}

}  // namespace

absl::StatusOr<std::vector<Repair>> PlanRepair(const MigratorOptions& options, const RepairOptions& repair) {
  const auto files = ReadMigrationDirectory(options.directory);
  if (!files.ok()) return files.status();
  const auto connection = OpenMigrationSession(options);
  if (!connection.ok()) return connection.status();
  const auto history = History::Find(**connection, options.history_table);
  if (!history.ok()) return history.status();
  auto unfinished = UnfinishedBlocks(history->table()).Read(**connection);
  if (!unfinished.ok()) return unfinished.status();
  unfinished->erase(std::remove_if(unfinished->begin(), unfinished->end(),
                                   [](const UnfinishedBlock& block) { return block.running; }),
                    unfinished->end());
  const auto planned = PlanAll(*unfinished, *files, options, repair);
  if (!planned.ok()) return planned.status();
  std::vector<Repair> repairs;
  for (const PlannedRepair& one : *planned) repairs.push_back(one.repair);
  return repairs;
}

absl::StatusOr<std::vector<MigrationStep>> RepairMigrations(const MigratorOptions& options,
                                                            const RepairOptions& repair) {
  absl::StatusOr<RunnerSession> session = RunnerSession::Open(options);
  if (!session.ok()) return session.status();
  const auto planned = PlanAll(session->unfinished(), session->files(), options, repair);
  if (!planned.ok()) return planned.status();
  for (const PlannedRepair& one : *planned) {
    absl::Status status = session->CheckLock();
    if (status.ok()) status = CleanUp(one, options, session->connection());
    if (status.ok()) status = session->Run(*one.file, one.direction, one.repair.in_effect);
    if (!status.ok()) return status;
  }
  return session->TakeSteps();
}

}  // namespace rowkeeper::schema
