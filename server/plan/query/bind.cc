#include "server/plan/query/bind.h"

#include "server/plan/absent.h"
#include "server/plan/field_guard.h"
#include "server/plan/query/query_plan.h"

namespace rowkeeper::plan {

void BindQuery(Call* call, FieldViolations* violations) {
  const MethodPlan& plan = *call->plan;
  HideQueryColumns(call);
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    ResolveAbsent(plan.query->parameters[i], &call->request.arguments[i], plan.inputs[i].name, violations);
  }
}

void LimitQuery(int max_rows, Call* call) {
  const bool many = call->plan->response.shape == ResponseShape::kList;
  call->bounds = QueryBounds{many ? max_rows : 1};
}

}  // namespace rowkeeper::plan
