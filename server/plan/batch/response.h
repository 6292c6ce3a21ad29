#pragma once

#include "server/catalogue/diagnostics.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// Fills the response of a batch's or upsert's plan, whose request is bound. Mistakes go to `diagnostics`.
void BindBatchResponse(MethodPlan* plan, catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
