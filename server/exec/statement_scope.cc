#include "server/exec/statement_scope.h"

#include <string>

#include "server/sql/savepoint_numbers.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::exec {
namespace {

db::Query ToQuery(const std::string& text, db::Cancellation* cancellation) {
  db::Query query;
  query.text = text;
  query.effect = db::Query::Effect::kRead;
  query.cancellation = cancellation;
  return query;
}

}  // namespace

absl::Status StatementScope::Begin(db::Cancellation* cancellation) const {
  const std::string text = sql::Savepoint(savepoint_);
  return connection_.Enqueue(ToQuery(text, cancellation));
}

absl::Status StatementScope::Keep() const {
  const std::string text = sql::ReleaseSavepoint(savepoint_);
  return connection_.Enqueue(ToQuery(text, nullptr));
}

absl::Status StatementScope::Undo() const {
  const std::string text = sql::RollbackToSavepoint(savepoint_);
  absl::Status status = connection_.Execute(ToQuery(text, nullptr)).status();
  return status.ok() ? Keep() : status;
}

absl::StatusOr<Outcome> RunAllOrNothing(const Execution& execution, absl::FunctionRef<absl::StatusOr<Outcome>()> run) {
  if (!execution.connection.in_transaction()) return run();
  const StatementScope scope(&execution.connection, sql::kCallSavepoint);
  if (absl::Status status = scope.Begin(execution.cancellation); !status.ok()) return status;
  absl::StatusOr<Outcome> outcome = run();
  if (outcome.ok()) {
    if (absl::Status status = scope.Keep(); !status.ok()) return status;
  } else if (!execution.connection.in_failed_transaction() && !execution.connection.broken()) {
    (void)scope.Undo();  // the call's own error says more; see StatementScope
  }
  return outcome;
}

}  // namespace rowkeeper::exec
