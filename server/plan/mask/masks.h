#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/base/errors.h"
#include "server/plan/call_parts.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// Columns that a read mask selects, ascending; every column without a mask (nullptr: the request cannot have one),
/// with an empty one, or with "*" (AIP-157). Unknown paths go to `violations`.
std::vector<int> ResolveReadMask(const MethodPlan& plan, const WithReadMask* request, FieldViolations* violations);

/// Indexes into MethodPlan::values that an update mask selects, ascending; "*" selects all (AIP-134). Output-only
/// fields and the key are accepted and ignored; fields that the request has no place for go to `violations`. A member
/// of a oneof that has a value in `arguments` brings the other members, which become NULL.
std::vector<int> ResolveUpdateMask(const MethodPlan& plan, const WithUpdateMask& request,
                                   const std::vector<Argument>& arguments, FieldViolations* violations);

/// Whether the mask names the column itself, or a part of it; "*" is no name.
bool NamesColumn(const MethodPlan& plan, const WithUpdateMask& request, int column);

/// Whether `arguments` have a value for another member of the column's oneof, so that the column becomes NULL.
bool IsReplacedInOneof(const MethodPlan& plan, const std::vector<Argument>& arguments, int column);

}  // namespace rowkeeper::plan
