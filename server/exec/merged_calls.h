#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"

namespace rowkeeper::exec {

/// Gets, or writes, of one variant of one method as one statement. A single one is its own statement. Immutable.
class MergedCalls {
 public:
  /// What each call would have got alone, in their order; none: it changed nothing, and is to run alone.
  using Parts = std::vector<std::optional<absl::StatusOr<Outcome>>>;

  /// At least one call; all outlive this object, as `parts` does.
  MergedCalls(const RunnerParts& parts, std::vector<const plan::Call*> calls);

  const plan::Call& first() const { return *calls_.front(); }
  bool writes() const { return !first().plan->reads_only(); }
  /// As Runner::SendAhead; false: nothing was sent.
  bool SendAhead(db::Connection& connection, db::Cancellation* cancellation) const;
  /// The rows of all, whether the statement was sent ahead or not. Any error is that of all together: alone, one may
  /// have another or none. MayRunAlone tells whether they may find out.
  absl::StatusOr<db::Rows> Run(db::Connection& connection, db::Cancellation* cancellation) const;
  /// Whether nothing is left of a statement that gave this error.
  bool MayRunAlone(const absl::Status& error) const;
  /// An error, when memory runs out: what was written stays, and the error says so.
  absl::StatusOr<Parts> Split(const db::Rows& rows) const;

 private:
  Parts Divide(const db::Rows& rows) const;
  db::Query QueryFor(const Execution& execution) const;

  const RunnerParts& parts_;
  const std::vector<const plan::Call*> calls_;
  /// Of one call, and that which is executed.
  std::shared_ptr<const sql::Statement> one_;
  std::shared_ptr<const sql::Statement> all_;
  std::vector<db::Param> params_;
};

}  // namespace rowkeeper::exec
