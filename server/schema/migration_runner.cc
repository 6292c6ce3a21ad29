#include "server/schema/migration_runner.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <set>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/schema/departures.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_session.h"
#include "server/schema/runner_session.h"
#include "server/schema/server_watch.h"
#include "server/schema/squash.h"
#include "server/schema/unfinished_check.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::schema {
namespace {

using Kind = MigrationState::Kind;
using Files = std::vector<MigrationFile>;
using Steps = std::vector<MigrationStep>;

const MigrationFile* FindFile(const Files& files, std::string_view version) {
  const auto same = [&](const MigrationFile& file) { return file.version == version; };
  const auto found = std::find_if(files.begin(), files.end(), same);
  return found == files.end() ? nullptr : &*found;
}

/// By version or by file name.
absl::StatusOr<const MigrationFile*> ResolveFile(const Files& files, std::string_view word,
                                                 const std::string& directory) {
  for (const MigrationFile& file : files) {
    if (file.version == word || file.path.substr(file.path.rfind('/') + 1) == word) return &file;
  }
  return UnknownVersion(word, directory);
}

MigrationState StateOf(const MigrationFile& file, const AppliedMigration* applied, const std::string& newest) {
  MigrationState state;
  state.version = file.version;
  state.name = file.name;
  state.path = file.path;
  if (applied == nullptr) {
    state.kind = file.version < newest ? Kind::kOutOfOrder : Kind::kPending;
    return state;
  }
  state.by_dbmate = applied->checksum.empty();
  state.applied_at = applied->applied_at;
  state.kind = state.by_dbmate || applied->checksum == file.checksum() ? Kind::kApplied : Kind::kEdited;
  return state;
}

MigrationState MissingState(const AppliedMigration& applied) {
  MigrationState state;
  state.kind = Kind::kMissing;
  state.version = applied.version;
  state.name = applied.name;
  state.applied_at = applied.applied_at;
  state.by_dbmate = applied.checksum.empty();
  return state;
}

std::vector<MigrationState> Compare(const Files& files, const std::vector<AppliedMigration>& applied) {
  std::map<std::string_view, const AppliedMigration*> rows;
  for (const AppliedMigration& row : applied) rows[row.version] = &row;
  const std::string newest = applied.empty() ? "" : applied.back().version;
  std::vector<MigrationState> states;
  for (const MigrationFile& file : files) {
    const auto row = rows.find(file.version);
    states.push_back(StateOf(file, row == rows.end() ? nullptr : row->second, newest));
    if (row != rows.end()) rows.erase(row);
  }
  for (const auto& [version, row] : rows) states.push_back(MissingState(*row));
  std::sort(states.begin(), states.end(),
            [](const MigrationState& a, const MigrationState& b) { return a.version < b.version; });
  return states;
}

std::vector<MigrationState> WithUnfinished(std::vector<MigrationState> states,
                                           const std::vector<UnfinishedBlock>& unfinished) {
  for (MigrationState& state : states) {
    const auto block = std::find_if(unfinished.begin(), unfinished.end(),
                                    [&](const UnfinishedBlock& b) { return b.version == state.version; });
    if (block != unfinished.end()) state.unfinished = *block;
  }
  return states;
}

std::string NewestApplied(const std::vector<MigrationState>& states) {
  for (auto state = states.rbegin(); state != states.rend(); ++state) {
    if (state->kind == Kind::kApplied || state->kind == Kind::kEdited) return state->path;
    if (state->kind == Kind::kMissing) return state->version;
  }
  return "";
}

absl::Status Verify(const std::vector<MigrationState>& states, const std::string& directory) {
  std::vector<std::string> sentences;
  for (const MigrationState& state : states) {
    if (state.kind == Kind::kEdited) sentences.push_back(EditedAfterApply(state.path, state.applied_at));
    if (state.kind == Kind::kOutOfOrder) sentences.push_back(OutOfOrder(state.path, NewestApplied(states)));
    if (state.kind == Kind::kMissing) sentences.push_back(AppliedButMissing(state.version, state.name, directory));
  }
  return sentences.empty() ? absl::OkStatus() : VerificationFailed(absl::StrJoin(sentences, "\n"));
}

/// What is there to be compared.
struct FilesAndHistory {
  Files files;
  std::vector<AppliedMigration> applied;
  sql::TableName history;
  std::vector<UnfinishedBlock> unfinished;

