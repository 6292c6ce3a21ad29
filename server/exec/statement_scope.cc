#include "server/exec/statement_scope.h"

#include <string>

#include "server/sql/savepoint_numbers.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::exec {
namespace {

absl::Status ExecutePlain(const std::string& text, db::Connection& connection, db::Cancellation* cancellation) {
  db::Query query;
  query.text = text;
  query.effect = db::Query::Effect::kRead;
  query.cancellation = cancellation;
  return connection.Execute(query).status();
}

}  // namespace

absl::Status StatementScope::Begin(db::Cancellation* cancellation) const {
  return ExecutePlain(sql::Savepoint(savepoint_), connection_, cancellation);
}

absl::Status StatementScope::Keep() const {
  return ExecutePlain(sql::ReleaseSavepoint(savepoint_), connection_, nullptr);
}

absl::Status StatementScope::Undo() const {
  absl::Status status = ExecutePlain(sql::RollbackToSavepoint(savepoint_), connection_, nullptr);
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
