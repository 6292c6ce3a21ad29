#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/schema/live_schema.h"

namespace rowkeeper::app {

/// For each method that deletes rows for good, and each foreign key to them, also along cascades: a sentence where
/// PostgreSQL's own search for the referencing rows reads their whole table, for no index holds all of them.
std::vector<std::string> AdviseDeleteIndexes(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans,
                                             const schema::LiveSchema& live);

}  // namespace rowkeeper::app