  /// Without those that another runner is at work with.
  std::vector<UnfinishedBlock> interrupted() const {
    std::vector<UnfinishedBlock> blocks;
    std::copy_if(unfinished.begin(), unfinished.end(), std::back_inserter(blocks),
                 [](const UnfinishedBlock& block) { return !block.running; });
    return blocks;
  }
};

absl::StatusOr<FilesAndHistory> ReadFilesAndHistory(db::Connection& connection, const std::string& directory,
                                                    const std::string& history_table) {
  absl::StatusOr<Files> files = ReadMigrationDirectory(directory);
  if (!files.ok()) return files.status();
  absl::StatusOr<History> history = History::Find(connection, history_table);
  if (!history.ok()) return history.status();
  absl::StatusOr<std::vector<AppliedMigration>> applied = history->Read(connection);
  if (!applied.ok()) return applied.status();
  std::vector<AppliedMigration> rows = CollapseHistory(*files, *std::move(applied)).applied;
  return FilesAndHistory{*std::move(files), std::move(rows), history->table(), {}};
}

absl::StatusOr<FilesAndHistory> Look(const MigratorOptions& options) {
  absl::StatusOr<std::unique_ptr<db::Connection>> connection = OpenMigrationSession(options);
  if (!connection.ok()) return connection.status();
  absl::StatusOr<FilesAndHistory> seen = ReadFilesAndHistory(**connection, options.directory, options.history_table);
  if (!seen.ok()) return seen.status();
  absl::StatusOr<std::vector<UnfinishedBlock>> unfinished = UnfinishedBlocks(seen->history).Read(**connection);
  if (!unfinished.ok()) return unfinished.status();
  seen->unfinished = *std::move(unfinished);
  return seen;
}

/// The files that Up() applies, in its order. Errors: those that keep it from beginning.
absl::StatusOr<std::vector<const MigrationFile*>> ChooseUp(const Files& files,
                                                           const std::vector<AppliedMigration>& applied,
                                                           const UpLimit& limit, const std::string& directory) {
  if (absl::Status status = RefuseHalfSquashed(files, applied); !status.ok()) return status;
  const std::vector<MigrationState> states = Compare(files, applied);
  if (absl::Status status = Verify(states, directory); !status.ok()) return status;
  const MigrationFile* last = files.empty() ? nullptr : &files.back();
  if (!limit.to.empty()) {
    absl::StatusOr<const MigrationFile*> to = ResolveFile(files, limit.to, directory);
    if (!to.ok()) return to.status();
    last = *to;
  }
  std::vector<const MigrationFile*> chosen;
  int left = limit.count > 0 ? limit.count : static_cast<int>(states.size());
  for (const MigrationState& state : states) {
    if (state.kind != Kind::kPending || state.version > last->version || left-- <= 0) continue;
    chosen.push_back(FindFile(files, state.version));
  }
  return chosen;
}

/// The files that Down() takes down, in its order, of those that are applied. Errors: one has no file.
absl::StatusOr<std::vector<const MigrationFile*>> ChooseDown(const Files& files,
                                                             const std::vector<AppliedMigration>& applied, int count,
                                                             const std::string& directory) {
  std::vector<const MigrationFile*> chosen;
  for (auto row = applied.rbegin(); row != applied.rend() && count-- > 0; ++row) {
    const MigrationFile* file = FindFile(files, row->version);
    if (file == nullptr) return CannotTakeDown(row->version, directory);
    chosen.push_back(file);
  }
  return chosen;
}

NextBlock FirstOf(const std::vector<const MigrationFile*>& chosen, Direction direction) {
  return {chosen.empty() ? nullptr : chosen.front(), direction};
}

Steps StepsOf(const std::vector<const MigrationFile*>& chosen, MigrationStep::Action action) {
  Steps steps;
  for (const MigrationFile* file : chosen) steps.push_back({action, file->version, file->path, 0});
  return steps;
}

/// One row of the history that Stamp() removes or writes.
struct StampedRow {
  MigrationStep step;
  /// nullptr: there is none.
  const MigrationFile* file = nullptr;
};

/// Removes the rows above the version and those without file, writes those up to it.
absl::StatusOr<std::vector<StampedRow>> ChooseStamped(const Files& files, const std::vector<AppliedMigration>& applied,
                                                      std::string_view version, const std::string& directory) {
  const MigrationFile* last = files.empty() ? nullptr : &files.back();
  if (version == "base") {
    last = nullptr;
  } else if (version != "head") {
    absl::StatusOr<const MigrationFile*> named = ResolveFile(files, version, directory);
    if (!named.ok()) return named.status();
    last = *named;
  }
  std::vector<StampedRow> rows;
  std::set<std::string_view> wanted;
  for (const MigrationFile& file : files) {
    if (last != nullptr && file.version <= last->version) wanted.insert(file.version);
  }
  std::map<std::string_view, std::string_view> checksums;
  for (const AppliedMigration& row : applied) {
    checksums[row.version] = row.checksum;
    if (wanted.count(row.version) > 0) continue;
    const MigrationFile* file = FindFile(files, row.version);
    rows.push_back({{MigrationStep::Action::kUnstamped, row.version, file != nullptr ? file->path : "", 0}, file});
  }
  for (const MigrationFile& file : files) {
    const auto row = checksums.find(file.version);
    if (wanted.count(file.version) == 0 || (row != checksums.end() && row->second == file.checksum())) continue;
    rows.push_back({{MigrationStep::Action::kStamped, file.version, file.path, 0}, &file});
  }
  return rows;
}

Steps ForgottenSteps(const std::vector<UnfinishedBlock>& unfinished, const Files& files) {
  Steps steps;
  for (const UnfinishedBlock& block : unfinished) {
    const MigrationFile* file = FindFile(files, block.version);
    steps.push_back({MigrationStep::Action::kForgotten, block.version, file != nullptr ? file->path : "", 0});
  }
  return steps;
}

/// In the caller's transaction.
absl::StatusOr<Steps> StampRows(RunnerSession& session, const std::vector<StampedRow>& rows) {
  Steps steps = ForgottenSteps(session.unfinished(), session.files());
  for (const MigrationStep& step : steps) {
    const std::string forgotten = session.unfinished_blocks().Forget(step.version);
    if (absl::Status status = session.connection().ExecuteScript(forgotten, nullptr); !status.ok()) return status;
  }
  for (const StampedRow& row : rows) {
    const bool removed = row.step.action == MigrationStep::Action::kUnstamped;
    absl::Status status = removed ? session.history().Delete(session.connection(), row.step.version)
                                  : session.history().Stamp(session.connection(), *row.file);
    if (!status.ok()) return status;
    steps.push_back(row.step);
  }
  return steps;
}

void TellPlan(const MigratorOptions& options, const ChosenBlocks& blocks) {
  if (options.observer.plan && !blocks.chosen.empty()) options.observer.plan(blocks);
}

/// And for whom it would wait.
absl::Status TellPlanAndServers(const MigratorOptions& options, const ChosenBlocks& blocks) {
  TellPlan(options, blocks);
  if (options.servers == MigratorOptions::Servers::kIgnore) return absl::OkStatus();
  return TellOfServers(DeparturesOf(blocks), FilesRun::kNever, options);
}

/// Runs a block of each file.
absl::StatusOr<Steps> RunAll(const MigratorOptions& options, RunnerSession& session,
                             const std::vector<const MigrationFile*>& files, Direction direction) {
  const ChosenBlocks blocks{session.files(), files, direction};
  TellPlan(options, blocks);
  std::vector<std::vector<Departure>> departures(files.size());
  if (options.servers != MigratorOptions::Servers::kIgnore) departures = DeparturesOf(blocks);
  absl::Status status = TellOfServers(departures, FilesRun::kSoon, options);
  for (size_t i = 0; i < files.size() && status.ok(); ++i) {
    status = AwaitServers(departures[i], options);
    if (status.ok()) status = session.Run(*files[i], direction);
  }
  if (!status.ok()) return status;
  return session.TakeSteps();
}

}  // namespace

