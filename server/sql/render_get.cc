#include "server/sql/render_get.h"

#include <utility>
#include <vector>

#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"
#include "server/sql/render_relation.h"

namespace rowkeeper::sql {

using catalogue::Entity;
using plan::Deleted;
using plan::MethodPlan;
using plan::Variant;

std::string LiveRowFirst(const Entity& entity, Deleted deleted) {
  if (!entity.soft_deletable() || deleted == Deleted::kExclude) return "";
  std::string order = Cat(" ORDER BY (", LivePredicate(entity), ") DESC");
  if (entity.deleted_at) order += Cat(", ", Identifier(entity.columns[*entity.deleted_at].name), " DESC");
  return Cat(order, " LIMIT 1");
}

Statement RenderGet(const MethodPlan& plan, const Variant& variant) {
  ParameterList parameters;
  std::vector<std::string> conditions = FilterPredicates(plan, variant, &parameters);
  conditions.push_back(VisibilityPredicate(*plan.entity, variant.deleted));
  std::vector<int> cells = variant.columns;
  AddKeyCells(*plan.entity, &cells);
  std::vector<int> links = AddLinkCells(variant.as<plan::GetVariant>().relations.get(), &cells);
  const std::string text = Cat("SELECT ", ColumnList(*plan.entity, cells), " FROM ", Table(*plan.entity),
                               Where(conditions), LiveRowFirst(*plan.entity, variant.deleted));
  Statement statement = Finish(text, &parameters, std::move(cells), static_cast<int>(variant.columns.size()));
  statement.link_cells = std::move(links);
  return statement;
}

}  // namespace rowkeeper::sql
