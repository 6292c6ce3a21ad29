#pragma once

#include <memory>

#include "server/catalogue/catalogue.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// Compiles a custom query (MethodOptions.sql): its text, its parameters and the response that its rows become. All
/// that can be known without a database is checked; the rest is checked where the server starts.
std::unique_ptr<const MethodPlan> CompileQuery(const catalogue::Catalogue& catalogue, const catalogue::Entity& entity,
                                               const catalogue::Method& method, catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
