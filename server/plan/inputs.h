#pragma once

#include <string>
#include <string_view>

#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// The request's field with this role; nullptr when it has none.
const Input* FindInput(const MethodPlan& plan, InputRole role);

bool HasInput(const MethodPlan& plan, InputRole role);

/// Its name as callers know it; `otherwise` when there is none.
std::string InputName(const MethodPlan& plan, InputRole role, std::string_view otherwise);

}  // namespace rowkeeper::plan
