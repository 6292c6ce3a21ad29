#include "server/schema/migration_runner.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_lock.h"
#include "server/schema/migration_session.h"
#include "server/schema/script_runner.h"
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
};

absl::StatusOr<FilesAndHistory> ReadFilesAndHistory(db::Connection& connection, const std::string& directory,
                                                    const std::string& history_table) {
  absl::StatusOr<Files> files = ReadMigrationDirectory(directory);
  if (!files.ok()) return files.status();
  absl::StatusOr<History> history = History::Find(connection, history_table);
  if (!history.ok()) return history.status();
  absl::StatusOr<std::vector<AppliedMigration>> applied = history->Read(connection);
  if (!applied.ok()) return applied.status();
  return FilesAndHistory{*std::move(files), *std::move(applied)};
}

absl::StatusOr<FilesAndHistory> Look(const MigratorOptions& options) {
  absl::StatusOr<std::unique_ptr<db::Connection>> connection = OpenMigrationSession(options);
  if (!connection.ok()) return connection.status();
  return ReadFilesAndHistory(**connection, options.directory, options.history_table);
}

/// The files that Up() applies, in its order. Errors: those that keep it from beginning.
absl::StatusOr<std::vector<const MigrationFile*>> ChooseUp(const Files& files,
                                                           const std::vector<AppliedMigration>& applied,
                                                           const UpLimit& limit, const std::string& directory) {
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

/// Everything one call needs while it holds the runner's lock.
class Session {
 public:
  static absl::StatusOr<Session> Open(const MigratorOptions& options) {
    absl::StatusOr<Files> files = ReadMigrationDirectory(options.directory);
    if (!files.ok()) return files.status();
    absl::StatusOr<MigrationLock> lock = MigrationLock::Acquire(options);
    if (!lock.ok()) return lock.status();
    absl::StatusOr<std::unique_ptr<db::Connection>> connection = OpenMigrationSession(options);
    if (!connection.ok()) return connection.status();
    absl::StatusOr<History> history = History::Find(**connection, options.history_table);
    if (!history.ok()) return history.status();
    if (absl::Status status = history->Prepare(**connection); !status.ok()) return ForOperator(**connection, status);
    absl::StatusOr<std::vector<AppliedMigration>> applied = history->Read(**connection);
    if (!applied.ok()) return applied.status();
    return Session(options, *std::move(lock), *std::move(connection), *std::move(history), *std::move(files),
                   *std::move(applied));
  }

  const Files& files() const { return files_; }
  const std::vector<AppliedMigration>& applied() const { return applied_; }
  const History& history() const { return history_; }
  db::Connection& connection() { return *connection_; }
  Steps TakeSteps() { return std::move(steps_); }

  absl::Status RunUp(const MigrationFile& file);
  absl::Status RunDown(const MigrationFile& file);
  absl::Status CheckLock() { return lock_.Check(); }
  void Tell(MigrationStep step) {
    if (options_.observer.step) options_.observer.step(step);
    steps_.push_back(std::move(step));
  }

 private:
  Session(const MigratorOptions& options, MigrationLock lock, std::unique_ptr<db::Connection> connection,
          History history, Files files, std::vector<AppliedMigration> applied)
      : options_(options),
        lock_(std::move(lock)),
        connection_(std::move(connection)),
        history_(std::move(history)),
        files_(std::move(files)),
        applied_(std::move(applied)) {}

  absl::StatusOr<int64_t> RunLocked(ScriptRun run) { return RunScriptLocked(options_, &lock_, std::move(run)); }

  const MigratorOptions& options_;
  MigrationLock lock_;
  std::unique_ptr<db::Connection> connection_;
  History history_;
  Files files_;
  std::vector<AppliedMigration> applied_;
  Steps steps_;
};

absl::Status RefuseEmpty(const MigrationFile& file, const MigrationBlock& block, std::string_view remedy) {
  if (!block.script.statements.empty()) return absl::OkStatus();
  return MigrationFileMalformed(file.path, block.first_line - 1, remedy);
}

absl::Status Session::RunUp(const MigrationFile& file) {
  absl::Status status = RefuseEmpty(file, file.up, "there is no statement below \"-- migrate:up\"; write the change");
  if (!status.ok()) return status;
  ScriptRun run;
  run.path = file.path;
  run.block = &file.up;
  run.record = [&](db::Connection& connection, int64_t ms) { return history_.Insert(connection, file, ms); };
  absl::StatusOr<int64_t> duration = RunLocked(std::move(run));
  if (!duration.ok()) return duration.status();
  Tell({MigrationStep::Action::kApplied, file.version, file.path, *duration});
  return absl::OkStatus();
}

absl::Status Session::RunDown(const MigrationFile& file) {
  absl::Status status = RefuseEmpty(file, file.down,
                                    "there is no statement below \"-- migrate:down\"; write what undoes the up block, "
                                    "or SELECT 1; when nothing is to be undone");
  if (!status.ok()) return status;
  ScriptRun run;
  run.path = file.path;
  run.block = &file.down;
  run.record = [&](db::Connection& connection, int64_t) { return history_.Delete(connection, file.version); };
  absl::StatusOr<int64_t> duration = RunLocked(std::move(run));
  if (!duration.ok()) return duration.status();
  Tell({MigrationStep::Action::kTakenDown, file.version, file.path, *duration});
  return absl::OkStatus();
}

/// In the caller's transaction.
absl::StatusOr<Steps> StampRows(Session& session, const std::vector<StampedRow>& rows) {
  Steps steps;
  for (const StampedRow& row : rows) {
    const bool removed = row.step.action == MigrationStep::Action::kUnstamped;
    absl::Status status = removed ? session.history().Delete(session.connection(), row.step.version)
                                  : session.history().Stamp(session.connection(), *row.file);
    if (!status.ok()) return status;
    steps.push_back(row.step);
  }
  return steps;
}

}  // namespace

