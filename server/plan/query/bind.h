#pragma once

#include "server/base/errors.h"
#include "server/plan/call.h"
#include "server/plan/filter/limits.h"

namespace rowkeeper::plan {

/// Fills in what absent parameters of a custom query mean: NULL where the field may be absent, else its zero value.
/// Where the zero is no value of its type (uuid, decimal, an enum's UNSPECIFIED) that is a violation.
/// So are more values of a repeated parameter than `limits` allow, and in a query that only reads a text or JSON that
/// is longer than a filter may be.
void BindQuery(Call* call, const FilterLimits& limits, FieldViolations* violations);

/// Sets how many rows the query may answer: `max_rows`, or one where the response has a place for one.
void LimitQuery(int max_rows, Call* call);

}  // namespace rowkeeper::plan
