#pragma once

#include <vector>

#include "server/sql/variants.h"

namespace rowkeeper::sql {

/// Appends what `plan` executes when a read mask names relations, which is nothing for a plan without one: its own
/// statement, and that of every relation that can be reached, each once.
void SampleRelations(const plan::MethodPlan& plan, plan::Variant variant, std::vector<SampledStatement>* statements);

}  // namespace rowkeeper::sql