absl::StatusOr<Steps> Migrator::Up(const UpLimit& limit) const {
  absl::StatusOr<Session> session = Session::Open(options_);
  if (!session.ok()) return session.status();
  const auto chosen = ChooseUp(session->files(), session->applied(), limit, options_.directory);
  if (!chosen.ok()) return chosen.status();
  for (const MigrationFile* file : *chosen) {
    if (absl::Status status = session->RunUp(*file); !status.ok()) return status;
  }
  return session->TakeSteps();
}

absl::StatusOr<Steps> Migrator::PlanUp(const UpLimit& limit) const {
  const auto seen = Look(options_);
  if (!seen.ok()) return seen.status();
  const auto chosen = ChooseUp(seen->files, seen->applied, limit, options_.directory);
  if (!chosen.ok()) return chosen.status();
  Steps steps;
  for (const MigrationFile* file : *chosen) {
    steps.push_back({MigrationStep::Action::kApplied, file->version, file->path, 0});
  }
  return steps;
}

absl::StatusOr<Steps> Migrator::PlanDown(int count) const {
  const auto seen = Look(options_);
  if (!seen.ok()) return seen.status();
  Steps steps;
  for (auto row = seen->applied.rbegin(); row != seen->applied.rend() && count-- > 0; ++row) {
    const MigrationFile* file = FindFile(seen->files, row->version);
    if (file == nullptr) return CannotTakeDown(row->version, options_.directory);
    steps.push_back({MigrationStep::Action::kTakenDown, file->version, file->path, 0});
  }
  return steps;
}

absl::StatusOr<Steps> Migrator::PlanStamp(std::string_view version) const {
  const auto seen = Look(options_);
  if (!seen.ok()) return seen.status();
  const auto rows = ChooseStamped(seen->files, seen->applied, version, options_.directory);
  if (!rows.ok()) return rows.status();
  Steps steps;
  for (const StampedRow& row : *rows) steps.push_back(row.step);
  return steps;
}

absl::StatusOr<Steps> Migrator::Down(int count) const {
  absl::StatusOr<Session> session = Session::Open(options_);
  if (!session.ok()) return session.status();
  for (auto row = session->applied().rbegin(); row != session->applied().rend() && count-- > 0; ++row) {
    const MigrationFile* file = FindFile(session->files(), row->version);
    if (file == nullptr) return CannotTakeDown(row->version, options_.directory);
    if (absl::Status status = session->RunDown(*file); !status.ok()) return status;
  }
  return session->TakeSteps();
}

absl::StatusOr<std::vector<MigrationState>> ReadMigrationStates(db::Connection& connection,
                                                                const std::string& directory,
                                                                const std::string& history_table) {
  const auto seen = ReadFilesAndHistory(connection, directory, history_table);
  if (!seen.ok()) return seen.status();
  return Compare(seen->files, seen->applied);
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
  absl::StatusOr<Session> session = Session::Open(options_);
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
  for (MigrationStep& step : *steps) session->Tell(std::move(step));
  return session->TakeSteps();
}

}  // namespace rowkeeper::schema
