#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/plan/method_plan.h"
#include "server/policy/field_rules.h"

namespace rowkeeper::wire {

/// A response of a call of `plan` that was made earlier, perhaps when its caller had other roles, without the fields
/// that `access` does not let the caller read. nullopt: the bytes are no such response.
std::optional<std::string> ReadablePart(const plan::MethodPlan& plan, const policy::FieldAccess& access,
                                        std::string_view response);

}  // namespace rowkeeper::wire
