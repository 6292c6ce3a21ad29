#pragma once

#include "server/catalogue/diagnostics.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// Whether the request of a bulk change holds the entity, with the values that all rows get.
inline bool TakesNewValues(catalogue::Operation operation) { return operation == catalogue::Operation::kUpdateWhere; }

/// What must hold for the plan of a bulk change or a purge once its request and response are bound.
void CheckBulkChange(const MethodPlan& plan, catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
