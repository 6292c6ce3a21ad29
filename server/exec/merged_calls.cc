#include "server/exec/merged_calls.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "server/base/array_literal.h"
#include "server/base/database_errors.h"
#include "server/base/reason.h"
#include "server/base/row_errors.h"
#include "server/base/verdict.h"
#include "server/exec/batch_run.h"
#include "server/exec/list_run.h"
#include "server/observe/caught.h"

namespace rowkeeper::exec {
namespace {

/// Of the rows of pages; a statement of one has eight times as much, by default, before it is refused.
constexpr size_t kMostBytes = size_t{1} << 20;

/// A value of each call.
std::string ValuesText(const std::vector<const plan::Call*>& calls, const sql::Parameter& parameter) {
  std::string text = "{";
  for (const plan::Call* call : calls) {
    if (text.size() > 1) text.push_back(',');
    if (const db::Param value = ValueOf(*call, parameter)) {
      AppendQuotedElement(*value, &text);
    } else {
      text += "NULL";
    }
  }
  return text + "}";
}

/// An array literal of the elements of all, each of which has some.
std::string ElementsOfAll(const std::vector<const plan::Call*>& calls, int input) {
  std::string all;
  for (const plan::Call* call : calls) {
    std::string elements = ElementsText(*call, input);
    elements.front() = all.empty() ? '{' : ',';
    elements.pop_back();
    all += elements;
  }
  return all + "}";
}

std::vector<size_t> PlacesBefore(const std::vector<const plan::Call*>& calls) {
  std::vector<size_t> before = {0};
  for (const plan::Call* call : calls) {
    before.push_back(before.back() + call->request.as<plan::BatchRequest>().elements.size());
  }
  return before;
}

/// That which asks for the most rows.
const plan::Call& LongestOf(const std::vector<const plan::Call*>& calls) {
  const auto size = [](const plan::Call* call) { return std::get<plan::ListBounds>(call->bounds).page_size; };
  return **std::max_element(calls.begin(), calls.end(),
                            [&size](const auto* one, const auto* other) { return size(one) < size(other); });
}

/// Whose a row is, from 0; -1 for nobody's.
int PlaceOf(std::string_view cell, size_t calls) {
  size_t place = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), place);
  const bool good = error == std::errc() && end == cell.data() + cell.size() && place >= 1 && place <= calls;
  return good ? static_cast<int>(place) - 1 : -1;
}

}  // namespace

MergedCalls::MergedCalls(const RunnerParts& parts, std::vector<const plan::Call*> calls)
    : parts_(parts), calls_(std::move(calls)) {
  const auto get = [this](StatementCache::Kind kind) {
    return parts_.statements->Get(*first().plan, first().variant, kind);
  };
  one_ = get(StatementCache::Kind::kMain);
  all_ = calls_.size() == 1 ? one_ : get(StatementCache::Kind::kMerged);
  if (first().plan->family() == catalogue::Family::kBatch) before_ = PlacesBefore(calls_);
  params_.reserve(all_->parameters.size());
  for (const sql::Parameter& parameter : all_->parameters) params_.push_back(ValueOfAll(parameter));
}

db::Param MergedCalls::ValueOfAll(const sql::Parameter& parameter) const {
  if (parameter.source == sql::Parameter::Source::kRoom) {  // never in a transaction
    return std::to_string(parts_.room());
  }
  if (parameter.source == sql::Parameter::Source::kElements) return ElementsOfAll(calls_, parameter.index);
  if (parameter.IsOfEachCall() && calls_.size() > 1) return ValuesText(calls_, parameter);
  return ValueOf(parameter.IsOfEachCall() ? first() : LongestOf(calls_), parameter);
}

db::Query MergedCalls::QueryFor(const Execution& execution) const {
  return QueryOf(execution, *all_, params_, execution.effect());
}

bool MergedCalls::SendAhead(db::Connection& connection, db::Cancellation* cancellation) const {
  return connection.SendAhead(QueryFor({parts_, first(), connection, cancellation}));
}

absl::StatusOr<db::Rows> MergedCalls::Run(db::Connection& connection, db::Cancellation* cancellation) const {
  return connection.Execute(QueryFor({parts_, first(), connection, cancellation}));
}

bool MergedCalls::MayRunAlone(const absl::Status& error) const {
  if (!writes() || VerdictOf(error).has_value()) return true;
  const auto reason = ReasonOf(error);
  // The server's own trouble may come when the rows are written.
  if (reason == Reason::kInternal) return IsRefusedByDatabase(error) && !IsChangeMade(error);
  return reason != Reason::kCommitOutcomeUnknown && !IsChangeMade(error) && !IsOverdue(error);
}

