#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/base/errors.h"
#include "server/wire/run_plan.h"

namespace rowkeeper::wire {

/// Finds what `value`, named `name` in the request, sets and takes: a field of `planned`, which is call `index`, and a
/// field of the row that one of the `earlier` calls returns (those that are wrong themselves are nullopt). Both must
/// stand for columns of the same type. nullopt after a violation, or when the earlier call is wrong.
std::optional<BorrowedValue> ResolveValue(const v1::RunValue& value, const std::string& name,
                                          const PlannedCall& planned, int index,
                                          const std::vector<std::optional<PlannedCall>>& earlier,
                                          FieldViolations* violations);

}  // namespace rowkeeper::wire
