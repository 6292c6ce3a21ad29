#pragma once

#include "server/catalogue/catalogue.h"
#include "server/plan/method_plan.h"
#include "server/plan/response_facts.h"

namespace rowkeeper::plan {

// Family::kBatch.

/// Whether a request field can steer the operation in this role. (A version is a field of the elements.)
bool BatchTakes(catalogue::Change change, InputRole role);
/// Whether the method can say this beside its rows.
bool BatchGives(const MethodPlan& plan, Fact fact);

/// The plan of a batch, an upsert or an import (the plan of its chunks) on `entity`. Mistakes go to `diagnostics`; the
/// result is of use only without them.
MethodPlan CompileBatch(const catalogue::Entity& entity, const catalogue::Method& method,
                        catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
