#include "server/sql/variants_batch.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "server/base/text.h"
#include "server/plan/inputs.h"
#include "server/plan/response_facts.h"
#include "server/sql/render.h"
#include "server/sql/variants_json.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Column;
using catalogue::Operation;
using plan::Deleted;
using plan::MethodPlan;
using plan::Variant;

bool NamesRow(const MethodPlan& plan, int column) {
  return std::any_of(plan.filters.begin(), plan.filters.end(),
                     [column](const plan::FilterTerm& key) { return key.column == column; });
}

class BatchSampler {
 public:
  explicit BatchSampler(const MethodPlan& plan) : plan_(plan), basic_(BasicBatchVariant(plan)) {}

  std::vector<SampledStatement> Sample() {
    Add("", basic_);
    SampleDeleted();
    if (HasInput(plan_, plan::InputRole::kAllowMissing)) {
      Variant variant = basic_;
      variant.allow_missing = true;
      Add("some may be missing", variant);
    }
    if (plan_.operation == Operation::kBatchCreate || catalogue::IsUpsert(plan_.operation)) SampleDefaults();
    if (plan_.operation == Operation::kBatchUpdate) SampleMasks();
    if (!plan_.reads_only() && plan_.operation != Operation::kBatchCreate) SampleMisses();
    return std::move(statements_);
  }

 private:
  void Add(std::string label, const Variant& variant) {
    statements_.push_back({std::move(label), Render(plan_, variant)});
  }

  void SampleDeleted() {
    if (!HasInput(plan_, plan::InputRole::kDeleted)) return;
    Variant variant = basic_;
    variant.deleted = Deleted::kInclude;
    Add("including deleted", variant);
    variant.deleted = Deleted::kOnly;
    Add("only deleted", variant);
  }

  void SampleDefaults() {
    Variant variant = basic_;
    for (int i : basic_.written) {
      const Column& column = plan_.entity->columns[plan_.values[i].column];
      if (column.has_default() && !(catalogue::IsUpsert(plan_.operation) && NamesRow(plan_, plan_.values[i].column))) {
        variant.defaulted.push_back(i);
      }
    }
    if (!variant.defaulted.empty()) Add("some rows without what has a default", variant);
  }

  void SampleMasks() {
    Variant variant = basic_;
    variant.unchanged_if_given = true;
    if (!variant.unchanged.empty()) Add("immutable fields where given", variant);
    variant.written.clear();
    variant.unchanged.clear();
    Add("writing nothing", variant);
    for (SampledStatement& sample : SampleJsonWrites(plan_, basic_)) statements_.push_back(std::move(sample));
  }

  void SampleMisses() {
    Variant variant = basic_;
    if (HasInput(plan_, plan::InputRole::kVersion)) {
      variant.version_guard = true;
      Add("with versions", variant);
    }
    statements_.push_back({"why no row was found", RenderProbe(plan_, variant)});
    if (catalogue::IsUpsert(plan_.operation)) {
      statements_.push_back({"row in the wanted state already", RenderReread(plan_, basic_)});
    }
  }

  const MethodPlan& plan_;
  const Variant basic_;
  std::vector<SampledStatement> statements_;
};

}  // namespace

Variant BasicBatchVariant(const MethodPlan& plan) {
  Variant variant;
  if (plan::CarriesRows(plan.response)) {
    for (size_t i = 0; i < plan.entity->columns.size(); ++i) variant.columns.push_back(static_cast<int>(i));
  }
  const bool upsert = catalogue::IsUpsert(plan.operation);
  for (int i = 0; i < static_cast<int>(plan.values.size()); ++i) {
    const int index = plan.values[i].column;
    const Column& column = plan.entity->columns[index];
    const bool guards = column.immutable && plan.operation != Operation::kBatchCreate && !NamesRow(plan, index);
    if (guards) variant.unchanged.push_back(i);
    if (!guards || upsert) variant.written.push_back(i);
    if (upsert && !guards && !column.key && !NamesRow(plan, index)) variant.updated.push_back(i);
  }
  variant.unchanged_if_given = upsert;
  return variant;
}

std::vector<SampledStatement> SampleBatch(const MethodPlan& plan) { return BatchSampler(plan).Sample(); }

}  // namespace rowkeeper::sql
