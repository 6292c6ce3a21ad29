#include "server/exec/partial_run.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "server/base/bulk_errors.h"
#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/base/reason.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/base/verdict.h"
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

/// The first cell of the row with a text that is not UTF-8, or -1. Such texts come in transactions over a database with
/// the encoding SQL_ASCII; else PostgreSQL does not give them.
int UnreadableCell(const Outcome& outcome, int row) {
  for (int cell = 0; cell < outcome.statement->visible_cells; ++cell) {
    if (outcome.rows.is_null(row, cell)) continue;
    const std::string_view text = outcome.rows.cell(row, cell);
    if (ValidUtf8Prefix(text) < text.size()) return cell;
  }
  return -1;
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
  for (size_t i = 0; i < count_; ++i) {
    results_.push_back(elements_[i].refusal);
    if (results_.back().ok()) places_.push_back(i);
  }
  sources_.resize(count_);
}

absl::StatusOr<Outcome> PartialRun::Run() {
  while (decided_ < places_.size()) {
    const size_t size = NextSize();
    absl::Status status;
    if (absl::Status over = Try(size, &status); !over.ok()) return over;
    if (status.ok()) continue;
    if (absl::Status over = Isolate(size, status); !over.ok()) return over;
  }
  if (!too_large_) return Collect();
  return PartlyMade(RowsTooLarge(static_cast<size_t>(execution_.parts.max_response_bytes)), Written(), count_);
}

size_t PartialRun::Written() const {
  const auto written = [this](size_t element) { return results_[element].ok(); };
  const auto end = places_.begin() + static_cast<std::ptrdiff_t>(decided_);
  return static_cast<size_t>(std::count_if(places_.begin(), end, written));
}

size_t PartialRun::NextSize() const {
  const size_t left = places_.size() - decided_;
  if (refused_ == 0) return left;
  return std::min(left, refused_ * 3 >= decided_ ? size_t{1} : decided_ / refused_);
}

absl::Status PartialRun::Try(size_t size, absl::Status* status) {
  const auto begin = places_.begin() + static_cast<std::ptrdiff_t>(decided_);
  const Places places(begin, begin + static_cast<std::ptrdiff_t>(size));
  absl::StatusOr<Outcome> outcome = Attempt(places);
  *status = outcome.status();
  if (outcome.ok()) {
    Keep(places, *std::move(outcome));
    decided_ += size;
  } else if (IsChangeMade(*status)) {
    wrote_ = true;
    decided_ += size;
    // Anything else, such as columns that do not fit any more, would come of the others, too.
    if (ReasonOf(*status) != Reason::kResponseTooLarge) return PartlyMade(*status, Written(), count_);
    too_large_ = true;
    *status = absl::OkStatus();
  } else if (!IsOfRow(*status)) {
    if (!wrote_ || execution_.connection.in_transaction()) return *status;
    GiveUp(size, *status);
  } else if (const std::vector<SameRow> same = SameRowsOf(*status); !same.empty()) {
    Refuse(same);
    *status = absl::OkStatus();  // the others have not been tried without them
  }
  return absl::OkStatus();
}

absl::Status PartialRun::Isolate(size_t size, absl::Status refusal) {
  size_t refused = size;  // that many gave `refusal`
  while (decided_ < places_.size()) {
    if (size == 1 && refused == 1) {
      results_[places_[decided_]] = OfElement(refusal, plan::ElementName(*rest_.plan, places_[decided_]));
      ++decided_;
      ++refused_;
      return absl::OkStatus();
    }
    const size_t half = std::max(size / 2, size_t{1});
    const size_t before = decided_;
    absl::Status status;
    if (absl::Status over = Try(half, &status); !over.ok()) return over;
    if (!status.ok()) {
      refusal = status;
      refused = size = half;
    } else if (size == half || decided_ == before) {
      return absl::OkStatus();  // it was refused together with others only
    } else {
      size -= half;
    }
  }
  return absl::OkStatus();
}

