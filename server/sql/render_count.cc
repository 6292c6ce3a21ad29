#include "server/sql/render_count.h"

#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"

namespace rowkeeper::sql {
namespace {

std::string From(const plan::MethodPlan& plan, const plan::Variant& variant, ParameterList* parameters) {
  std::vector<std::string> conditions = FilterPredicates(plan, variant, parameters);
  conditions.push_back(VisibilityPredicate(*plan.entity, variant.deleted));
  return Cat(" FROM ", TableRows(*plan.entity), Where(conditions));
}

}  // namespace

std::string CountText(const plan::MethodPlan& plan, const plan::Variant& variant, ParameterList* parameters) {
  return Cat("SELECT count(*)", From(plan, variant, parameters));
}

Statement RenderCount(const plan::MethodPlan& plan, const plan::Variant& variant) {
  ParameterList parameters;
  const std::string text = CountText(plan, variant, &parameters);
  Statement statement = Finish(text, &parameters, {}, 0);
  statement.result = {CellType::kInteger};
  return statement;
}

Statement RenderEstimate(const plan::MethodPlan& plan, const plan::Variant& variant) {
  ParameterList parameters;
  const std::string from = From(plan, variant, &parameters);
  Statement statement = Finish(Cat("EXPLAIN (FORMAT JSON) SELECT 1", from), &parameters, {}, 0);
  statement.result = {CellType::kJson};
  return statement;
}

}  // namespace rowkeeper::sql
