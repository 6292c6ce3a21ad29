#include "server/sql/render_get.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"
#include "server/sql/render_relation.h"
#include "server/sql/result_cells.h"

namespace rowkeeper::sql {

using catalogue::Entity;
using plan::Deleted;
using plan::MethodPlan;
using plan::Variant;

std::string LiveRowFirst(const Entity& entity, Deleted deleted) {
  if (!entity.soft_deletable() || deleted == Deleted::kExclude) return "";
  std::string order = Cat(" ORDER BY (", LivePredicate(entity), ") DESC");
  if (entity.deleted_at) order += Cat(", ", ColumnName(entity.columns[*entity.deleted_at]), " DESC");
  return Cat(order, " LIMIT 1");
}

namespace {

std::string SelectRow(const MethodPlan& plan, const Variant& variant, const std::vector<int>& cells,
                      ParameterList* parameters) {
  std::vector<std::string> conditions = FilterPredicates(plan, variant, parameters);
  conditions.push_back(VisibilityPredicate(*plan.entity, variant.deleted));
  return Cat("SELECT ", ColumnList(*plan.entity, cells), " FROM ", TableRows(*plan.entity), Where(conditions),
             LiveRowFirst(*plan.entity, variant.deleted));
}

}  // namespace

Statement RenderGet(const MethodPlan& plan, const Variant& variant) {
  ParameterList parameters;
  std::vector<int> cells = variant.columns;
  AddKeyCells(*plan.entity, &cells);
  std::vector<int> links = AddLinkCells(variant.as<plan::GetVariant>().relations.get(), &cells);
  const std::string text = SelectRow(plan, variant, cells, &parameters);
  Statement statement = Finish(text, &parameters, std::move(cells), static_cast<int>(variant.columns.size()));
  statement.link_cells = std::move(links);
  return statement;
}

bool IsLookedUpByValues(const MethodPlan& plan, const Variant& variant) {
  return !variant.filters.empty() && std::all_of(variant.filters.begin(), variant.filters.end(), [&plan](int index) {
    const plan::FilterTerm& filter = plan.filters[static_cast<size_t>(index)];
    return filter.op == plan::FilterOperator::kEqual && !plan.entity->columns[filter.column].type.array;
  });
}

bool CanMergeGets(const MethodPlan& plan, const Variant& variant) {
  const auto* const get = std::get_if<plan::GetVariant>(&variant.family);
  if (get == nullptr || get->relations != nullptr || variant.json != nullptr || variant.columns.empty()) return false;
  return IsLookedUpByValues(plan, variant);
}

Statement RenderMergedGet(const MethodPlan& plan, const Variant& variant) {
  ParameterList parameters;
  parameters.TakeManyCalls();
  std::vector<int> cells = variant.columns;
  AddKeyCells(*plan.entity, &cells);
  const std::string row = SelectRow(plan, variant, cells, &parameters);
  const std::string text = Cat("SELECT \"#row\".*, \"#calls\".\"#\" FROM ", parameters.Calls(), " CROSS JOIN LATERAL (",
                               row, ") AS \"#row\"");
  const int place = static_cast<int>(cells.size());
  Statement statement = Finish(text, &parameters, std::move(cells), static_cast<int>(variant.columns.size()));
  statement.element_cell = place;
  statement.result = ResultCells(*plan.entity, statement);
  return statement;
}

}  // namespace rowkeeper::sql
