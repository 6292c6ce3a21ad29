#include "server/exec/list_run.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"
#include "server/base/errors.h"
#include "server/db/assembled_rows.h"
#include "server/plan/page/pages.h"

namespace rowkeeper::exec {
namespace {

using plan::PagePlace;
using Kind = StatementCache::Kind;

/// The cells of a row that a page can begin behind or end before.
std::vector<std::optional<std::string>> CursorCells(const db::Rows& rows, int row, const sql::Statement& statement) {
  std::vector<std::optional<std::string>> cells;
  for (int cell : statement.cursor_cells) {
    cells.push_back(rows.is_null(row, cell) ? std::nullopt
                                            : std::optional<std::string>(std::string(rows.cell(row, cell))));
  }
  return cells;
}

db::Rows TurnedRound(db::Rows rows, int count) {
  std::vector<db::RowSource> sources;
  for (int row = count - 1; row >= 0; --row) sources.push_back({0, row});
  const int columns = rows.columns();
  return db::AssembleRows({std::move(rows)}, sources, columns);
}

/// Makes the outcome of a page out of the rows of its statement, which has one row more than the page where there are
/// more in its direction.
class Page {
 public:
  Page(const RunnerParts& parts, const plan::Call& call, db::Rows rows, std::shared_ptr<const sql::Statement> statement)
      : parts_(parts),
        call_(call),
        variant_(call_.variant.as<plan::ListVariant>()),
        bounds_(std::get<plan::ListBounds>(call_.bounds)),
        statement_(std::move(statement)) {
    outcome_.row_count = std::min(rows.size(), bounds_.page_size);
    more_ = rows.size() > bounds_.page_size;
    outcome_.rows = variant_.backward ? TurnedRound(std::move(rows), outcome_.row_count) : std::move(rows);
  }

  Outcome Finish() && {
    SetNext();
    if (call_.plan->response.previous_page_token != nullptr) SetPrevious();
    outcome_.statement = std::move(statement_);
    outcome_.facts = std::move(facts_);
    return std::move(outcome_);
  }

 private:
  bool empty() const { return outcome_.row_count == 0; }

  std::string Token(PagePlace place) const { return plan::PageToken(call_, parts_.tokens, place); }
  std::string TokenAt(PagePlace place, int row) const {
    return plan::PageToken(call_, parts_.tokens, place, CursorCells(outcome_.rows, row, *statement_));
  }

  void SetNext() {
    const int last = outcome_.row_count - 1;
    const bool at_end = bounds_.cursor.empty() && !variant_.skip;
    if (!variant_.backward) {
      if (more_) facts_.next_page_token = TokenAt(PagePlace::kAfter, last);
    } else if (empty()) {  // what was before is gone: the list now begins where the caller came from
      facts_.next_page_token = Token(PagePlace::kFirst);
    } else if (!at_end) {
      facts_.next_page_token = TokenAt(PagePlace::kAfter, last);
    }
  }

  void SetPrevious() {
    if (variant_.backward) {
      if (more_) facts_.previous_page_token = TokenAt(PagePlace::kBefore, 0);
    } else if (!bounds_.first_page) {
      facts_.previous_page_token = empty() ? Token(PagePlace::kLast) : TokenAt(PagePlace::kBefore, 0);
    }
  }

