#pragma once

#include <memory>

#include "server/catalogue/catalogue.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// The plan of a batch, an upsert or an import (the plan of its chunks) on `entity`. Mistakes go to `diagnostics`; the
/// result is of use only without them.
std::unique_ptr<const MethodPlan> CompileBatch(const catalogue::Entity& entity, const catalogue::Method& method,
                                               catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
