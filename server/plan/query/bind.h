#pragma once

#include "server/base/errors.h"
#include "server/plan/call.h"

namespace rowkeeper::plan {

/// Fills in what absent parameters of a custom query mean: NULL where the field may be absent, else its zero value.
/// Where the zero is no value of its type (uuid, decimal, an enum's UNSPECIFIED) that is a violation.
void BindQuery(Call* call, FieldViolations* violations);

/// Sets how many rows the query may answer: `max_rows`, or one where the response has a place for one.
void LimitQuery(int max_rows, Call* call);

}  // namespace rowkeeper::plan
