// The statements of PgConnection that miss a table or a column: it may have another name now.

#include <exception>
#include <memory>
#include <utility>

#include <spdlog/spdlog.h>

#include "server/db/failure_log.h"
#include "server/db/pg_connection.h"
#include "server/db/rows_builder.h"
#include "server/db/statement_rewriter.h"

namespace rowkeeper::db {
namespace {

/// Of one execution. Names can change once more while a statement waits for its table.
constexpr int kMostQuestions = 3;

}  // namespace

bool PgConnection::WriteAnew(const PgError& error, Rewriting* rewriting, Attempt* attempt) {
  Query& query = rewriting->query;
  if (query.rewriter == nullptr || !MissesName(error) || attempt->repeats == kMostRepeats) return false;
  if (!GoBack(query)) {
    if (!broken_) missed_names_of_ = query.rewriter;
    return false;
  }
  std::shared_ptr<const sql::Statement> statement = query.rewriter->Rewrite(*query.statement);
  if (statement == nullptr && rewriting->questions++ < kMostQuestions) {
    if (!LearnNames(query.rewriter)) return false;
    statement = query.rewriter->Rewrite(*query.statement);
  }
  attempt->names_are_known = statement == nullptr;
  if (statement == nullptr) return false;
  if (query.name != nullptr) NoteStale(Staleness::kOutdated, query.name->str());
  counters_->renamed.Add();
  query.text = statement->text;
  query.name = statement->name ? &*statement->name : nullptr;
  query.statement = statement.get();
  rewriting->statement = std::move(statement);
  return true;
}

bool PgConnection::LearnNames(StatementRewriter* rewriter) {
  watch_.Arm(answer_limit_);
  try {
    const Rows answer = RowsBuilder::Build(session_->Run(rewriter->names_query()));
    rewriter->LearnNames(answer);
    return true;
  } catch (const std::exception&) {
    MarkBroken(session_->LastError().sqlstate);  // where a transaction is open, nobody knows how it is now
    return false;
  }
}

void PgConnection::LearnMissedNames() {
  StatementRewriter* const rewriter = std::exchange(missed_names_of_, nullptr);
  if (rewriter == nullptr || broken_) return;
  (void)LearnNames(rewriter);
  watch_.Disarm();
}

}  // namespace rowkeeper::db
