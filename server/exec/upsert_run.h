#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"
#include "server/sql/upsert_marks.h"

namespace rowkeeper::exec {

/// Runs an upsert, of one row or a batch: one statement, all or nothing (sql/render_upsert.h). It is run again a few
/// times where rows changed under it, and a second one explains why nothing was written. In a transaction each try has
/// a savepoint.
///
/// A trigger may give a row another key than its element's. A new row is just returned as it was stored. Where a row is
/// there with the key that the trigger makes, the statement has looked for it in vain; then the keys are found out by
/// writing the elements in a transaction, or behind the savepoint, that is rolled back, and rows are looked for by
/// those.
class UpsertRun {
 public:
  /// `places`: which elements of the caller's request those of the call are; nullptr: all of them. Both outlive this.
  UpsertRun(const Execution& execution, const std::vector<size_t>* places)
      : execution_(execution), call_(execution.call), places_(places) {}

  /// Errors: those of BatchRun; ABORTED SERIALIZATION_FAILURE when other transactions keep getting in the way;
  /// INVALID_ARGUMENT when two elements are the same row to the database; FAILED_PRECONDITION TRIGGER_REFUSED when the
  /// database keeps a row from being written.
  absl::StatusOr<Outcome> Run();

 private:
  /// The call with the keys as far as they are known.
  Execution Current() const {
    return {execution_.parts, call_, execution_.connection, execution_.cancellation, execution_.kept_bytes};
  }

  absl::StatusOr<Outcome> Attempt() const;
  absl::StatusOr<Outcome> Write() const;
  /// Makes ready for another try; an error when there is none.
  absl::Status PrepareFor(sql::UpsertConflict conflict, int attempt);
  /// Sets the elements' stored_key.
  absl::Status FindStoredKeys();
  absl::StatusOr<db::Rows> WriteAndRollBack() const;
  absl::Status CheckStoredKeysDiffer() const;
  /// The rows that are met have another key than the one that was learned.
  absl::Status WhyTheKeyIsAnother() const;

  const Execution& execution_;
  plan::Call call_;
  const std::vector<size_t>* const places_;
  bool always_hidden_ = true;
};

}  // namespace rowkeeper::exec
