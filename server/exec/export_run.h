#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/db/assembled_rows.h"
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
  /// At most `rows` rows; none at the end, when the transaction is over. What they take is bounded, however large they
  /// are: large ones are read by themselves, a few at a time. RESPONSE_TOO_LARGE for a row that cannot be a response.
  absl::StatusOr<db::Rows> Fetch(int rows);

  /// Tells which column each cell is. After Open.
  const sql::Statement& statement() const { return *statement_; }
  /// Where the same request goes on after this row.
  std::string TokenAfter(const db::Rows& rows, int row) const;

 private:
  /// How many bytes the values of the piece's row have that were withheld; 0: none were.
  size_t LargeBytes(int row) const;
  /// Rows of the piece that are given together.
  struct Taken {
    /// The first one after them.
    int end = 0;
    /// Of the piece, or of those that have to be loaded by their keys because they are large, in the export's order.
    std::vector<db::RowSource> sources;
    int large = 0;
    /// An array for each column of the key; none where no row is large.
    std::vector<db::Param> keys;
  };
  /// The next rows, with as many large ones among them as may be in memory at once, or a single one.
  absl::StatusOr<Taken> ChooseRows() const;
  absl::StatusOr<db::Rows> TakeRows();
  /// The next rows of the cursor.
  absl::StatusOr<db::Rows> FetchPiece(int rows) const;
  absl::Status Execute(const std::string& text) const;
  /// `text` outlives it.
  db::Query QueryOf(const std::string& text) const;

  const Execution execution_;
  const std::chrono::milliseconds idle_limit_;
  std::shared_ptr<const sql::Statement> statement_;
  /// What the cursor gave last, and the first of it that Fetch has not given.
  db::Rows piece_;
  int next_ = 0;
};

}  // namespace rowkeeper::exec