  const RunnerParts& parts_;
  const plan::Call& call_;
  const plan::ListVariant& variant_;
  const plan::ListBounds& bounds_;
  std::shared_ptr<const sql::Statement> statement_;
  bool more_ = false;
  PageFacts facts_;
  Outcome outcome_;
};

/// What a count depends on: all pages of a list share its statement.
plan::Variant CountedVariant(const plan::Variant& variant) {
  const plan::ListVariant& list = variant.as<plan::ListVariant>();
  plan::ListVariant conditions;
  conditions.not_null = list.not_null;
  conditions.expression = list.expression;
  plan::Variant counted;
  counted.filters = variant.filters;
  counted.deleted = variant.deleted;
  counted.family = std::move(conditions);
  return counted;
}

/// EXPLAIN's answer is one cell; its first plan is the one that gives the rows.
std::optional<int64_t> PlannedRows(std::string_view text) {
  const nlohmann::json explained = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (!explained.is_array() || explained.empty()) return std::nullopt;
  const auto plan = explained[0].find("Plan");
  if (plan == explained[0].end() || !plan->contains("Plan Rows") || !(*plan)["Plan Rows"].is_number()) {
    return std::nullopt;
  }
  return static_cast<int64_t>((*plan)["Plan Rows"].get<double>());
}

std::optional<int64_t> CountedRows(std::string_view text) {
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc() && end == text.data() + text.size() ? std::optional<int64_t>(count) : std::nullopt;
}

absl::Status UnreadableCount() { return Internal("the database's count of rows cannot be read"); }

absl::StatusOr<int64_t> TotalSize(const Execution& execution, plan::CountMode mode) {
  const bool estimated = mode == plan::CountMode::kEstimated;
  const plan::Variant variant = CountedVariant(execution.call.variant);
  const auto statement =
      execution.parts.statements->Get(*execution.call.plan, variant, estimated ? Kind::kEstimate : Kind::kCount);
  const absl::StatusOr<db::Rows> rows = execution.Execute(*statement, db::Query::Effect::kRead);
  if (!rows.ok()) return rows.status();
  std::optional<int64_t> total;
  if (rows->size() == 1) total = estimated ? PlannedRows(rows->cell(0, 0)) : CountedRows(rows->cell(0, 0));
  if (!total.has_value()) return UnreadableCount();
  return *total;
}

Outcome CountOutcome(int64_t total) {
  PageFacts facts;
  facts.total_size = total;
  Outcome outcome;
  outcome.facts = std::move(facts);
  return outcome;
}

plan::CountMode CountModeOf(const plan::Call& call, plan::CountMode usual) {
  return call.request.as<plan::ListRequest>().count.value_or(usual);
}

absl::StatusOr<Outcome> RunMain(const Execution& execution) {
  const auto statement = execution.Get(Kind::kMain);
  absl::StatusOr<db::Rows> rows = execution.Execute(*statement, db::Query::Effect::kRead);
  if (!rows.ok()) return rows.status();
  return ListOutcome(execution.parts, execution.call, *std::move(rows), statement);
}

absl::StatusOr<Outcome> RunPage(const Execution& execution) {
  absl::StatusOr<Outcome> outcome = RunMain(execution);
  const plan::CountMode count = CountModeOf(execution.call, plan::CountMode::kNone);
  if (!outcome.ok() || count == plan::CountMode::kNone) return outcome;
  const absl::StatusOr<int64_t> total = TotalSize(execution, count);
  if (!total.ok()) return total.status();
  std::get<PageFacts>(outcome->facts).total_size = *total;
  return outcome;
}

absl::StatusOr<Outcome> RunCount(const Execution& execution) {
  const plan::CountMode mode = CountModeOf(execution.call, plan::CountMode::kExact);
  if (mode == plan::CountMode::kExact) return RunMain(execution);
  const absl::StatusOr<int64_t> total = TotalSize(execution, mode);
  if (!total.ok()) return total.status();
  return CountOutcome(*total);
}

}  // namespace

bool IsMainAll(const plan::Call& call) {
  if (call.plan->operation == catalogue::Operation::kCount) {
    return CountModeOf(call, plan::CountMode::kExact) == plan::CountMode::kExact;
  }
  return call.plan->operation == catalogue::Operation::kList &&
         CountModeOf(call, plan::CountMode::kNone) == plan::CountMode::kNone;
}

absl::StatusOr<Outcome> ListOutcome(const RunnerParts& parts, const plan::Call& call, db::Rows rows,
                                    std::shared_ptr<const sql::Statement> statement) {
  if (call.plan->operation != catalogue::Operation::kCount) {
    return Page(parts, call, std::move(rows), std::move(statement)).Finish();
  }
  const std::optional<int64_t> total = rows.size() == 1 ? CountedRows(rows.cell(0, 0)) : std::nullopt;
  if (!total.has_value()) return UnreadableCount();
  return CountOutcome(*total);
}

absl::StatusOr<Outcome> RunList(const Execution& execution) {
  return execution.call.plan->operation == catalogue::Operation::kCount ? RunCount(execution) : RunPage(execution);
}

}  // namespace rowkeeper::exec
