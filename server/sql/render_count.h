#pragma once

#include <string>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/predicates.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// How many rows the variant's conditions match, on all pages: one bigint. Pure.
Statement RenderCount(const plan::MethodPlan& plan, const plan::Variant& variant);

/// The text of that, with the next of `parameters`.
std::string CountText(const plan::MethodPlan& plan, const plan::Variant& variant, ParameterList* parameters);

/// The planner's view of the same rows, as EXPLAIN (FORMAT JSON) gives it: it reads none of them. Pure.
Statement RenderEstimate(const plan::MethodPlan& plan, const plan::Variant& variant);

}  // namespace rowkeeper::sql
