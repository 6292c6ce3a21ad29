#pragma once

#include "server/base/errors.h"
#include "server/plan/call.h"

namespace rowkeeper::plan {

/// Fills in what absent parameters of a custom query mean: NULL where the field may be absent, else its zero value.
/// Where the zero is no value of its type (uuid, decimal, an enum's UNSPECIFIED) that is a violation.
void BindQuery(Call* call, FieldViolations* violations);

}  // namespace rowkeeper::plan
