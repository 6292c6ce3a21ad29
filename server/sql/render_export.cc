#include "server/sql/render_export.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"

namespace rowkeeper::sql {
namespace {

constexpr char kCursor[] = "rowkeeper_export";

}  // namespace

Statement RenderExport(const plan::MethodPlan& plan, const plan::Variant& variant) {
  const catalogue::Entity& entity = *plan.entity;
  const plan::ListVariant& list = variant.as<plan::ListVariant>();
  ParameterList parameters;
  std::vector<int> cells = variant.columns;
  std::vector<int> cursor_cells;
  std::vector<std::string> order;
  for (const catalogue::OrderTerm& term : list.order) {
    const auto found = std::find(cells.begin(), cells.end(), term.column);
    cursor_cells.push_back(static_cast<int>(found - cells.begin()));
    if (found == cells.end()) cells.push_back(term.column);
    order.push_back(Cat(Identifier(entity.columns[term.column].name), term.descending ? " DESC" : ""));
  }
  std::vector<std::string> conditions = FilterPredicates(plan, variant, &parameters);
  conditions.push_back(VisibilityPredicate(entity, variant.deleted));
  conditions.push_back(CursorPredicate(entity, list, &parameters));
  std::string text = Cat("SELECT ", ColumnList(entity, cells), " FROM ", Table(entity), Where(conditions), " ORDER BY ",
                         absl::StrJoin(order, ", "));
  Statement statement =
      Finish(std::move(text), &parameters, std::move(cells), static_cast<int>(variant.columns.size()));
  statement.cursor_cells = std::move(cursor_cells);
  return statement;
}

std::string DeclareExport(const std::string& select) {
  return Cat("DECLARE ", kCursor, " NO SCROLL CURSOR FOR ", select);
}

std::string FetchExport(int rows) { return Cat("FETCH FORWARD ", rows, " FROM ", kCursor); }

}  // namespace rowkeeper::sql