void PartialRun::Refuse(const std::vector<SameRow>& same) {
  for (const SameRow& row : same) results_[row.element] = SameRows(*rest_.plan, {row});
  const auto undecided = places_.begin() + static_cast<std::ptrdiff_t>(decided_);
  const auto refused = [this](size_t place) { return !results_[place].ok(); };
  places_.erase(std::remove_if(undecided, places_.end(), refused), places_.end());
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
  const Execution part{execution_.parts, call, execution_.connection, execution_.cancellation, kept_bytes_};
  absl::StatusOr<Outcome> outcome = BatchRun(part, &places).Run();
  const catalogue::Entity& entity = *call.plan->entity;
  const auto row_of = [&](size_t place) { return Cat("the row of ", plan::ElementName(*call.plan, place)); };
  if (IsUndecided(outcome.status())) {  // others are stored, so it is too late for a transaction
    const std::string row = places.size() == 1 ? row_of(places.front()) : "one of the rows";
    return UnreadableTextInResult(entity.full_name, "", row);
  }
  // Only in a transaction are such texts read at all.
  if (!outcome.ok() || outcome->statement == nullptr || !execution_.connection.in_transaction()) return outcome;
  for (int row = 0; row < outcome->row_count; ++row) {
    const int cell = UnreadableCell(*outcome, row);
    if (cell < 0) continue;
    const auto column = static_cast<size_t>(outcome->statement->cells[static_cast<size_t>(cell)]);
    const size_t element = ElementOf(outcome->rows, row, *outcome->statement);
    return UnreadableTextInResult(entity.full_name, entity.columns[column].field->name(), row_of(places[element]));
  }
  return outcome;
}

void PartialRun::Keep(const Places& places, Outcome outcome) {
  wrote_ = true;
  for (int row = 0; row < outcome.row_count && outcome.statement != nullptr; ++row) {
    const size_t element = ElementOf(outcome.rows, row, *outcome.statement);
    sources_[places[element]] = {static_cast<int>(parts_.size()), row};
  }
  for (int row = 0; row < outcome.rows.size(); ++row) {
    for (int cell = 0; cell < outcome.rows.columns(); ++cell) kept_bytes_ += outcome.rows.cell(row, cell).size();
  }
  if (outcome.row_count > 0) parts_.push_back(std::move(outcome.rows));
  BatchFacts& facts = std::get<BatchFacts>(outcome.facts);
  if (!facts.writes.empty()) facts_.writes.resize(count_, plan::WriteOutcome::kNone);
  for (size_t i = 0; i < facts.writes.size(); ++i) facts_.writes[places[i]] = facts.writes[i];
  for (auto& key : facts.missing) facts_.missing.push_back(std::move(key));
  if (outcome_.statement == nullptr) outcome_.statement = std::move(outcome.statement);
}

void PartialRun::GiveUp(size_t size, const absl::Status& status) {
  for (; decided_ < places_.size(); ++decided_) {
    results_[places_[decided_]] = size > 0 ? status : ElementNotTried(status);
    if (size > 0) --size;
  }
}

Outcome PartialRun::Collect() {
  const int columns = static_cast<int>(rest_.variant.columns.size());
  if (columns > 0 && outcome_.statement == nullptr) {
    // No row was written; what the empty ones lack are the call's columns.
    auto meaning = std::make_shared<sql::Statement>();
    meaning->cells = rest_.variant.columns;
    meaning->visible_cells = columns;
    outcome_.statement = std::move(meaning);
  }
  if (columns > 0) {
    outcome_.row_count = static_cast<int>(count_);
    outcome_.rows = db::AssembleRows(std::move(parts_), sources_, columns);
  }
  facts_.results = std::move(results_);
  outcome_.facts = std::move(facts_);
  return std::move(outcome_);
}

}  // namespace rowkeeper::exec
