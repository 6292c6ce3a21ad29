#include "server/sql/render_get.h"
#include "server/sql/sampler.h"
#include "server/sql/variants_families.h"

namespace rowkeeper::sql {

plan::Variant BasicGetVariant(const plan::MethodPlan& plan) {
  plan::Variant variant = plan::EmptyVariant(plan);
  variant.columns = ColumnsOfResponse(plan);
  variant.filters = Indexes(plan.filters.size());
  return variant;
}

std::vector<SampledStatement> SampleGet(const plan::MethodPlan& plan) {
  Sampler sampler(plan, BasicGetVariant(plan));
  sampler.SampleFilters();
  sampler.SampleDeleted();
  sampler.SampleRelations();
  if (CanMergeGets(plan, sampler.basic())) sampler.Add("of many calls", RenderMergedGet(plan, sampler.basic()));
  return sampler.Take();
}

}  // namespace rowkeeper::sql
