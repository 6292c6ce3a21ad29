#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"

namespace rowkeeper::exec {

/// Statements within a transaction that are kept or undone together, under a savepoint. Begin comes first, then either
/// Keep or Undo, which no deadline or cancellation stops: where one of them fails, the transaction has failed or the
/// connection is broken, so that nothing can be committed. Begin and Keep take no round trip of their own where
/// statements can travel together. Not thread-safe.
class StatementScope {
 public:
  /// `savepoint` is one of savepoint_numbers.h, and not that of a scope around this one. The connection outlives this.
  StatementScope(db::Connection* connection, int savepoint) : connection_(*connection), savepoint_(savepoint) {}

  absl::Status Begin(db::Cancellation* cancellation) const;
  absl::Status Keep() const;
  /// A transaction that failed within the scope goes on.
  absl::Status Undo() const;

 private:
  db::Connection& connection_;
  const int savepoint_;
};

/// Runs a call of which an error may come after statements that succeeded, so that in a transaction that goes on
/// nothing of it stays then: PostgreSQL has not seen every error (a deadline between two statements, rows that do not
/// fit the response), and would commit the rest. Where PostgreSQL did fail the transaction, it stays failed. Outside a
/// transaction it just runs.
absl::StatusOr<Outcome> RunAllOrNothing(const Execution& execution, absl::FunctionRef<absl::StatusOr<Outcome>()> run);

}  // namespace rowkeeper::exec
