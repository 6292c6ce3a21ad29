#include "server/exec/partial_run.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/base/bulk_errors.h"
#include "server/base/error_details.h"
#include "server/base/reason.h"
#include "server/exec/batch_run.h"
#include "server/exec/conflict.h"
#include "server/exec/statement_scope.h"
#include "server/sql/savepoint_numbers.h"

namespace rowkeeper::exec {
namespace {

/// Whether the error is about a row, so that others may fare better without it.
bool IsOfRow(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
      return true;
    case absl::StatusCode::kFailedPrecondition:
      return ReasonOf(status) != Reason::kSchemaMismatch;
    case absl::StatusCode::kAborted:
      return ReasonOf(status) == Reason::kVersionMismatch;
    default:
      return false;
  }
}

plan::Call WithoutElements(const plan::Call& call) {
  plan::Call rest = call;
  rest.request.as<plan::BatchRequest>().elements.clear();
  return rest;
}

}  // namespace

PartialRun::PartialRun(const Execution& execution)
    : execution_(execution),
      elements_(execution.call.request.as<plan::BatchRequest>().elements),
      count_(elements_.size()),
      rest_(WithoutElements(execution.call)) {
  Places all;
  for (size_t i = 0; i < count_; ++i) {
    results_.push_back(elements_[i].refusal);
    if (results_.back().ok()) all.push_back(i);
  }
  sources_.resize(count_);
  if (!all.empty()) pending_.push_back(std::move(all));
}

absl::StatusOr<Outcome> PartialRun::Run() {
  while (!pending_.empty()) {
    const Places places = std::move(pending_.back());
    pending_.pop_back();
    absl::StatusOr<Outcome> outcome = Attempt(places);
    if (outcome.ok()) {
      Keep(places, *std::move(outcome));
    } else if (!Handle(places, outcome.status())) {
      return outcome.status();
    }
  }
  return Collect();
}

bool PartialRun::Handle(const Places& places, const absl::Status& status) {
  if (!IsOfRow(status)) {
    if (!wrote_ || execution_.connection.in_transaction()) return false;
    GiveUp(places, status);
  } else if (const std::vector<SameRow> same = SameRowsOf(status); !same.empty()) {
    pending_.push_back(Refuse(places, same));
  } else if (places.size() == 1) {
    results_[places[0]] = OfElement(status, plan::ElementName(*rest_.plan, places[0]));
  } else {
    const auto middle = places.begin() + static_cast<std::ptrdiff_t>(places.size() / 2);
    pending_.emplace_back(middle, places.end());
    pending_.emplace_back(places.begin(), middle);
  }
  return true;
}

PartialRun::Places PartialRun::Refuse(const Places& places, const std::vector<SameRow>& same) {
  for (const SameRow& row : same) results_[row.element] = SameRows(*rest_.plan, {row});
  Places rest;
  std::copy_if(places.begin(), places.end(), std::back_inserter(rest),
               [this](size_t place) { return results_[place].ok(); });
  return rest;
}

absl::StatusOr<Outcome> PartialRun::Attempt(const Places& places) {
  if (execution_.connection.in_transaction()) return AttemptUnderSavepoint(places);
  Conflicts conflicts(execution_);
  while (true) {
    absl::StatusOr<Outcome> outcome = Write(places);
    if (outcome.ok() || !conflicts.TryAgain(outcome.status())) return outcome;
  }
}

/// An error that is no row's fault leaves the transaction as it is: nothing of the call is to stay, and the scope
/// around it sees to that.
absl::StatusOr<Outcome> PartialRun::AttemptUnderSavepoint(const Places& places) {
  const StatementScope scope(&execution_.connection, sql::kStatementSavepoint);
  if (absl::Status status = scope.Begin(execution_.cancellation); !status.ok()) return status;
  absl::StatusOr<Outcome> outcome = Write(places);
  if (!outcome.ok() && !IsOfRow(outcome.status())) return outcome;
  if (absl::Status status = outcome.ok() ? scope.Keep() : scope.Undo(); !status.ok()) return status;
  return outcome;
}

absl::StatusOr<Outcome> PartialRun::Write(const Places& places) {
  plan::Call call = rest_;
  for (size_t place : places) call.request.as<plan::BatchRequest>().elements.push_back(elements_[place]);
  const Execution part{execution_.parts, call, execution_.connection, execution_.cancellation};
  return BatchRun(part, &places).Run();
}

void PartialRun::Keep(const Places& places, Outcome outcome) {
  wrote_ = true;
  for (int row = 0; row < outcome.row_count && outcome.statement != nullptr; ++row) {
    const size_t element = ElementOf(outcome.rows, row, *outcome.statement);
    sources_[places[element]] = {static_cast<int>(parts_.size()), row};
  }
  if (outcome.row_count > 0) parts_.push_back(std::move(outcome.rows));
  BatchFacts& facts = std::get<BatchFacts>(outcome.facts);
  if (!facts.writes.empty()) facts_.writes.resize(count_, plan::WriteOutcome::kNone);
  for (size_t i = 0; i < facts.writes.size(); ++i) facts_.writes[places[i]] = facts.writes[i];
  for (auto& key : facts.missing) facts_.missing.push_back(std::move(key));
  if (outcome_.statement == nullptr) outcome_.statement = std::move(outcome.statement);
}

void PartialRun::GiveUp(const Places& places, const absl::Status& status) {
  for (size_t place : places) results_[place] = status;
  for (const Places& rest : pending_) {
    for (size_t place : rest) results_[place] = ElementNotTried(status);
  }
  pending_.clear();
}

Outcome PartialRun::Collect() {
  const int columns = static_cast<int>(rest_.variant.columns.size());
  if (columns > 0) {
    outcome_.row_count = static_cast<int>(count_);
    outcome_.rows = db::AssembleRows(std::move(parts_), sources_, columns);
  }
  facts_.results = std::move(results_);
  outcome_.facts = std::move(facts_);
  return std::move(outcome_);
}

}  // namespace rowkeeper::exec