absl::StatusOr<Steps> Migrator::Up(const UpLimit& limit) const {
  absl::StatusOr<RunnerSession> session = RunnerSession::Open(options_);
  if (!session.ok()) return session.status();
  const auto chosen = ChooseUp(session->files(), session->applied(), limit, options_.directory);
  if (!chosen.ok()) return chosen.status();
  const absl::Status fit =
      CheckUnfinished(session->unfinished(), session->files(), FirstOf(*chosen, Direction::kUp), options_);
  return fit.ok() ? RunAll(options_, *session, *chosen, Direction::kUp) : fit;
}

absl::StatusOr<Steps> Migrator::PlanUp(const UpLimit& limit) const {
  const auto seen = Look(options_);
  if (!seen.ok()) return seen.status();
  const auto chosen = ChooseUp(seen->files, seen->applied, limit, options_.directory);
  if (!chosen.ok()) return chosen.status();
  const absl::Status fit =
      CheckUnfinished(seen->interrupted(), seen->files, FirstOf(*chosen, Direction::kUp), options_);
  if (!fit.ok()) return fit;
  const absl::Status told = TellPlanAndServers(options_, {seen->files, *chosen, Direction::kUp});
  if (!told.ok()) return told;
  return StepsOf(*chosen, MigrationStep::Action::kApplied);
}

