// The statements of PgConnection that miss a table or a column: it may have another name now.

#include <chrono>
#include <exception>
#include <memory>
#include <utility>

#include <spdlog/spdlog.h>

#include "server/base/database_errors.h"
#include "server/db/current_names.h"
#include "server/db/failure_log.h"
#include "server/db/pg_connection.h"
#include "server/db/rows_builder.h"
#include "server/db/statement_rewriter.h"

namespace rowkeeper::db {
namespace {

/// Of one execution. Names can change once more while a statement waits for its table.
constexpr int kMostQuestions = 3;
/// Longer than a thread waits for its turn to ask.
constexpr std::chrono::seconds kNamesLimit{5};
/// Who watches the database could not see it, so that it may be slow, or have a catalog locked.
constexpr char kBeginInDoubt[] = "BEGIN READ ONLY; SET LOCAL statement_timeout = 250; SET LOCAL jit = off";

}  // namespace

PgConnection::Rewritten PgConnection::WriteAnew(const PgError& error, Rewriting* rewriting, Attempt* attempt) {
  Query& query = rewriting->query;
  if (query.rewriter == nullptr || !MissesName(error) || attempt->repeats == kMostRepeats) return Rewritten::kNo;
  std::shared_ptr<const sql::Statement> statement = query.rewriter->Rewrite(*query.statement);
  const bool may_ask = rewriting->questions < kMostQuestions;
  if (statement == nullptr && may_ask && !transaction_.next_has_new_snapshot()) {
    missed_names_ = query.rewriter->names();
    return Rewritten::kNo;
  }
  attempt->refused = true;
  if (!GoBack(query)) return broken_ ? Rewritten::kQuestionFailed : Rewritten::kNo;
  if (statement == nullptr && may_ask) {
    ++rewriting->questions;
    if (!LearnNames(query.rewriter->names().get())) return Rewritten::kQuestionFailed;
    statement = query.rewriter->Rewrite(*query.statement);
  }
  attempt->names_are_known = statement == nullptr;
  if (statement == nullptr) return Rewritten::kNo;
  if (query.name != nullptr) NoteStale(Staleness::kOutdated, query.name->str());
  TakeText(std::move(statement), rewriting);
  return Rewritten::kYes;
}

bool PgConnection::HasCurrentNames(const Query& query) {
  if (query.rewriter == nullptr) return true;
  const CurrentNames& names = *query.rewriter->names();
  return !names.doubtful() && query.statement->names_revision == names.revision();
}

bool PgConnection::TakeCurrentNames(const CancelScope& scope, Rewriting* rewriting) {
  const Query& query = rewriting->query;
  CurrentNames* const names = query.rewriter->names().get();
  // Before a BEGIN that waits to be sent it is asked alone. In the middle of a transaction it cannot be asked.
  const bool alone = queue_.begins() || transaction_.state() == TransactionTracker::State::kNone;
  // A question that fails undoes what follows the last savepoint, which has to have been sent.
  const bool has_new_snapshot = transaction_.next_has_new_snapshot() || transaction_.has_no_snapshot();
  const bool may_ask = alone || (queue_.empty() && has_new_snapshot);
  // What was known when the watch ended is no better than what is declared: it may be hours old.
  const bool knows_nothing = !names->told() || !names->watched();
  if (knows_nothing && may_ask) {
    if (!LearnNames(names)) return false;
  } else if (names->doubtful() && alone) {
    if (!AskInDoubt(scope, names)) return false;
  }
  if (auto statement = query.rewriter->Rewrite(*query.statement)) TakeText(std::move(statement), rewriting);
  return true;
}

bool PgConnection::AskInDoubt(const CancelScope& scope, CurrentNames* names) {
  CurrentNames::Turn turn(names, CurrentNames::Turn::Wait::kNot);
  if (!turn.needed()) return true;
  watch_.Arm(kNamesLimit);
  try {
    session_->Run(kBeginInDoubt);
    turn.Learn(RowsBuilder::Build(session_->Run(names->query())));
    session_->Run("COMMIT");
    return true;
  } catch (const std::exception&) {
    if (session_->LastError().lost) return false;
    spdlog::warn("what tables and columns are called now could not be read: sqlstate={}",
                 session_->LastError().sqlstate);
  }
  if (!scope.cause().has_value()) names->EndDoubt();  // until the next look that fails
  return RunPlain("ROLLBACK", kNamesLimit).ok();
}

absl::Status PgConnection::QuestionFailed(const Query& query, const CancelScope& scope, const Attempt& attempt) {
  const PgError& error = session_->LastError();
  if (broken_ || error.lost || scope.cause().has_value()) return Failed(error, query, scope, attempt);
  spdlog::warn("statement {} was not executed: what tables and columns are called could not be read: sqlstate={}",
               NameInLog(query), error.sqlstate);
  transaction_.Failed(attempt.effect);
  return DatabaseUnavailable();
}

void PgConnection::TakeText(std::shared_ptr<const sql::Statement> statement, Rewriting* rewriting) {
  counters_->renamed.Add();
  Query& query = rewriting->query;
  query.text = statement->text;
  query.name = statement->name ? &*statement->name : nullptr;
  query.statement = statement.get();
  rewriting->statement = std::move(statement);
}

bool PgConnection::LearnNames(CurrentNames* names) {
  watch_.Arm(kNamesLimit);
  CurrentNames::Turn turn(names);
  if (!turn.needed()) return true;
  watch_.Arm(kNamesLimit);
  try {
    turn.Learn(RowsBuilder::Build(session_->Run(names->query())));
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void PgConnection::LearnMissedNames() {
  const std::shared_ptr<CurrentNames> names = std::exchange(missed_names_, nullptr);
  if (names == nullptr || broken_) return;
  const bool learnt = LearnNames(names.get());
  const bool lost = !learnt && session_->LastError().lost;
  if (watch_.Disarm() || lost) MarkBroken(lost ? session_->LastError().sqlstate : "its answer came too late");
}

}  // namespace rowkeeper::db
