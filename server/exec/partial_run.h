#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/db/assembled_rows.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"
#include "server/exec/same_rows.h"

namespace rowkeeper::exec {

/// Runs a partial batch: each element is written or refused on its own. All elements go into one statement; where it is
/// refused because of a row it is tried on each half again, so that k refused rows among n cost about 2·k·log2(n)
/// statements. Outside a transaction each statement that succeeds is durable at once; inside, each runs under a
/// savepoint, and the whole belongs into RunAllOrNothing.
///
/// What is no row's fault (a lost connection, a deadline, a conflict that does not go away) ends it: as an error of the
/// call when no row was written by then, or in a transaction; else the elements of that statement get the error as
/// their result, and the rest NOT_TRIED. Not thread-safe.
class PartialRun {
 public:
  explicit PartialRun(const Execution& execution);

  absl::StatusOr<Outcome> Run();

 private:
  /// Elements, by their places in the request.
  using Places = std::vector<size_t>;

  /// Splits what failed; false when the call is over.
  bool Handle(const Places& places, const absl::Status& status);
  /// Refuses elements that are the row of one before them; the others.
  Places Refuse(const Places& places, const std::vector<SameRow>& same);
  absl::StatusOr<Outcome> Attempt(const Places& places);
  absl::StatusOr<Outcome> AttemptUnderSavepoint(const Places& places);
  absl::StatusOr<Outcome> Write(const Places& places);
  void Keep(const Places& places, Outcome outcome);
  void GiveUp(const Places& places, const absl::Status& status);
  Outcome Collect();

  const Execution& execution_;
  const std::vector<plan::Element>& elements_;
  const size_t count_;
  /// The call without its elements.
  plan::Call rest_;
  /// What is still to be tried, the next one last.
  std::vector<Places> pending_;
  bool wrote_ = false;
  std::vector<absl::Status> results_;
  std::vector<db::Rows> parts_;
  std::vector<db::RowSource> sources_;
  BatchFacts facts_;
  Outcome outcome_;
};

}  // namespace rowkeeper::exec
