#include "server/sql/variants.h"

#include <google/protobuf/descriptor.h>

#include <numeric>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/plan/inputs.h"
#include "server/plan/page/order_by.h"
#include "server/plan/response_facts.h"
#include "server/sql/identifier.h"
#include "server/sql/render.h"
#include "server/sql/variants_batch.h"
#include "server/sql/variants_json.h"
#include "server/sql/variants_list.h"
#include "server/sql/variants_relation.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Operation;
using plan::Deleted;
using plan::MethodPlan;
using plan::Variant;

std::vector<int> Indexes(size_t size) {
  std::vector<int> indexes(size);
  std::iota(indexes.begin(), indexes.end(), 0);
  return indexes;
}

/// Gathers a plan's statements.
class Sampler {
 public:
  explicit Sampler(const MethodPlan& plan) : plan_(plan), basic_(BasicVariant(plan)) {}

  std::vector<SampledStatement> Sample() {
    Add("", basic_);
    SampleFilters();
    SampleDeleted();
    if (plan_.operation == Operation::kList) SampleOrders();
    if (plan_.operation == Operation::kExport) SampleCursors("", basic_);
    if (plan_.operation == Operation::kCreate || plan_.operation == Operation::kUpdate) SampleValues();
    if (plan_.operation == Operation::kUpdate || plan_.operation == Operation::kUpdateWhere) {
      for (SampledStatement& sample : SampleJsonWrites(plan_, basic_)) statements_.push_back(std::move(sample));
    }
    if (catalogue::IsBulkChange(plan_.operation)) {
      SampleBulkChange();
    } else if (!plan_.reads_only() && plan_.operation != Operation::kCreate) {
      SampleMisses();
    }
    return std::move(statements_);
  }

 private:
  void Add(std::string label, const Variant& variant) {
    statements_.push_back({std::move(label), Render(plan_, variant)});
  }

  void SampleFilters() {
    for (int i : Indexes(plan_.filters.size())) {
      if (plan_.filters[i].required) continue;
      Variant variant = basic_;
      variant.filters.erase(variant.filters.begin() + i);
      Add(Cat("without ", plan_.inputs[plan_.filters[i].input].name), variant);
      if (plan_.filters[i].op != plan::FilterOperator::kIsNull) continue;
      variant = basic_;
      variant.not_null = {i};
      Add(Cat("with ", plan_.inputs[plan_.filters[i].input].name, " false"), variant);
    }
  }

  void SampleDeleted() {
    if (!HasInput(plan_, plan::InputRole::kDeleted)) return;
    Variant variant = basic_;
    variant.deleted = Deleted::kInclude;
    Add("including deleted", variant);
    variant.deleted = Deleted::kOnly;
    Add("only deleted", variant);
  }

  void SampleOrders() {
    SampleCursors("", basic_);
    if (!HasInput(plan_, plan::InputRole::kOrderBy)) return;
    for (int column : Indexes(plan_.entity->columns.size())) {
      if (!plan_.entity->columns[column].sortable) continue;
      for (bool descending : {false, true}) {
        Variant variant = basic_;
        variant.order = plan::CompleteOrder(*plan_.entity, {{column, descending}});
        const std::string label =
            Cat("ordered by ", plan_.entity->columns[column].field->name(), descending ? " desc" : "");
        Add(label, variant);
        SampleCursors(label + ", ", variant);
        if (!plan_.entity->columns[column].nullable) continue;
        variant.order[0].nulls_moved = true;
        Add(label + (descending ? " nulls last" : " nulls first"), variant);
        SampleCursors(label + (descending ? " nulls last, " : " nulls first, "), variant);
      }
    }
  }

  void SampleCursors(const std::string& label, Variant variant) {
    variant.cursor_nulls.assign(variant.order.size(), false);
    Add(label + "next page", variant);
    for (size_t i = 0; i < variant.order.size(); ++i) {
      if (!plan_.entity->columns[variant.order[i].column].nullable) continue;
      variant.cursor_nulls[i] = true;
      Add(label + "next page after NULL", variant);
    }
  }

  void SampleEachValue() {
    for (int i : basic_.written) {
      Variant variant = basic_;
      variant.unchanged.clear();
      variant.written = {i};
      Add(Cat("writing ", plan_.inputs[plan_.values[i].input].name), variant);
    }
  }

  void SampleBulkChange() {
    SampleEachValue();
    if (plan_.operation != Operation::kPurge) return;
    statements_.push_back({"whether there is more", RenderProbe(plan_, basic_)});
  }

  void SampleValues() {
    SampleEachValue();
    Variant nothing = basic_;
    nothing.written.clear();
    Add("writing nothing", nothing);
  }

  void SampleMisses() {
    Variant variant = basic_;
    if (plan_.entity->version.has_value()) {
      variant.version_guard = true;
      Add("with a version", variant);
    }
    statements_.push_back({"why no row was found", RenderProbe(plan_, variant)});
    if (!variant.columns.empty() && plan_.operation != Operation::kUpdate && plan_.operation != Operation::kDelete) {
      statements_.push_back({"row in the wanted state already", RenderReread(plan_, variant)});
    }
  }

  const MethodPlan& plan_;
  const Variant basic_;
  std::vector<SampledStatement> statements_;
};

}  // namespace

Variant BasicVariant(const MethodPlan& plan) {
  if (plan.query != nullptr) return {};
  if (plan.batch.has_value()) return BasicBatchVariant(plan);
  Variant variant;
  if (plan::CarriesRows(plan.response)) variant.columns = Indexes(plan.entity->columns.size());
  variant.filters = Indexes(plan.filters.size());
  for (int i : Indexes(plan.values.size())) {
    const catalogue::Column& column = plan.entity->columns[plan.values[i].column];
    if (plan.operation == Operation::kUpdateWhere && (column.key || column.immutable)) continue;
    const bool immutable = plan.operation == Operation::kUpdate && column.immutable;
    (immutable ? variant.unchanged : variant.written).push_back(i);
  }
  if (plan.operation == Operation::kList) variant.order = plan::CompleteOrder(*plan.entity, plan.entity->default_order);
  if (plan.operation == Operation::kExport) variant.order = plan::CompleteOrder(*plan.entity, {});
  return variant;
}

std::vector<SampledStatement> SampleStatements(const MethodPlan& plan) {
  if (plan.query != nullptr) return {{"", Render(plan, {})}};  // it has one text for all calls
  std::vector<SampledStatement> statements = plan.batch.has_value() ? SampleBatch(plan) : Sampler(plan).Sample();
  SampleRelations(plan, &statements);
  SampleLists(plan, &statements);
  return statements;
}

std::string PrepareText(const std::string& name, const Statement& statement) {
  return Cat("PREPARE ", Identifier(name), " AS ", statement.text);
}

std::string ExplainText(const std::string& name, const Statement& statement) {
  const std::vector<std::string> nulls(statement.parameters.size(), "NULL");
  const std::string arguments = nulls.empty() ? "" : Cat("(", absl::StrJoin(nulls, ", "), ")");
  return Cat("EXPLAIN EXECUTE ", Identifier(name), arguments);
}

std::string DeallocateText(const std::string& name) { return Cat("DEALLOCATE ", Identifier(name)); }

std::string GenericPlansText() { return "SET plan_cache_mode = force_generic_plan"; }

}  // namespace rowkeeper::sql
