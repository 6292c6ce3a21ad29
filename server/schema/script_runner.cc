#include "server/schema/script_runner.h"

#include <algorithm>
#include <optional>
#include <random>

#include "server/base/error_details.h"
#include "server/base/reason.h"
#include "server/base/text.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_session.h"
#include "server/schema/session_watch.h"
#include "server/sql/migration_sql.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::schema {
namespace {

using Control = SqlStatement::Control;

constexpr std::string_view kNothingApplied = "nothing of this file was applied";
constexpr std::string_view kNothingMore = "nothing more of this file was applied";

int64_t Milliseconds(Clock::duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

bool WorthRetrying(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  return reason == Reason::kLockTimeout || reason == Reason::kDeadlock;
}

/// Longest wait for a lock of what may itself keep others from a table: they queue up behind it meanwhile.
constexpr int kTableLockTimeoutMs = 1000;
constexpr int kMostDoublings = 3;

int TableLockTimeout(const MigratorOptions& options) {
  return options.lock_timeout_ms == 0 ? 0 : std::min(options.lock_timeout_ms, kTableLockTimeoutMs);
}

/// Before attempt + 1: longer each time, and never the same, so that those who are in the way of each other part.
Clock::duration PauseAfter(int attempt, const MigratorOptions& options) {
  thread_local std::minstd_rand random{std::random_device()()};
  const double factor = std::uniform_real_distribution<double>(0.5, 1.5)(random);
  const auto pause = options.retry_pause * (1 << std::min(attempt - 1, kMostDoublings));
  return std::chrono::duration_cast<Clock::duration>(pause * factor);
}

std::string TriedAgain(const std::string& path, const absl::Status& status, int attempt, int attempts) {
  return Cat(path, ": another session is in the way (", ErrorReason(status), "), attempt ", attempt, " of ", attempts);
}

/// Runs one block once. Used by one thread.
class ScriptAttempt {
 public:
  ScriptAttempt(const MigratorOptions& options, const ScriptRun& run)
      : options_(options), run_(run), script_(run.block->script) {}

  absl::StatusOr<int64_t> InTransaction();
  absl::StatusOr<int64_t> WithoutTransaction();

 private:
  absl::Status Open();
  absl::Status Plain(const std::string& text) { return connection_->ExecuteScript(text, nullptr); }
  /// `error`, or that the connection was lost: what that means for the file is said here, not by the connection.
  absl::Status Cause(const absl::Status& error) const {
    return connection_ == nullptr ? error : ForOperator(*connection_, error);
  }
  int FileLine(int script_line) const { return run_.block->first_line + script_line - 1; }
  /// The error of a piece of the script that starts at byte `offset`.
  absl::Status Located(const absl::Status& error, size_t offset, int position, std::string_view consequence) const;
  /// Opens the session of a block without a transaction as its first statements have left it.
  absl::Status RunBefore();
  absl::Status RunAll();
  absl::Status RunStatement(const SqlStatement& statement, int number);
  /// Runs it, and notes that `number` statements and this one are in effect when it is certain that they stay so.
  absl::Status RunNoted(const SqlStatement& statement, int number, int* position);
  absl::Status Note(int in_effect) { return run_.note ? Plain(run_.note({in_effect, false})) : absl::OkStatus(); }
  /// What does not run in a transaction may have left something; what does has not.
  void NoteFailure(const SqlStatement& statement, int number);
  absl::Status LimitLocks(int milliseconds);
  /// What holds for the statement, if the script does not say anything of that.
  int LockTimeoutOf(const SqlStatement& statement) const;
  /// One that locks tables holds them to the end.
  int LockTimeoutOfTransaction() const;
  bool MayRetryStatements() const;
  std::string AlreadyInEffect(int number) const;

  const MigratorOptions& options_;
  const ScriptRun& run_;
  const SqlScript& script_;
  /// What the session has now; -1: what it began with.
  int lock_timeout_ms_ = -1;
  /// A transaction that the script began.
  bool in_own_transaction_ = false;
  std::unique_ptr<db::Connection> connection_;
  std::optional<SessionWatch> watch_;
};

absl::Status ScriptAttempt::Open() {
  absl::StatusOr<std::unique_ptr<db::Connection>> connection = OpenMigrationSession(options_);
  if (!connection.ok()) return connection.status();
  connection_ = *std::move(connection);
  watch_.emplace(options_, run_.path, connection_->backend_pid());
  return absl::OkStatus();
}

absl::Status ScriptAttempt::Located(const absl::Status& error, size_t offset, int position,
                                    std::string_view consequence) const {
  const std::string_view text = script_.text;
  const size_t start = position > 0 || offset > 0 ? offset : std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const int before = LineOfCharacter(text.substr(0, start), static_cast<int>(start) + 1);
  const int inside = position > 0 ? LineOfCharacter(text.substr(offset), position) - 1 : 0;
  return AtLine(run_.path, FileLine(before + inside), Cause(error), consequence);
}

absl::Status ScriptAttempt::RunAll() {
  int position = 0;
  if (!script_.parsed) {
    watch_->Begin(run_.block->first_line);
    absl::Status status = connection_->ExecuteScript(script_.text, &position);
    watch_->End();
    return status.ok() ? status : Located(status, 0, position, kNothingApplied);
  }
  for (const SqlStatement& statement : script_.statements) {
    watch_->Begin(FileLine(statement.line));
    absl::Status status = connection_->ExecuteScript(script_.TextOf(statement), &position);
    watch_->End();
    if (!status.ok()) return Located(status, statement.offset, position, kNothingApplied);
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ScriptAttempt::InTransaction() {
  absl::Status status = Open();
  if (status.ok()) status = Plain(sql::Begin());
  if (!status.ok()) return Located(status, 0, 0, kNothingApplied);
  const Clock::time_point start = options_.clock->Now();
  status = LimitLocks(LockTimeoutOfTransaction());
  if (!status.ok()) return Located(status, 0, 0, kNothingApplied);
  status = RunAll();
  if (!status.ok()) return status;  // the connection ends here, and with it the transaction
  const int64_t duration_ms = Milliseconds(options_.clock->Now() - start);
  if (run_.record) status = run_.record(*connection_, duration_ms);
  if (!status.ok()) return Located(status, 0, 0, "while the file was being recorded; nothing of this file was applied");
  // As a script, so that a deferred constraint speaks in PostgreSQL's words.
  status = Plain(sql::Commit());
  if (status.ok()) return duration_ms;
  const bool unknown = connection_->broken();
  return Located(status, 0, 0,
                 unknown ? "during COMMIT, so this file may be applied or not; see which with: rowkeeper migrate status"
                         : "at COMMIT; nothing of this file was applied");
}

bool ScriptAttempt::MayRetryStatements() const {
  for (const SqlStatement& statement : script_.statements) {
    if (statement.control != Control::kNone) return false;
  }
  return true;
}

std::string ScriptAttempt::AlreadyInEffect(int number) const {
  const std::string_view rest =
      run_.note
          ? "; the file runs without a transaction; rowkeeper migrate repair removes what an interrupted "
            "statement left (as the invalid index of CREATE INDEX CONCURRENTLY) and runs the rest"
          : "; the file runs without a transaction and sets a role or READ ONLY, so that nothing notes how far it "
            "is: clean up by hand (an interrupted CREATE INDEX CONCURRENTLY leaves an invalid index) before it is "
            "run again";
  const std::string_view this_one = connection_->broken() ? "whether this statement took effect is not known; " : "";
  if (number == 0) return Cat(this_one, "no earlier statement of this file was run", rest);
  return Cat(this_one, "the ", number, " statement(s) before it are in effect", rest);
}

absl::Status ScriptAttempt::LimitLocks(int milliseconds) {
  if (lock_timeout_ms_ == milliseconds) return absl::OkStatus();  // then the script's own limit stays
  lock_timeout_ms_ = milliseconds;
  return Plain(sql::SetLockTimeout(milliseconds));
}

int ScriptAttempt::LockTimeoutOf(const SqlStatement& statement) const {
  if (statement.concurrently) return 0;
  return statement.locks_tables && !script_.limits_locks ? TableLockTimeout(options_) : options_.lock_timeout_ms;
}

int ScriptAttempt::LockTimeoutOfTransaction() const {
  int timeout = options_.lock_timeout_ms;
  for (const SqlStatement& statement : script_.statements) {
    if (!statement.concurrently) timeout = std::min(timeout, LockTimeoutOf(statement));
  }
  return timeout;
}

absl::Status ScriptAttempt::RunStatement(const SqlStatement& statement, int number) {
  absl::Status status = LimitLocks(LockTimeoutOf(statement));
  const int attempts = MayRetryStatements() && !statement.concurrently ? options_.attempts : 1;
  int position = 0;
  for (int attempt = 1; status.ok(); ++attempt) {
    watch_->Begin(FileLine(statement.line));
    status = RunNoted(statement, number, &position);
    watch_->End();
    if (status.ok() || attempt >= attempts || !WorthRetrying(status)) break;
    watch_->Notice(TriedAgain(run_.path, status, attempt, attempts));
    options_.clock->SleepFor(PauseAfter(attempt, options_));
    status = absl::OkStatus();
  }
  if (status.ok()) return status;
  NoteFailure(statement, number);
  return Located(status, statement.offset, position, AlreadyInEffect(number));
}

void ScriptAttempt::NoteFailure(const SqlStatement& statement, int number) {
  if (!run_.note || statement.atomic || in_own_transaction_ || connection_->broken()) return;
  // Without the note it counts as interrupted, and the operator learns of the failure all the same.
  Plain(run_.note({number, true})).IgnoreError();
}

absl::Status ScriptAttempt::RunNoted(const SqlStatement& statement, int number, int* position) {
  const std::string_view text = script_.TextOf(statement);
  const bool ends = statement.control == Control::kEnd;
  if (!run_.note || (!ends && (in_own_transaction_ || statement.control == Control::kBegin))) {
    in_own_transaction_ = in_own_transaction_ || statement.control == Control::kBegin;
    return connection_->ExecuteScript(text, position);
  }
  if (statement.commits) {
    const absl::Status noted = Note(number + 1);
    if (!noted.ok()) return noted;
  } else if (statement.atomic) {
    return connection_->ExecuteScript(Cat(text, ";\n", run_.note({number + 1, false})), position);
  }
  const absl::Status status = connection_->ExecuteScript(text, position);
  in_own_transaction_ = false;
  return status.ok() && !statement.commits ? Note(number + 1) : status;
}

absl::Status ScriptAttempt::RunBefore() {
  absl::Status status = Open();
  if (status.ok() && !run_.begin.empty()) status = Plain(run_.begin);
  for (int i = 0; i < run_.in_effect && status.ok(); ++i) {
    const SqlStatement& statement = script_.statements.at(static_cast<size_t>(i));
    status = LimitLocks(LockTimeoutOf(statement));  // what the statement found, and what it left
    if (status.ok() && statement.sets_session) status = Plain(std::string(script_.TextOf(statement)));
  }
  return status;
}

absl::StatusOr<int64_t> ScriptAttempt::WithoutTransaction() {
  absl::Status status = RunBefore();
  if (!status.ok()) return Located(status, 0, 0, run_.in_effect == 0 ? kNothingApplied : kNothingMore);
  const Clock::time_point start = options_.clock->Now();
  const int end = static_cast<int>(script_.statements.size());
  for (int number = run_.in_effect; number < end; ++number) {
    status = RunStatement(script_.statements[static_cast<size_t>(number)], number);
    if (!status.ok()) return status;
  }
  const int64_t duration_ms = Milliseconds(options_.clock->Now() - start);
  if (run_.record) status = run_.record(*connection_, duration_ms);
  if (!status.ok()) {
    return Located(status, 0, 0,
                   connection_->broken()
                       ? "the file ran, but perhaps was not recorded; see with: rowkeeper migrate status"
                       : "the file ran, but could not be recorded");
  }
  return duration_ms;
}

absl::Status Malformed(const ScriptRun& run, const SqlStatement& statement, std::string_view problem) {
  return MigrationFileMalformed(run.path, run.block->first_line + statement.line - 1, problem);
}

absl::Status CheckControl(const ScriptRun& run) {
  const SqlScript& script = run.block->script;
  const SqlStatement* open = nullptr;
  for (const SqlStatement& statement : script.statements) {
    if (statement.control == Control::kNone || !script.parsed) continue;
    if (run.block->transaction) {
      return Malformed(run, statement,
                       "the file is run in a transaction of its own and must not begin or end one; remove this "
                       "statement, or write transaction:false behind the block's first line");
    }
    open = statement.control == Control::kBegin ? &statement : nullptr;
  }
  if (open == nullptr) return absl::OkStatus();
  return Malformed(run, *open, "the transaction that begins here is never committed; add COMMIT");
}

}  // namespace

absl::StatusOr<int64_t> RunScript(const MigratorOptions& options, const ScriptRun& run) {
  if (absl::Status status = CheckControl(run); !status.ok()) return status;
  if (!run.block->transaction) return ScriptAttempt(options, run).WithoutTransaction();
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<int64_t> done = ScriptAttempt(options, run).InTransaction();
    if (done.ok() || attempt >= options.attempts || !WorthRetrying(done.status())) return done;
    if (options.observer.notice) {
      options.observer.notice(TriedAgain(run.path, done.status(), attempt, options.attempts));
    }
    options.clock->SleepFor(PauseAfter(attempt, options));
  }
}

absl::StatusOr<int64_t> RunScriptLocked(const MigratorOptions& options, MigrationLock* lock, ScriptRun run) {
  if (absl::Status status = lock->Check(); !status.ok()) {
    return AtLine(run.path, run.block->first_line, status, kNothingApplied);
  }
  run.record = [lock, record = std::move(run.record)](db::Connection& connection, int64_t ms) {
    absl::Status status = lock->Check();
    return status.ok() && record ? record(connection, ms) : status;
  };
  return RunScript(options, run);
}

}  // namespace rowkeeper::schema
