#pragma once

#include "server/catalogue/diagnostics.h"
#include "server/plan/method_plan.h"
#include "server/plan/response_facts.h"

namespace rowkeeper::plan {

// Family::kBulk.

/// Whether a request field can steer the operation in this role.
bool BulkTakes(catalogue::Change change, InputRole role);
/// Whether the operation answers this.
bool BulkGives(catalogue::Change change, Fact fact);

/// Mistakes go to `diagnostics`; the result is of use only without them.
MethodPlan CompileBulk(const catalogue::Entity& entity, const catalogue::Method& method,
                       catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
