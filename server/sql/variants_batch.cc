
#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "server/base/text.h"
#include "server/plan/inputs.h"
#include "server/sql/render.h"
#include "server/sql/render_upsert.h"
#include "server/sql/sampler.h"
#include "server/sql/variants_families.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Change;
using catalogue::Column;
using plan::BatchVariant;
using plan::MethodPlan;
using plan::Variant;

bool NamesRow(const MethodPlan& plan, int column) {
  return std::any_of(plan.filters.begin(), plan.filters.end(),
                     [column](const plan::FilterTerm& key) { return key.column == column; });
}

class BatchSampler {
 public:
  explicit BatchSampler(const MethodPlan& plan)
      : plan_(plan), basic_(BasicBatchVariant(plan)), sampler_(plan, basic_) {}

  std::vector<SampledStatement> Sample() {
    sampler_.SampleDeleted();
    if (HasInput(plan_, plan::InputRole::kAllowMissing)) {
      Variant variant = basic_;
      variant.as<BatchVariant>().allow_missing = true;
      Add("some may be missing", variant);
    }
    if (plan_.change() == Change::kCreate || plan_.change() == Change::kUpsert) SampleDefaults();
    if (plan_.change() == Change::kUpdate) SampleMasks();
    if (!plan_.reads_only() && plan_.change() != Change::kCreate) SampleMisses();
    sampler_.SampleRelations();
    return sampler_.Take();
  }

 private:
  void Add(std::string label, const Variant& variant) { sampler_.Add(std::move(label), variant); }

  void SampleDefaults() {
    Variant variant = basic_;
    for (int i : basic_.as<BatchVariant>().written) {
      const Column& column = plan_.entity->columns[plan_.values[i].column];
      if (column.has_default() && !(plan_.change() == Change::kUpsert && NamesRow(plan_, plan_.values[i].column))) {
        variant.as<BatchVariant>().defaulted.push_back(i);
      }
    }
    if (!variant.as<BatchVariant>().defaulted.empty()) Add("some rows without what has a default", variant);
  }

  void SampleMasks() {
    Variant variant = basic_;
    variant.as<BatchVariant>().unchanged_if_given = true;
    if (!variant.as<BatchVariant>().unchanged.empty()) Add("immutable fields where given", variant);
    variant.as<BatchVariant>().written.clear();
    variant.as<BatchVariant>().unchanged.clear();
    Add("writing nothing", variant);
    sampler_.SampleJsonWrites();
  }

  void SampleMisses() {
    Variant variant = basic_;
    if (HasInput(plan_, plan::InputRole::kVersion)) {
      variant.as<BatchVariant>().version_guard = true;
      Add("with versions", variant);
    }
    sampler_.Add("why no row was found", RenderProbe(plan_, variant));
    if (plan_.change() != Change::kUpsert) return;
    sampler_.Add("which keys triggers make", RenderStoredKeys(plan_, basic_));
    variant.as<BatchVariant>().by_stored_key = true;
    Add("by the keys that triggers make", variant);
  }

  const MethodPlan& plan_;
  const Variant basic_;
  Sampler sampler_;
};

}  // namespace

Variant BasicBatchVariant(const MethodPlan& plan) {
  Variant variant = plan::EmptyVariant(plan);
  BatchVariant& batch = variant.as<BatchVariant>();
  variant.columns = ColumnsOfResponse(plan);
  const bool upsert = plan.change() == Change::kUpsert;
  for (int i = 0; i < static_cast<int>(plan.values.size()); ++i) {
    const int index = plan.values[i].column;
    const Column& column = plan.entity->columns[index];
    const bool guards = column.immutable && plan.change() != Change::kCreate && !NamesRow(plan, index);
    if (guards) batch.unchanged.push_back(i);
    if (!guards || upsert) batch.written.push_back(i);
    if (upsert && !guards && !column.key && !NamesRow(plan, index)) batch.updated.push_back(i);
  }
  batch.unchanged_if_given = upsert;
  return variant;
}

std::vector<SampledStatement> SampleBatch(const MethodPlan& plan) { return BatchSampler(plan).Sample(); }

}  // namespace rowkeeper::sql
