#include "server/exec/query_run.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/database_errors.h"
#include "server/base/error_details.h"
#include "server/base/query_errors.h"
#include "server/base/row_errors.h"
#include "server/base/text.h"
#include "server/exec/statement_scope.h"
#include "server/plan/query/query_plan.h"
#include "server/plan/response_facts.h"
#include "server/sql/render_query.h"

namespace rowkeeper::exec {
namespace {

using catalogue::Column;
using plan::ResponseShape;

/// See RunAllOrNothing: a query that writes and returns rows is always run in a transaction.
constexpr std::string_view kExecuted = "the statement was executed, and its changes are undone";

absl::Status OtherColumns(const plan::MethodPlan& plan, std::string_view problem) {
  return SchemaMismatch(
      Cat(plan.full_name, ": ", problem, plan.reads_only() ? "" : "; ", plan.reads_only() ? "" : kExecuted),
      "run `rowkeeper check` to see what changed");
}

/// How many cells of a row are the query's own: one behind them may only have looked at what was written.
int OwnCells(const db::Rows& rows) {
  const int cells = rows.columns();
  return cells > 0 && rows.column_name(cells - 1) == sql::kQueryCheckCell ? cells - 1 : cells;
}

/// How many rows the statement changed.
int64_t Affected(const db::Rows& rows) {
  const bool counted = rows.columns() == 1 && rows.size() == 1 && rows.column_name(0) == sql::kQueryCountCell;
  if (!counted) return rows.affected();
  int64_t affected = 0;
  const std::string_view text = rows.cell(0, 0);
  std::from_chars(text.data(), text.data() + text.size(), affected);
  return affected;
}

/// For each result cell the column that it is, by name.
absl::StatusOr<std::vector<int>> FindColumns(const plan::MethodPlan& plan, const db::Rows& rows) {
  const std::vector<Column>& columns = plan.query->columns;
  std::vector<int> cells;
  for (int cell = 0; cell < OwnCells(rows); ++cell) {
    const std::string name = rows.column_name(cell);
    const auto has_name = [&name](const Column& column) { return column.name == name; };
    const auto found = std::find_if(columns.begin(), columns.end(), has_name);
    const int column = static_cast<int>(found - columns.begin());
    if (found == columns.end() || std::find(cells.begin(), cells.end(), column) != cells.end()) {
      return OtherColumns(plan, Cat("the result's column \"", name, "\" is no field of the response"));
    }
    cells.push_back(column);
  }
  if (cells.size() == columns.size()) return cells;
  return OtherColumns(
      plan, Cat("the result has ", cells.size(), " columns, and the response ", columns.size(), " fields for them"));
}

/// Cells that the caller may not read stand for no column.
void HideCells(const std::vector<int>& hidden, std::vector<int>* cells) {
  for (int& cell : *cells) {
    if (std::find(hidden.begin(), hidden.end(), cell) != hidden.end()) cell = sql::Statement::kHiddenCell;
  }
}

absl::Status CheckNulls(const plan::MethodPlan& plan, const db::Rows& rows, const std::vector<int>& cells) {
  for (int cell = 0; cell < static_cast<int>(cells.size()); ++cell) {
    if (cells[cell] < 0) continue;
    const Column& column = plan.query->columns[cells[cell]];
    if (column.nullable) continue;
    for (int row = 0; row < rows.size(); ++row) {
      if (!rows.is_null(row, cell)) continue;
      const std::string key = Cat("row ", row + 1, " of the result");
      return UnrepresentableValue(StoredValue{"", key, column.field->full_name()}, "it is NULL");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckRowCount(const plan::Call& call, int count) {
  const plan::MethodPlan& plan = *call.plan;
  const bool reads = plan.reads_only();
  const bool many = plan.response.shape == ResponseShape::kList;
  const int most = std::get<plan::QueryBounds>(call.bounds).max_rows;
  if (plan.response.shape == ResponseShape::kEntity && count == 0) return NoRow(plan.full_name);
  if (count <= most) return absl::OkStatus();
  return many ? TooManyRows(plan.full_name, most, reads ? "ask for fewer" : kExecuted)
              : MoreThanOneRow(plan.full_name, reads ? "ask for one" : kExecuted);
}

/// An error about a value of no column and no constraint is about one that the query computes with.
absl::Status InWordsOfTheQuery(const plan::MethodPlan& plan, const absl::Status& error) {
  const std::optional<std::string> problem = ProblemOfField(error, "");
  if (!problem.has_value() || !ErrorMetadataValue(error, "constraint").empty()) return error;
  std::vector<std::string> fields;
  for (const plan::Input& input : plan.inputs) fields.push_back(input.name);
  return QueryValueRefused(plan.full_name, fields, *problem);
}

absl::StatusOr<Outcome> RunStatement(const Execution& execution) {
  const plan::MethodPlan& plan = *execution.call.plan;
  const auto statement = execution.Get(StatementCache::Kind::kMain);
  absl::StatusOr<db::Rows> rows = execution.Execute(*statement, execution.effect());
  if (!rows.ok()) return InWordsOfTheQuery(plan, rows.status());
  Outcome outcome;
  outcome.facts = QueryFacts{Affected(*rows)};
  if (!plan::CarriesRows(plan.response)) return outcome;
  absl::StatusOr<std::vector<int>> cells = FindColumns(plan, *rows);
  if (!cells.ok()) return cells.status();
  HideCells(execution.call.variant.as<plan::QueryVariant>().hidden, &*cells);
  if (absl::Status status = CheckRowCount(execution.call, rows->size()); !status.ok()) return status;
  if (absl::Status status = CheckNulls(plan, *rows, *cells); !status.ok()) return status;
  auto meaning = std::make_shared<sql::Statement>();
  meaning->visible_cells = static_cast<int>(cells->size());
  meaning->cells = *std::move(cells);
  outcome.row_count = rows->size();
  outcome.rows = *std::move(rows);
  outcome.statement = std::move(meaning);
  return outcome;
}

}  // namespace

absl::StatusOr<Outcome> RunQuery(const Execution& execution) {
  const plan::MethodPlan& plan = *execution.call.plan;
  const bool may_fail_half_way = !plan.reads_only() && plan::CarriesRows(plan.response);
  if (!may_fail_half_way) return RunStatement(execution);
  return RunAllOrNothing(execution, [&execution] { return RunStatement(execution); });
}

}  // namespace rowkeeper::exec
