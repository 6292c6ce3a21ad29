#pragma once

#include "server/catalogue/catalogue.h"
#include "server/plan/method_plan.h"
#include "server/plan/response_facts.h"

namespace rowkeeper::plan {

// Family::kQuery.

/// Whether a query can say this beside its rows.
bool QueryGives(Fact fact);

/// Compiles a custom query (MethodOptions.sql): its text, its parameters and the response that its rows become. All
/// that can be known without a database is checked; the rest is checked where the server starts.
MethodPlan CompileQuery(const catalogue::Catalogue& catalogue, const catalogue::Entity& entity,
                        const catalogue::Method& method, catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
