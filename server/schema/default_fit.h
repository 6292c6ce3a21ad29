#pragma once

#include <memory>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/schema/fit.h"

namespace rowkeeper::schema {

/// Compares the defaults of the database with what the methods among `plans` that create rows store for a field that a
/// request leaves empty, and adds to `report` the columns where a zero would silently take the default's place. A field
/// that stores NULL instead is an advice, and so is a declared default that is another one.
void CheckDefaults(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans, const LiveSchema& live,
                   FitReport* report);

}  // namespace rowkeeper::schema
