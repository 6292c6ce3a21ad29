#include <google/protobuf/descriptor.h>

#include "server/base/text.h"
#include "server/sql/render.h"
#include "server/sql/render_cascade.h"
#include "server/sql/render_merged_write.h"
#include "server/sql/sampler.h"
#include "server/sql/variants_families.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Change;
using plan::Variant;
using plan::WriteVariant;

void SampleValues(Sampler* sampler) {
  const plan::MethodPlan& plan = sampler->plan();
  for (int i : sampler->basic().as<WriteVariant>().written) {
    Variant variant = sampler->basic();
    variant.as<WriteVariant>().unchanged.clear();
    variant.as<WriteVariant>().written = {i};
    sampler->Add(Cat("writing ", plan.inputs[plan.values[i].input].name), variant);
  }
  Variant nothing = sampler->basic();
  nothing.as<WriteVariant>().written.clear();
  sampler->Add("writing nothing", nothing);
}

void SampleMisses(Sampler* sampler) {
  const plan::MethodPlan& plan = sampler->plan();
  Variant variant = sampler->basic();
  if (plan.entity->version.has_value()) {
    variant.as<WriteVariant>().version_guard = true;
    sampler->Add("with a version", variant);
  }
  sampler->Add("why no row was found", RenderProbe(plan, variant));
  if (IsHeldByParentsAlone(plan)) sampler->Add("when a row above it may be deleted", RenderWithParents(plan, variant));
  const bool has_wanted_state = plan.change() == Change::kSoftDelete || plan.change() == Change::kRestore;
  if (variant.columns.empty() || !has_wanted_state) return;
  sampler->Add("row in the wanted state already", RenderReread(plan, variant));
}

void SampleMerged(Sampler* sampler) {
  const plan::MethodPlan& plan = sampler->plan();
  Variant variant = sampler->basic();
  if (!CanMergeWrites(plan, variant)) return;
  sampler->Add("of many calls", RenderMergedWrite(plan, variant));
  if (plan.change() == Change::kCreate || !plan.entity->version.has_value()) return;
  variant.as<WriteVariant>().version_guard = true;
  sampler->Add("of many calls with versions", RenderMergedWrite(plan, variant));
}

}  // namespace

Variant BasicWriteVariant(const plan::MethodPlan& plan) {
  Variant variant = plan::EmptyVariant(plan);
  WriteVariant& write = variant.as<WriteVariant>();
  variant.columns = ColumnsOfResponse(plan);
  variant.filters = Indexes(plan.filters.size());
  for (int i : Indexes(plan.values.size())) {
    const bool guards = plan.change() == Change::kUpdate && plan.entity->columns[plan.values[i].column].immutable;
    (guards ? write.unchanged : write.written).push_back(i);
  }
  return variant;
}

std::vector<SampledStatement> SampleWrite(const plan::MethodPlan& plan) {
  Sampler sampler(plan, BasicWriteVariant(plan));
  sampler.SampleFilters();
  sampler.SampleDeleted();
  if (plan.change() == Change::kCreate || plan.change() == Change::kUpdate) SampleValues(&sampler);
  if (plan.change() == Change::kUpdate) sampler.SampleJsonWrites();
  if (plan.change() != Change::kCreate) SampleMisses(&sampler);
  SampleMerged(&sampler);
  return sampler.Take();
}

}  // namespace rowkeeper::sql
