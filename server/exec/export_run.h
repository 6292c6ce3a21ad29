#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/exec/execution.h"
#include "server/plan/call.h"

namespace rowkeeper::exec {

/// The rows of an export, piece by piece, as of one snapshot: a read-only transaction with a cursor. For one thread.
/// Whatever ends it early leaves the transaction open, for the connection's lease to roll back.
class ExportRun {
 public:
  /// `idle_limit`: after which PostgreSQL ends a transaction whose reader does not come back. All of it outlives the
  /// run.
  ExportRun(const RunnerParts& parts, const plan::Call& call, db::Connection& connection,
            db::Cancellation* cancellation, std::chrono::milliseconds idle_limit)
      : execution_{parts, call, connection, cancellation}, idle_limit_(idle_limit) {}

  /// Takes the snapshot and plans the query. Errors: those of the error table.
  absl::Status Open();
  /// At most `rows` rows; none at the end, when the transaction is over.
  absl::StatusOr<db::Rows> Fetch(int rows);

  /// Tells which column each cell is. After Open.
  const sql::Statement& statement() const { return *statement_; }
  /// Where the same request goes on after this row.
  std::string TokenAfter(const db::Rows& rows, int row) const;

 private:
  absl::StatusOr<db::Rows> Execute(const std::string& text, ResultShape result = {},
                                   observe::OperationDurations* durations = nullptr) const;

  const Execution execution_;
  const std::chrono::milliseconds idle_limit_;
  std::shared_ptr<const sql::Statement> statement_;
};

}  // namespace rowkeeper::exec
