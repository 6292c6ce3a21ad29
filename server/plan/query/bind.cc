#include "server/plan/query/bind.h"

#include <string>

#include "server/base/limits.h"
#include "server/base/text.h"
#include "server/plan/absent.h"
#include "server/plan/field_guard.h"
#include "server/plan/filter/values.h"
#include "server/plan/query/query_plan.h"

namespace rowkeeper::plan {
namespace {

/// What a query reads by may become work for every row, as a filter does; what it stores is data.
void CheckQueryWork(const MethodPlan& plan, size_t parameter, const Argument& argument, const FilterLimits& limits,
                    FieldViolations* violations) {
  const std::string& name = plan.inputs[parameter].name;
  const catalogue::ValueType& type = plan.query->parameters[parameter].type;
  const bool reads = plan.reads_only() || plan.query->can_be_limited;
  const bool is_text = type.kind == catalogue::ValueKind::kString || type.kind == catalogue::ValueKind::kJson;
  size_t bytes = argument.text.size();
  if (type.array) {
    const ValuesOfArray values = CountValues(argument.text);
    bytes = values.longest;
    if (values.count > limits.max_values) {
      violations->Add(name,
                      Cat("has more than ", limits.max_values, " values, the limit ",
                          LimitName(Limit::kMaxFilterValues), "; make several calls"),
                      Limit::kMaxFilterValues);
      return;
    }
  }
  if (!is_text || !reads || bytes <= limits.max_bytes) return;
  violations->Add(name,
                  Cat(type.array ? "has a value of " : "has ", bytes, " bytes; a query that only reads takes at most ",
                      limits.max_bytes, ", the limit ", LimitName(Limit::kMaxFilterBytes)),
                  Limit::kMaxFilterBytes);
}

}  // namespace

void BindQuery(Call* call, const FilterLimits& limits, FieldViolations* violations) {
  const MethodPlan& plan = *call->plan;
  HideQueryColumns(call);
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    Argument& argument = call->request.arguments[i];
    ResolveAbsent(plan.query->parameters[i], &argument, plan.inputs[i].name, violations);
    if (argument.present) CheckQueryWork(plan, i, argument, limits, violations);
  }
}

void LimitQuery(int max_rows, Call* call) {
  const bool many = call->plan->response.shape == ResponseShape::kList;
  call->bounds = QueryBounds{many ? max_rows : 1};
}

}  // namespace rowkeeper::plan
