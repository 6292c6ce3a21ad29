#include "server/sql/render_list.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "server/base/text.h"
#include "server/plan/page/pages.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"
#include "server/sql/render_count.h"
#include "server/sql/render_export.h"
#include "server/sql/render_relation.h"
#include "server/sql/result_cells.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Entity;
using catalogue::Operation;
using plan::MethodPlan;
using plan::Variant;

/// Its parameters are in `parameters` still. A page before a cursor is read from its end: its rows come in the opposite
/// order.
Statement SelectPage(const MethodPlan& plan, const Variant& variant, ParameterList* parameters) {
  const Entity& entity = *plan.entity;
  plan::ListVariant list = variant.as<plan::ListVariant>();
  if (list.backward) list.order = plan::Reversed(std::move(list.order));
  Statement statement;
  std::vector<int> cells = variant.columns;
  for (const catalogue::OrderTerm& term : list.order) {
    const auto found = std::find(cells.begin(), cells.end(), term.column);
    statement.cursor_cells.push_back(static_cast<int>(found - cells.begin()));
    if (found == cells.end()) cells.push_back(term.column);
  }
  statement.link_cells = AddLinkCells(list.relations.get(), &cells);
  std::vector<std::string> conditions = FilterPredicates(plan, variant, parameters);
  conditions.push_back(VisibilityPredicate(entity, variant.deleted));
  conditions.push_back(CursorPredicate(entity, list, parameters));
  statement.text =
      Cat("SELECT ", ColumnList(entity, cells), " FROM ", TableRows(entity), Where(conditions), " ORDER BY ",
          OrderTerms(entity, list.order), " LIMIT ", parameters->Add(Parameter::Source::kLimit, 0, "bigint"));
  if (list.skip) statement.text += Cat(" OFFSET ", parameters->Add(Parameter::Source::kSkip, 0, "bigint"));
  statement.cells = std::move(cells);
  statement.visible_cells = static_cast<int>(variant.columns.size());
  return statement;
}

Statement RenderPage(const MethodPlan& plan, const Variant& variant) {
  ParameterList parameters;
  Statement statement = SelectPage(plan, variant, &parameters);
  statement.parameters = parameters.Take();
  return statement;
}

/// Its number of rows is small for most values, and so is each value's share.
bool TellsOwners(const catalogue::Column& column) {
  using catalogue::ValueKind;
  return column.type.kind != ValueKind::kEnum && column.type.kind != ValueKind::kBool;
}

/// Whether an index serves it with a value that is not known when the statement is planned.
bool IsPlain(const plan::FilterTerm& filter) {
  using plan::FilterOperator;
  switch (filter.op) {
    case FilterOperator::kEqual:
    case FilterOperator::kNotEqual:
    case FilterOperator::kLess:
    case FilterOperator::kLessOrEqual:
    case FilterOperator::kGreater:
    case FilterOperator::kGreaterOrEqual:
    case FilterOperator::kIsNull:
      return true;
    case FilterOperator::kIn:
    case FilterOperator::kNotIn:
    case FilterOperator::kPrefix:
    case FilterOperator::kLike:
    case FilterOperator::kContains:
    case FilterOperator::kOverlaps:
    case FilterOperator::kSearch:
      break;
  }
  return false;
}

}  // namespace

bool CanMergeLists(const MethodPlan& plan, const Variant& variant) {
  const auto* const list = std::get_if<plan::ListVariant>(&variant.family);
  if (list == nullptr || list->relations != nullptr || list->expression != nullptr || list->skip) return false;
  if (variant.json != nullptr) return false;
  const bool fits =
      plan.operation == Operation::kCount || (plan.operation == Operation::kList && !variant.columns.empty());
  bool of_owner = false;
  for (const int index : variant.filters) {
    const plan::FilterTerm& filter = plan.filters[static_cast<size_t>(index)];
    const catalogue::Column& column = plan.entity->columns[static_cast<size_t>(filter.column)];
    if (column.type.array || !IsPlain(filter)) return false;
    of_owner = of_owner || (filter.op == plan::FilterOperator::kEqual && TellsOwners(column));
  }
  return fits && of_owner;
}

Statement RenderMergedList(const MethodPlan& plan, const Variant& variant) {
  ParameterList parameters;
  parameters.TakeManyCalls();
  const bool counts = plan.operation == Operation::kCount;
  Statement statement;
  if (counts) {
    statement.text = CountText(plan, variant, &parameters);
  } else {
    statement = SelectPage(plan, variant, &parameters);
  }
  // A LATERAL with a LIMIT or an aggregate is the inner side of a nested loop, whatever else may be planned: the rows
  // of each call follow each other, in their order.
  statement.text = Cat("SELECT \"#row\".*, \"#calls\".\"#\" FROM ", parameters.Calls(), " CROSS JOIN LATERAL (",
                       statement.text, ") AS \"#row\"");
  statement.parameters = parameters.Take();
  statement.element_cell = counts ? 1 : static_cast<int>(statement.cells.size());
  statement.result =
      counts ? std::vector<CellType>{CellType::kInteger, CellType::kInteger} : ResultCells(*plan.entity, statement);
  return statement;
}

Statement RenderList(const MethodPlan& plan, const Variant& variant) {
  switch (plan.operation) {
    case Operation::kCount:
      return RenderCount(plan, variant);
    case Operation::kExport:
      return RenderExport(plan, variant);
    default:
      return RenderPage(plan, variant);
  }
}

}  // namespace rowkeeper::sql
