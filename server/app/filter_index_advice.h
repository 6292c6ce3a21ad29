#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/schema/live_schema.h"

namespace rowkeeper::app {

/// For each filter that looks into texts, lists or objects (LIKE, PREFIX, CONTAINS, OVERLAPS, SEARCH) and has no index
/// that could serve it: a sentence that says which would. Filters beside a required equality are left out: what they
/// look through is little. Appends to `advice`, each column and kind of index once.
void AdviseFilterIndexes(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans,
                         const schema::LiveSchema& live, std::vector<std::string>* advice);

}  // namespace rowkeeper::app
