#include "server/sql/render_list.h"

#include <algorithm>
#include <utility>

#include "server/base/text.h"
#include "server/plan/page/pages.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"
#include "server/sql/render_count.h"
#include "server/sql/render_export.h"
#include "server/sql/render_relation.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Entity;
using catalogue::Operation;
using plan::MethodPlan;
using plan::Variant;

/// A page before a cursor is read from its end: its rows come in the opposite order.
Statement RenderPage(const MethodPlan& plan, const Variant& variant) {
  const Entity& entity = *plan.entity;
  plan::ListVariant list = variant.as<plan::ListVariant>();
  if (list.backward) list.order = plan::Reversed(std::move(list.order));
  ParameterList parameters;
  std::vector<int> cells = variant.columns;
  std::vector<int> cursor_cells;
  for (const catalogue::OrderTerm& term : list.order) {
    const auto found = std::find(cells.begin(), cells.end(), term.column);
    cursor_cells.push_back(static_cast<int>(found - cells.begin()));
    if (found == cells.end()) cells.push_back(term.column);
  }
  std::vector<int> links = AddLinkCells(list.relations.get(), &cells);
  std::vector<std::string> conditions = FilterPredicates(plan, variant, &parameters);
  conditions.push_back(VisibilityPredicate(entity, variant.deleted));
  conditions.push_back(CursorPredicate(entity, list, &parameters));
  std::string text =
      Cat("SELECT ", ColumnList(entity, cells), " FROM ", Table(entity), Where(conditions), " ORDER BY ",
          OrderTerms(entity, list.order), " LIMIT ", parameters.Add(Parameter::Source::kLimit, 0, "bigint"));
  if (list.skip) text += Cat(" OFFSET ", parameters.Add(Parameter::Source::kSkip, 0, "bigint"));
  Statement statement = Finish(text, &parameters, std::move(cells), static_cast<int>(variant.columns.size()));
  statement.cursor_cells = std::move(cursor_cells);
  statement.link_cells = std::move(links);
  return statement;
}

}  // namespace

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
