#pragma once

#include <vector>

#include "server/sql/variants.h"

namespace rowkeeper::sql {

/// For each jsonb column that `basic` writes, the update that writes parts of it in every way that a mask can ask for.
std::vector<SampledStatement> SampleJsonWrites(const plan::MethodPlan& plan, const plan::Variant& basic);

}  // namespace rowkeeper::sql
