#include "server/sql/sampler.h"

#include <google/protobuf/descriptor.h>

#include <memory>
#include <numeric>

#include "server/base/text.h"
#include "server/plan/filter/expression.h"
#include "server/plan/inputs.h"
#include "server/plan/response_facts.h"
#include "server/sql/render.h"
#include "server/sql/variants_json.h"
#include "server/sql/variants_relation.h"

namespace rowkeeper::sql {
namespace {

using plan::Deleted;
using plan::FilterExpression;
using plan::Variant;
using Kind = FilterExpression::Kind;

/// Every condition on `column`, each twice in one tree, so that OR and NOT are seen too.
FilterExpression AllConditions(const catalogue::Column& column, int index) {
  FilterExpression all;
  all.kind = Kind::kOr;
  int operands = 0;
  for (const Kind kind : plan::FilterKindsOf(column)) {
    FilterExpression condition;
    condition.kind = kind;
    condition.column = index;
    if (plan::HasOperand(kind)) condition.operand = operands++;
    all.parts.push_back(condition);
  }
  FilterExpression both;
  both.kind = Kind::kAnd;
  both.parts.push_back(all);
  FilterExpression opposite;
  opposite.kind = Kind::kNot;
  opposite.parts.push_back(std::move(all));
  both.parts.push_back(std::move(opposite));
  return both;
}

}  // namespace

std::vector<int> Indexes(size_t size) {
  std::vector<int> indexes(size);
  std::iota(indexes.begin(), indexes.end(), 0);
  return indexes;
}

std::vector<int> ColumnsOfResponse(const plan::MethodPlan& plan) {
  return plan::CarriesRows(plan.response) ? Indexes(plan.entity->columns.size()) : std::vector<int>();
}

Sampler::Sampler(const plan::MethodPlan& plan, Variant basic) : plan_(plan), basic_(std::move(basic)) {
  Add("", basic_);
}

void Sampler::Add(std::string label, const Variant& variant) { Add(std::move(label), Render(plan_, variant)); }

void Sampler::SampleFilters() {
  for (int i : Indexes(plan_.filters.size())) {
    if (plan_.filters[i].required) continue;
    Variant variant = basic_;
    variant.filters.erase(variant.filters.begin() + i);
    Add(Cat("without ", plan_.inputs[plan_.filters[i].input].name), variant);
    if (plan_.filters[i].op != plan::FilterOperator::kIsNull) continue;
    variant = basic_;
    plan::PartOf<plan::WithConditions>(&variant.family)->not_null = {i};
    Add(Cat("with ", plan_.inputs[plan_.filters[i].input].name, " false"), variant);
  }
}

void Sampler::SampleDeleted() {
  if (!HasInput(plan_, plan::InputRole::kDeleted)) return;
  Variant variant = basic_;
  variant.deleted = Deleted::kInclude;
  Add("including deleted", variant);
  variant.deleted = Deleted::kOnly;
  Add("only deleted", variant);
}

void Sampler::SampleExpressions() {
  if (!HasInput(plan_, plan::InputRole::kExpression)) return;
  for (const catalogue::Column& column : plan_.entity->columns) {
    if (!column.filterable) continue;
    const int index = plan_.entity->IndexOf(column);
    Variant variant = basic_;
    plan::PartOf<plan::WithConditions>(&variant.family)->expression =
        std::make_shared<const FilterExpression>(AllConditions(column, index));
    Add(Cat("filtered by ", column.field->name()), variant);
  }
}

void Sampler::SampleJsonWrites() {
  for (SampledStatement& sample : sql::SampleJsonWrites(plan_, basic_)) samples_.push_back(std::move(sample));
}

void Sampler::SampleRelations() { sql::SampleRelations(plan_, basic_, &samples_); }

}  // namespace rowkeeper::sql
