#pragma once

#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// What methods of the families kGet, kList, kWrite and kBulk have in common: the request's fields are conditions on
/// rows, values to write, or steer the operation; the response has rows or facts. Every step adds its mistakes to the
/// diagnostics and goes on, so that all are found; what one family asks beyond that is for its own file.
MethodPlan CompileRowMethod(const catalogue::Entity& entity, const catalogue::Method& method,
                            catalogue::Diagnostics* diagnostics);

/// Reports columns that the request gives values for twice.
void CheckDistinctValues(const MethodPlan& plan, catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
