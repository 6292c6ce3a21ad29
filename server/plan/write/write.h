#pragma once

#include "server/base/errors.h"
#include "server/plan/call.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

// Family::kWrite.

/// Whether a request field can steer the operation in this role.
bool WriteTakes(catalogue::Change change, InputRole role);

/// Mistakes go to `diagnostics`; the result is of use only without them.
MethodPlan CompileWrite(const catalogue::Entity& entity, const catalogue::Method& method,
                        catalogue::Diagnostics* diagnostics);

/// Binds the filters of a call, and decides which values it writes and what absent ones mean.
void BindWrite(Call* call, const FilterLimits& limits, FieldViolations* violations);

}  // namespace rowkeeper::plan
