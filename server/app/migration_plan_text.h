#pragma once

#include <string>

#include "server/schema/lint/migration_plan.h"

namespace rowkeeper::app {

/// Whether it touches what others use, or takes data away.
bool IsWorthTelling(const schema::PlannedBlock& block);

/// What the block does, in indented lines that each end with a line break.
std::string DescribePlan(const schema::PlannedBlock& block, schema::Direction direction);

}  // namespace rowkeeper::app
