#pragma once

#include "server/base/errors.h"
#include "server/plan/call.h"

namespace rowkeeper::plan {

/// Decides which of the plan's filters apply, what absent ones mean, and makes patterns of prefixes.
void BindFilters(Call* call, const FilterLimits& limits, FieldViolations* violations);

/// The request's filter expression becomes conditions without texts, and texts that go to the database as parameters.
/// For families whose requests can have one.
void BindExpression(Call* call, const FilterLimits& limits, FieldViolations* violations);

}  // namespace rowkeeper::plan
