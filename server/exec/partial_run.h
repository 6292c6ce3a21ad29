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

/// Runs a partial batch: each element is written or refused on its own. All elements go into one statement. Where it is
/// refused because of a row, halves of it are tried until that row is alone, and then as many of the rest in one
/// statement as went well for each refused row so far: k refused rows among n cost about k·log2(n/k) statements, and
/// where every third row or more is refused each row has one of its own. In order, so that of two rows that exclude
/// each other the first is written. Outside a transaction each statement that succeeds is durable at once; inside, each
/// runs under a savepoint, and the whole belongs into RunAllOrNothing.
///
/// What is no row's fault (a lost connection, a deadline, a conflict that does not go away) ends it: as an error of the
/// call when no row was written by then, or in a transaction; else the elements of that statement get the error as
/// their result, and the rest NOT_TRIED.
///
/// Outside a transaction rows that are too many for a response do not keep elements from being written: they are
/// dropped, and the answer is PartlyMade(). Not thread-safe.
class PartialRun {
 public:
  explicit PartialRun(const Execution& execution);

  absl::StatusOr<Outcome> Run();

 private:
  /// Elements, by their places in the request.
  using Places = std::vector<size_t>;

  /// How many of the undecided elements go into the next statement.
  size_t NextSize() const;
  /// How many of the elements that are decided were written.
  size_t Written() const;
  /// Tries undecided elements, the next `size`, and keeps what they wrote. OK also when the call goes on without the
  /// rest; `status` says what became of them.
  absl::Status Try(size_t size, absl::Status* status);
  /// Decides some of the next `size` elements, of which one is refused at least, up to that one.
  absl::Status Isolate(size_t size, absl::Status refusal);
  /// Refuses undecided elements that are the row of one before them.
  void Refuse(const std::vector<SameRow>& same);
  absl::StatusOr<Outcome> Attempt(const Places& places);
  absl::StatusOr<Outcome> AttemptUnderSavepoint(const Places& places);
  absl::StatusOr<Outcome> Write(const Places& places);
  void Keep(const Places& places, Outcome outcome);
  void GiveUp(size_t size, const absl::Status& status);
  Outcome Collect();

  const Execution& execution_;
  const std::vector<plan::Element>& elements_;
  const size_t count_;
  /// The call without its elements.
  plan::Call rest_;
  /// What is to be tried, and how many from its beginning are decided, of which so many were refused.
  Places places_;
  size_t decided_ = 0;
  size_t refused_ = 0;
  bool wrote_ = false;
  /// Of parts_; and whether rows that belong to them were dropped.
  size_t kept_bytes_ = 0;
  bool too_large_ = false;
  std::vector<absl::Status> results_;
  std::vector<db::Rows> parts_;
  std::vector<db::RowSource> sources_;
  BatchFacts facts_;
  Outcome outcome_;
};

}  // namespace rowkeeper::exec
