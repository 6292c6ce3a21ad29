#pragma once

#include <vector>

#include "server/sql/variants.h"

namespace rowkeeper::sql {

/// Adds what the controls of lists, and filter expressions of any operation, can produce.
void SampleLists(const plan::MethodPlan& plan, std::vector<SampledStatement>* statements);

}  // namespace rowkeeper::sql
