#include "server/sql/render_export.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"
#include "server/sql/representable.h"
#include "server/sql/result_cells.h"
#include "server/sql/types.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Entity;

constexpr char kCursor[] = "rowkeeper_export";

/// The columns that an export reads.
struct ExportCells {
  /// The visible ones first.
  std::vector<int> columns;
  /// Of the order, which is the key, in `columns`.
  std::vector<int> key;
};

ExportCells CellsOf(const plan::Variant& variant) {
  ExportCells cells{variant.columns, {}};
  for (const catalogue::OrderTerm& term : variant.as<plan::ListVariant>().order) {
    const auto found = std::find(cells.columns.begin(), cells.columns.end(), term.column);
    cells.key.push_back(static_cast<int>(found - cells.columns.begin()));
    if (found == cells.columns.end()) cells.columns.push_back(term.column);
  }
  return cells;
}

/// What can make a row large. The key cannot: it is in an index.
std::vector<std::string> VaryingSizes(const Entity& entity, const ExportCells& cells, int* fixed) {
  std::vector<std::string> varying;
  *fixed = 0;
  for (const int column : cells.columns) {
    const WireSize size = SentSize(entity.columns[column], ColumnName(entity, column));
    *fixed += size.fixed;
    if (!size.varying.empty()) varying.push_back(size.varying);
  }
  return varying;
}

bool IsKey(const ExportCells& cells, size_t cell) {
  return std::find(cells.key.begin(), cells.key.end(), static_cast<int>(cell)) != cells.key.end();
}

/// The cells of "#rows", those of large rows without what makes them large, and "#size".
std::string SmallCells(const Entity& entity, const ExportCells& cells, const std::string& large_row) {
  std::string select;
  for (size_t i = 0; i < cells.columns.size(); ++i) {
    const std::string name = ColumnName(entity, cells.columns[i]);
    const bool varies = !SentSize(entity.columns[cells.columns[i]], name).varying.empty();
    if (varies && !IsKey(cells, i)) {
      select += Cat("CASE WHEN \"#size\" <= ", large_row, " THEN ", name, " END AS ", name, ", ");
    } else {
      select += Cat(name, ", ");
    }
  }
  return Cat(select, "CASE WHEN \"#size\" > ", large_row, " THEN \"#size\" END AS \"#size\"");
}

}  // namespace

bool HasLargeRows(const plan::MethodPlan& plan, const plan::Variant& variant) {
  int fixed = 0;
  return !VaryingSizes(*plan.entity, CellsOf(variant), &fixed).empty();
}

Statement RenderExport(const plan::MethodPlan& plan, const plan::Variant& variant) {
  const Entity& entity = *plan.entity;
  const plan::ListVariant& list = variant.as<plan::ListVariant>();
  ParameterList parameters;
  ExportCells cells = CellsOf(variant);
  std::vector<std::string> order;
  for (const catalogue::OrderTerm& term : list.order) {
    order.push_back(Cat(ColumnName(entity, term.column), term.descending ? " DESC" : ""));
  }
  std::vector<std::string> conditions = FilterPredicates(plan, variant, &parameters);
  conditions.push_back(VisibilityPredicate(entity, variant.deleted));
  conditions.push_back(CursorPredicate(entity, list, &parameters));
  const std::string rows =
      Cat(" FROM ", TableRows(entity), Where(conditions), " ORDER BY ", absl::StrJoin(order, ", "));
  const std::string names = ColumnList(entity, cells.columns);
  std::string text = Cat("SELECT ", names, rows);
  int fixed = 0;
  const std::vector<std::string> varying = VaryingSizes(entity, cells, &fixed);
  const int large_cell = varying.empty() ? -1 : static_cast<int>(cells.columns.size());
  if (large_cell >= 0) {
    std::string size = Cat(fixed, "::bigint");
    for (const std::string& part : varying) size += Cat(" + COALESCE(", part, ", 0)");
    const std::string large_row = parameters.Add(Parameter::Source::kLargeRow, 0, "bigint");
    text = Cat("SELECT ", SmallCells(entity, cells, large_row), " FROM (SELECT ", names, ", ", size, " AS \"#size\"",
               rows, ") AS \"#rows\"");
  }
  Statement statement =
      Finish(std::move(text), &parameters, std::move(cells.columns), static_cast<int>(variant.columns.size()));
  statement.cursor_cells = std::move(cells.key);
  statement.large_cell = large_cell;
  return statement;
}

Statement RenderLargeRows(const plan::MethodPlan& plan, const plan::Variant& variant) {
  const Entity& entity = *plan.entity;
  ParameterList parameters;
  ExportCells cells = CellsOf(variant);
  std::vector<std::string> arrays, names, conditions;
  for (size_t i = 0; i < cells.key.size(); ++i) {
    const int column = cells.columns[static_cast<size_t>(cells.key[i])];
    const std::string type = Cat(ParameterType(entity, entity.columns[column].type), "[]");
    arrays.push_back(parameters.Add(Parameter::Source::kParentKeys, static_cast<int>(i), type));
    names.push_back(Cat("\"#k", i, "\""));
    conditions.push_back(Cat(ColumnName(entity, column), " = ", names.back()));
  }
  conditions.push_back(TenantPredicate(entity, &parameters));
  conditions.push_back(VisibilityPredicate(entity, variant.deleted));
  std::string text = Cat("SELECT ", ColumnList(entity, cells.columns), ", \"#\" FROM unnest(",
                         absl::StrJoin(arrays, ", "), ") WITH ORDINALITY AS \"#keys\" (", absl::StrJoin(names, ", "),
                         ", \"#\") CROSS JOIN ", TableRows(entity), Where(conditions), " ORDER BY \"#\"");
  const int place = static_cast<int>(cells.columns.size());
  Statement statement =
      Finish(std::move(text), &parameters, std::move(cells.columns), static_cast<int>(variant.columns.size()));
  statement.cursor_cells = std::move(cells.key);
  statement.element_cell = place;
  statement.result = ResultCells(entity, statement);
  return statement;
}

std::string DeclareExport(const std::string& select) {
  return Cat("DECLARE ", kCursor, " NO SCROLL CURSOR FOR ", select);
}

std::string FetchExport(int rows) { return Cat("FETCH FORWARD ", rows, " FROM ", kCursor); }

}  // namespace rowkeeper::sql
