#include "server/exec/merged_calls.h"

#include <charconv>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "server/base/array_literal.h"
#include "server/base/database_errors.h"
#include "server/base/reason.h"
#include "server/base/row_errors.h"
#include "server/base/verdict.h"
#include "server/observe/caught.h"

namespace rowkeeper::exec {
namespace {

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
  params_.reserve(all_->parameters.size());
  for (const sql::Parameter& parameter : all_->parameters) {
    if (!parameter.IsOfEachCall()) {  // never in a transaction
      params_.emplace_back(std::to_string(parts_.max_response_bytes));
    } else if (calls_.size() > 1) {
      params_.emplace_back(ValuesText(calls_, parameter));
    } else {
      params_.push_back(ValueOf(first(), parameter));
    }
  }
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

absl::StatusOr<MergedCalls::Parts> MergedCalls::Split(const db::Rows& rows) const {
  try {
    return Divide(rows);
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

}  // namespace rowkeeper::exec