bool MergedCalls::IsOfEach(const absl::Status& error) const {
  if (IsOverdue(error)) return true;
  const auto reason = ReasonOf(error);
  // A page or a count may take long; many of them take longer.
  if (reason == Reason::kStatementTimeout) return !has_many_rows();
  return reason == Reason::kLockTimeout || reason == Reason::kPoolTimeout;
}

bool MergedCalls::IsLarge(const db::Rows& rows) const {
  if (!has_many_rows()) return false;
  size_t bytes = 0;
  for (int row = 0; row < rows.size(); ++row) {
    for (int cell = 0; cell < rows.columns(); ++cell) bytes += rows.cell(row, cell).size();
  }
  return bytes > kMostBytes;
}

absl::StatusOr<MergedCalls::Parts> MergedCalls::Split(const db::Rows& rows) const {
  try {
    return has_many_rows() ? DivideSpans(rows) : Divide(rows);
  } catch (const std::exception& error) {
    const absl::Status status = observe::Caught("the rows of many calls", first().plan->full_name, error);
    return writes() ? ChangeWasMade(status) : status;
  }
}

MergedCalls::Parts MergedCalls::Divide(const db::Rows& rows) const {
  std::vector<int> row_of(calls_.size(), -1);
  for (int row = rows.size() - 1; row >= 0; --row) {
    const int place = all_->element_cell < 0 ? row : PlaceOf(rows.cell(row, all_->element_cell), calls_.size());
    if (place >= 0 && place < static_cast<int>(calls_.size())) row_of[static_cast<size_t>(place)] = row;
  }
  Parts parts;
  parts.reserve(calls_.size());
  for (size_t i = 0; i < calls_.size(); ++i) {
    if (row_of[i] >= 0) {
      parts.emplace_back(RowsOutcome(rows.Part(row_of[i], 1), one_, 1));
    } else if (writes()) {
      parts.emplace_back(std::nullopt);
    } else {
      parts.emplace_back(RowNotFound(first().plan->entity->full_name, KeyTextOf(*calls_[i])));
    }
  }
  return parts;
}

int MergedCalls::CallOf(const db::Rows& rows, int row) const {
  const std::string_view cell = rows.cell(row, all_->element_cell);
  if (before_.empty()) return PlaceOf(cell, calls_.size());
  const int element = PlaceOf(cell, before_.back());
  if (element < 0) return -1;
  const auto after = std::upper_bound(before_.begin(), before_.end(), static_cast<size_t>(element));
  return static_cast<int>(after - before_.begin()) - 1;
}

std::vector<MergedCalls::Span> MergedCalls::SpansOf(const db::Rows& rows) const {
  if (calls_.size() == 1) return {{0, rows.size()}};
  std::vector<Span> spans(calls_.size());
  int last = -1;
  for (int row = 0; row < rows.size(); ++row) {
    const int call = CallOf(rows, row);
    if (call < 0) return {};
    Span& span = spans[static_cast<size_t>(call)];
    if (span.count == 0) span.first = row;
    if (span.count > 0 && call != last) return {};
    ++span.count;
    last = call;
  }
  return spans;
}

absl::StatusOr<Outcome> MergedCalls::OutcomeOf(size_t index, const db::Rows& rows, Span span) const {
  const plan::Call& call = *calls_[index];
  if (!before_.empty()) return GotOutcome(call, rows.Part(span.first, span.count), one_, before_[index]);
  int count = span.count;
  if (const auto* bounds = std::get_if<plan::ListBounds>(&call.bounds); bounds != nullptr) {
    count = std::min(count, bounds->page_size + 1);  // others may have asked for more
  }
  return ListOutcome(parts_, call, rows.Part(span.first, count), one_);
}

MergedCalls::Parts MergedCalls::DivideSpans(const db::Rows& rows) const {
  const std::vector<Span> spans = SpansOf(rows);
  if (spans.empty()) return Parts(calls_.size());
  Parts parts;
  parts.reserve(calls_.size());
  for (size_t i = 0; i < calls_.size(); ++i) {
    absl::StatusOr<Outcome> outcome = OutcomeOf(i, rows, spans[i]);
    if (outcome.ok()) outcome->skip_unrepresentable = SkipsUnrepresentable(*calls_[i]);
    parts.emplace_back(std::move(outcome));
  }
  return parts;
}

}  // namespace rowkeeper::exec
