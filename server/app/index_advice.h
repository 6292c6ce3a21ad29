#pragma once

#include <string>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/schema/live_schema.h"

namespace rowkeeper::app {

/// For each method that would read every row, or sort what it finds, because no index fits: a sentence with the columns
/// an index should have.
std::vector<std::string> AdviseIndexes(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans,
                                       const schema::LiveSchema& live);

}  // namespace rowkeeper::app
