#pragma once

#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

// Family::kGet. Its calls are their filters; see plan::Bind.

/// Whether a request field can steer the operation in this role.
bool GetTakes(InputRole role);

/// Mistakes go to `diagnostics`; the result is of use only without them.
MethodPlan CompileGet(const catalogue::Entity& entity, const catalogue::Method& method,
                      catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
