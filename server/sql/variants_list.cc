#include <google/protobuf/descriptor.h>

#include "server/base/text.h"
#include "server/plan/inputs.h"
#include "server/plan/page/order_by.h"
#include "server/sql/render_count.h"
#include "server/sql/render_export.h"
#include "server/sql/render_list.h"
#include "server/sql/sampler.h"
#include "server/sql/variants_families.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Operation;
using plan::ListVariant;
using plan::MethodPlan;
using plan::Variant;

class ListSampler {
 public:
  explicit ListSampler(const MethodPlan& plan) : plan_(plan), basic_(BasicListVariant(plan)), sampler_(plan, basic_) {}

  std::vector<SampledStatement> Sample() {
    sampler_.SampleFilters();
    sampler_.SampleDeleted();
    if (plan_.operation == Operation::kList) SampleOrders();
    if (plan_.operation == Operation::kExport) SampleExport();
    sampler_.SampleRelations();
    sampler_.SampleExpressions();
    if (plan_.operation == Operation::kList) SamplePages();
    SampleMerged();
    return sampler_.Take();
  }

 private:
  void Add(std::string label, const Variant& variant) { sampler_.Add(std::move(label), variant); }

  void SampleExport() {
    SampleCursors("", basic_);
    if (HasLargeRows(plan_, basic_)) sampler_.Add("large rows", RenderLargeRows(plan_, basic_));
  }

  void SampleOrders() {
    SampleCursors("", basic_);
    if (!HasInput(plan_, plan::InputRole::kOrderBy)) return;
    for (int column : Indexes(plan_.entity->columns.size())) {
      if (!plan_.entity->columns[column].sortable) continue;
      for (bool descending : {false, true}) {
        Variant variant = basic_;
        variant.as<ListVariant>().order = plan::CompleteOrder(*plan_.entity, {{column, descending}});
        const std::string label =
            Cat("ordered by ", plan_.entity->columns[column].field->name(), descending ? " desc" : "");
        Add(label, variant);
        SampleCursors(label + ", ", variant);
        if (!plan_.entity->columns[column].nullable) continue;
        variant.as<ListVariant>().order[0].nulls_moved = true;
        Add(label + (descending ? " nulls last" : " nulls first"), variant);
        SampleCursors(label + (descending ? " nulls last, " : " nulls first, "), variant);
      }
    }
  }

  void SampleCursors(const std::string& label, Variant variant) {
    variant.as<ListVariant>().cursor_nulls.assign(variant.as<ListVariant>().order.size(), false);
    Add(label + "next page", variant);
    for (size_t i = 0; i < variant.as<ListVariant>().order.size(); ++i) {
      if (!plan_.entity->columns[variant.as<ListVariant>().order[i].column].nullable) continue;
      variant.as<ListVariant>().cursor_nulls[i] = true;
      Add(label + "next page after NULL", variant);
    }
  }

  void SamplePages() {
    if (HasInput(plan_, plan::InputRole::kSkip)) SampleSkip();
    if (plan_.response.previous_page_token != nullptr) SampleBackward();
    if (plan_.response.total_size != nullptr) sampler_.Add("total size", RenderCount(plan_, basic_));
  }

  void SampleSkip() {
    Variant variant = basic_;
    variant.as<ListVariant>().skip = true;
    Add("with a skip", variant);
    variant.as<ListVariant>().cursor_nulls.assign(variant.as<ListVariant>().order.size(), false);
    Add("next page, with a skip", variant);
  }

  void SampleBackward() {
    Variant variant = basic_;
    variant.as<ListVariant>().backward = true;
    Add("last page", variant);
    variant.as<ListVariant>().cursor_nulls.assign(variant.as<ListVariant>().order.size(), false);
    Add("previous page", variant);
    for (size_t i = 0; i < variant.as<ListVariant>().order.size(); ++i) {
      if (!plan_.entity->columns[variant.as<ListVariant>().order[i].column].nullable) continue;
      variant.as<ListVariant>().cursor_nulls[i] = true;
      Add("previous page before NULL", variant);
    }
  }

  void SampleMerged() {
    if (!CanMergeLists(plan_, basic_)) return;
    sampler_.Add("of many calls", RenderMergedList(plan_, basic_));
    if (plan_.operation != Operation::kList) return;
    Variant variant = basic_;
    variant.as<ListVariant>().cursor_nulls.assign(variant.as<ListVariant>().order.size(), false);
    sampler_.Add("of many calls, next page", RenderMergedList(plan_, variant));
  }

  const MethodPlan& plan_;
  const Variant basic_;
  Sampler sampler_;
};

}  // namespace

Variant BasicListVariant(const MethodPlan& plan) {
  Variant variant = plan::EmptyVariant(plan);
  variant.columns = ColumnsOfResponse(plan);
  variant.filters = Indexes(plan.filters.size());
  if (plan.operation == Operation::kList)
    variant.as<ListVariant>().order = plan::CompleteOrder(*plan.entity, plan.entity->default_order);
  if (plan.operation == Operation::kExport) variant.as<ListVariant>().order = plan::CompleteOrder(*plan.entity, {});
  return variant;
}

std::vector<SampledStatement> SampleList(const MethodPlan& plan) { return ListSampler(plan).Sample(); }

}  // namespace rowkeeper::sql
