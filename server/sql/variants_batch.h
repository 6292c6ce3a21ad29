#pragma once

#include <vector>

#include "server/sql/variants.h"

namespace rowkeeper::sql {

/// The same as BasicVariant and SampleStatements, for plans of batches and upserts.
plan::Variant BasicBatchVariant(const plan::MethodPlan& plan);
std::vector<SampledStatement> SampleBatch(const plan::MethodPlan& plan);

}  // namespace rowkeeper::sql
