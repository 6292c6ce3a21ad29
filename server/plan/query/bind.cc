#include "server/plan/query/bind.h"

#include "server/plan/absent.h"
#include "server/plan/query/query_plan.h"

namespace rowkeeper::plan {

void BindQuery(Call* call, FieldViolations* violations) {
  const MethodPlan& plan = *call->plan;
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    ResolveAbsent(plan.query->parameters[i], &call->request.arguments[i], plan.inputs[i].name, violations);
  }
}

}  // namespace rowkeeper::plan
