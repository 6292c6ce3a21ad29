#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/base/errors.h"
#include "server/plan/method_plan.h"
#include "server/plan/request.h"

namespace rowkeeper::plan {

/// Columns that a read mask selects, ascending; every column without a mask, with an empty one, or with "*" (AIP-157).
/// Unknown paths go to `violations`.
std::vector<int> ResolveReadMask(const MethodPlan& plan, const Request& request, FieldViolations* violations);

/// Indexes into MethodPlan::values that an update mask selects, ascending; "*" selects all (AIP-134). Output-only
/// fields and the key are accepted and ignored; fields that the request has no place for go to `violations`. A member
/// of a oneof that has a value brings the other members, which become NULL.
std::vector<int> ResolveUpdateMask(const MethodPlan& plan, const Request& request, FieldViolations* violations);

}  // namespace rowkeeper::plan