absl::StatusOr<Steps> Migrator::PlanDown(int count) const {
  const auto seen = Look(options_);
  if (!seen.ok()) return seen.status();
  const auto chosen = ChooseDown(seen->files, seen->applied, count, options_.directory);
  if (!chosen.ok()) return chosen.status();
  const absl::Status fit =
      CheckUnfinished(seen->interrupted(), seen->files, FirstOf(*chosen, Direction::kDown), options_);
  if (!fit.ok()) return fit;
  const absl::Status told = TellPlanAndServers(options_, {seen->files, *chosen, Direction::kDown});
  if (!told.ok()) return told;
  return StepsOf(*chosen, MigrationStep::Action::kTakenDown);
}

absl::StatusOr<Steps> Migrator::PlanStamp(std::string_view version) const {
  const auto seen = Look(options_);
  if (!seen.ok()) return seen.status();
  const auto rows = ChooseStamped(seen->files, seen->applied, version, options_.directory);
  if (!rows.ok()) return rows.status();
  Steps steps = ForgottenSteps(seen->interrupted(), seen->files);
  for (const StampedRow& row : *rows) steps.push_back(row.step);
  return steps;
}

absl::StatusOr<Steps> Migrator::Down(int count) const {
  absl::StatusOr<RunnerSession> session = RunnerSession::Open(options_);
  if (!session.ok()) return session.status();
  const auto chosen = ChooseDown(session->files(), session->applied(), count, options_.directory);
  if (!chosen.ok()) return chosen.status();
  const absl::Status fit =
      CheckUnfinished(session->unfinished(), session->files(), FirstOf(*chosen, Direction::kDown), options_);
  return fit.ok() ? RunAll(options_, *session, *chosen, Direction::kDown) : fit;
}

absl::StatusOr<std::vector<MigrationState>> ReadMigrationStates(db::Connection& connection,
                                                                const std::string& directory,
                                                                const std::string& history_table) {
  const auto seen = ReadFilesAndHistory(connection, directory, history_table);
  if (!seen.ok()) return seen.status();
  const auto unfinished = UnfinishedBlocks(seen->history).Read(connection);
  std::vector<MigrationState> states = Compare(seen->files, seen->applied);
  // What stands beside the history for a while may be gone meanwhile, or not be for this role to read.
  return unfinished.ok() ? WithUnfinished(std::move(states), *unfinished) : states;
}

absl::StatusOr<std::vector<MigrationState>> Migrator::Status() const {
  absl::StatusOr<std::unique_ptr<db::Connection>> connection = OpenMigrationSession(options_);
  if (!connection.ok()) return connection.status();
  return ReadMigrationStates(**connection, options_.directory, options_.history_table);
}

absl::StatusOr<std::string> Migrator::New(std::string_view name, const MigrationBody& body) const {
  return NewMigrationFile(options_.directory, name, body);
}

absl::StatusOr<Steps> Migrator::Stamp(std::string_view version) const {
  absl::StatusOr<RunnerSession> session = RunnerSession::Open(options_);
  if (!session.ok()) return session.status();
  const auto rows = ChooseStamped(session->files(), session->applied(), version, options_.directory);
  if (!rows.ok()) return rows.status();
  db::Connection& connection = session->connection();
  if (absl::Status status = connection.ExecuteScript(sql::Begin(), nullptr); !status.ok()) return status;
  absl::StatusOr<Steps> steps = StampRows(*session, *rows);
  if (!steps.ok()) return ForOperator(connection, steps.status());  // the session ends, and with it the transaction
  if (absl::Status status = session->CheckLock(); !status.ok()) return status;
  if (absl::Status status = connection.ExecuteScript(sql::Commit(), nullptr); !status.ok()) {
    return ForOperator(connection, status);
  }
  if (!session->unfinished().empty()) session->unfinished_blocks().TidyUp(connection);
  for (MigrationStep& step : *steps) session->Tell(std::move(step));
  return session->TakeSteps();
}

}  // namespace rowkeeper::schema
