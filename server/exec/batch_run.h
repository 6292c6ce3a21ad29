#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/row_errors.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"

namespace rowkeeper::exec {

/// The texts that all elements have for an input, as an array literal.
std::string ElementsText(const plan::Call& call, int input);
/// Their versions, 0 for any.
std::string ElementVersionsText(const plan::Call& call);
/// Cell `index` of their stored keys, as an array literal.
std::string ElementStoredKeysText(const plan::Call& call, int index);

/// The element that row `row` of a batch's result is of, counted from 0.
size_t ElementOf(const db::Rows& rows, int row, const sql::Statement& statement);

/// What a batch that reads found, when these are its rows. `before`: the elements of others that the statement counted
/// before its own. ROW_NOT_FOUND, unless the request allows rows to be missing.
absl::StatusOr<Outcome> GotOutcome(const plan::Call& call, db::Rows rows,
                                   std::shared_ptr<const sql::Statement> statement, size_t before);

/// Family::kBatch. Where it may fail after a statement that has written, all of it is undone in a transaction.
absl::StatusOr<Outcome> RunBatch(const Execution& execution);

/// Runs a batch: one statement, and a second one only to explain why nothing was written. Upserts: upsert_run.h.
class BatchRun {
 public:
  /// `places`: which elements of the caller's request those of the call are; nullptr: all of them. Must outlive this.
  explicit BatchRun(const Execution& execution, const std::vector<size_t>* places = nullptr);

  absl::StatusOr<Outcome> Run() const;

  /// Upsert: why the statement wrote nothing. SERIALIZATION_FAILURE where nothing stands in the way any more.
  absl::Status WhyNothingWasWritten() const;
  /// `error` of a statement that judged itself, with the element that it is about, where that is known.
  absl::Status NameElement(const absl::Status& error) const;

 private:
  using SharedStatement = std::shared_ptr<const sql::Statement>;
  /// What a probe says of an element's row.
  struct State {
    /// The first element that is the same row to the database; often itself.
    size_t first = 0;
    bool found = false;
    bool live = false;
    bool version_matches = false;
    /// One for each of BatchVariant::unchanged.
    std::vector<bool> unchanged;
  };

  /// `attempt`: from 1; see LookAgain().
  absl::StatusOr<Outcome> Run(int attempt) const;
  absl::StatusOr<Outcome> Created(db::Rows rows, SharedStatement statement) const;
  absl::StatusOr<Outcome> Changed(db::Rows rows, SharedStatement statement, int attempt) const;
  absl::StatusOr<Outcome> ExplainMisses(int attempt) const;

  absl::StatusOr<std::vector<State>> Probe() const;
  bool IsInReach(const State& state) const;
  /// Elements that are the row of one before them.
  absl::Status ExplainSameRows(const std::vector<State>& states) const;
  absl::Status ExplainStates(const std::vector<State>& states) const;

  size_t Place(size_t element) const { return places_ == nullptr ? element : (*places_)[element]; }
  BatchItem Item(size_t element) const;
  BatchItem VersionItem(size_t element) const;

  const Execution& execution_;
  const plan::MethodPlan& plan_;
  const plan::BatchRequest& request_;
  const plan::BatchVariant& variant_;
  const size_t count_;
  const std::vector<size_t>* const places_;
};

}  // namespace rowkeeper::exec
