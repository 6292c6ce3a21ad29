#pragma once

#include <string>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/predicates.h"

namespace rowkeeper::sql {

/// What the column of MethodPlan::values[value] is set to: `given`, an expression that is the request's value or NULL,
/// or where the variant writes parts of a jsonb column, the stored value with these parts replaced. The stored value is
/// read when the row is written, so that changes of different parts never undo each other.
std::string AssignedValue(const plan::MethodPlan& plan, const plan::Variant& variant, int value,
                          const std::string& given, ParameterList* parameters);

}  // namespace rowkeeper::sql
