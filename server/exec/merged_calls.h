#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"

namespace rowkeeper::exec {

/// Gets, pages, counts, batches that read, or writes of one variant of one method as one statement. A single one is its
/// own statement. Immutable.
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
  /// Whether each of these calls would have got that error alone, so that none need be tried again.
  bool IsOfEach(const absl::Status& error) const;
  /// Whether these rows of pages are so many bytes that fewer calls should be one statement: they are held until the
  /// last of them is answered.
  bool IsLarge(const db::Rows& rows) const;
  /// An error, when memory runs out: what was written stays, and the error says so.
  absl::StatusOr<Parts> Split(const db::Rows& rows) const;

 private:
  /// Rows that follow each other.
  struct Span {
    int first = 0;
    int count = 0;
  };

  /// Each may have more than one row.
  bool has_many_rows() const { return first().plan->family() != catalogue::Family::kGet && !writes(); }
  db::Param ValueOfAll(const sql::Parameter& parameter) const;
  Parts Divide(const db::Rows& rows) const;
  Parts DivideSpans(const db::Rows& rows) const;
  /// Whose a row is, from 0; -1 for nobody's.
  int CallOf(const db::Rows& rows, int row) const;
  /// Of each call; empty when they are not in order.
  std::vector<Span> SpansOf(const db::Rows& rows) const;
  absl::StatusOr<Outcome> OutcomeOf(size_t call, const db::Rows& rows, Span span) const;
  db::Query QueryFor(const Execution& execution) const;

  const RunnerParts& parts_;
  const std::vector<const plan::Call*> calls_;
  /// Of one call, and that which is executed.
  std::shared_ptr<const sql::Statement> one_;
  std::shared_ptr<const sql::Statement> all_;
  std::vector<db::Param> params_;
  /// Of batches: the elements that stand before those of each call, and all.
  std::vector<size_t> before_;
};

}  // namespace rowkeeper::exec
