#pragma once

#include <vector>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/variants.h"

namespace rowkeeper::sql {

// What BasicVariant and SampleStatements are for the plans of each family.

plan::Variant BasicGetVariant(const plan::MethodPlan& plan);
plan::Variant BasicListVariant(const plan::MethodPlan& plan);
plan::Variant BasicWriteVariant(const plan::MethodPlan& plan);
plan::Variant BasicBatchVariant(const plan::MethodPlan& plan);
plan::Variant BasicBulkVariant(const plan::MethodPlan& plan);

std::vector<SampledStatement> SampleGet(const plan::MethodPlan& plan);
std::vector<SampledStatement> SampleList(const plan::MethodPlan& plan);
std::vector<SampledStatement> SampleWrite(const plan::MethodPlan& plan);
std::vector<SampledStatement> SampleBatch(const plan::MethodPlan& plan);
std::vector<SampledStatement> SampleBulk(const plan::MethodPlan& plan);

}  // namespace rowkeeper::sql
