#include "server/base/text.h"
#include "server/sql/render_bulk.h"
#include "server/sql/sampler.h"
#include "server/sql/variants_families.h"

namespace rowkeeper::sql {

using catalogue::Change;
using plan::BulkVariant;
using plan::Variant;

Variant BasicBulkVariant(const plan::MethodPlan& plan) {
  Variant variant = plan::EmptyVariant(plan);
  variant.filters = Indexes(plan.filters.size());
  for (int i : Indexes(plan.values.size())) {
    const catalogue::Column& column = plan.entity->columns[plan.values[i].column];
    if (!column.key && !column.immutable) variant.as<BulkVariant>().written.push_back(i);
  }
  return variant;
}

std::vector<SampledStatement> SampleBulk(const plan::MethodPlan& plan) {
  Sampler sampler(plan, BasicBulkVariant(plan));
  sampler.SampleFilters();
  sampler.SampleDeleted();
  if (plan.change() == Change::kUpdate) sampler.SampleJsonWrites();
  for (int i : sampler.basic().as<BulkVariant>().written) {
    Variant variant = sampler.basic();
    variant.as<BulkVariant>().written = {i};
    sampler.Add(Cat("writing ", plan.inputs[plan.values[i].input].name), variant);
  }
  if (plan.change() == Change::kPurge) {
    sampler.Add("whether there is more", RenderBulkProbe(plan, sampler.basic()));
  }
  sampler.SampleExpressions();
  return sampler.Take();
}

}  // namespace rowkeeper::sql
