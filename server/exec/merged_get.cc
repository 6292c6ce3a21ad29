#include "server/exec/merged_get.h"

#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "server/base/array_literal.h"
#include "server/base/row_errors.h"

namespace rowkeeper::exec {
namespace {

/// A value of each call.
std::string ValuesText(const std::vector<const plan::Call*>& calls, int input) {
  std::string text = "{";
  for (const plan::Call* call : calls) {
    if (text.size() > 1) text.push_back(',');
    const plan::Argument& argument = call->request.arguments[static_cast<size_t>(input)];
    if (argument.present) {
      AppendQuotedElement(argument.text, &text);
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

MergedGet::MergedGet(const RunnerParts& parts, std::vector<const plan::Call*> calls)
    : parts_(parts), calls_(std::move(calls)) {
  const auto get = [this](StatementCache::Kind kind) {
    return parts_.statements->Get(*first().plan, first().variant, kind);
  };
  one_ = get(StatementCache::Kind::kMain);
  all_ = calls_.size() == 1 ? one_ : get(StatementCache::Kind::kMerged);
  params_.reserve(all_->parameters.size());
  for (const sql::Parameter& parameter : all_->parameters) {
    if (calls_.size() > 1) {
      params_.emplace_back(ValuesText(calls_, parameter.index));
      continue;
    }
    const plan::Argument& argument = first().request.arguments[static_cast<size_t>(parameter.index)];
    params_.push_back(argument.present ? db::Param(argument.text) : std::nullopt);
  }
}

db::Query MergedGet::QueryFor(const Execution& execution) const {
  return QueryOf(execution, *all_, params_, db::Query::Effect::kRead);
}

bool MergedGet::SendAhead(db::Connection& connection, db::Cancellation* cancellation) const {
  return connection.SendAhead(QueryFor({parts_, first(), connection, cancellation}));
}

absl::StatusOr<db::Rows> MergedGet::Run(db::Connection& connection, db::Cancellation* cancellation) const {
  return connection.Execute(QueryFor({parts_, first(), connection, cancellation}));
}

std::vector<absl::StatusOr<Outcome>> MergedGet::Split(const db::Rows& rows) const {
  std::vector<int> row_of(calls_.size(), -1);
  for (int row = rows.size() - 1; row >= 0; --row) {
    const int place = all_->element_cell < 0 ? 0 : PlaceOf(rows.cell(row, all_->element_cell), calls_.size());
    if (place >= 0) row_of[static_cast<size_t>(place)] = row;
  }
  std::vector<absl::StatusOr<Outcome>> outcomes;
  outcomes.reserve(calls_.size());
  for (size_t i = 0; i < calls_.size(); ++i) {
    if (row_of[i] < 0) {
      outcomes.emplace_back(RowNotFound(first().plan->entity->full_name, KeyTextOf(*calls_[i])));
    } else {
      outcomes.emplace_back(RowsOutcome(rows.Part(row_of[i], 1), one_, 1));
    }
  }
  return outcomes;
}

}  // namespace rowkeeper::exec
