#pragma once

#include "server/base/errors.h"
#include "server/plan/call.h"
#include "server/plan/method_plan.h"
#include "server/plan/response_facts.h"

namespace rowkeeper::plan {

// Family::kList.

/// Whether a request field can steer the operation in this role.
bool ListTakes(catalogue::Operation operation, InputRole role);
/// Whether the operation can say this beside its rows.
bool ListGives(catalogue::Operation operation, Fact fact);

/// Mistakes go to `diagnostics`; the result is of use only without them.
MethodPlan CompileList(const catalogue::Entity& entity, const catalogue::Method& method,
                       catalogue::Diagnostics* diagnostics);

/// Binds the filters of a call, and what it asks of a page, an export or a count.
void BindList(Call* call, const PageLimits& limits, const PageTokens& tokens, FieldViolations* violations);

}  // namespace rowkeeper::plan
