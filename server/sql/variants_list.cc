#include "server/sql/variants_list.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <memory>

#include "server/base/text.h"
#include "server/plan/filter/expression.h"
#include "server/plan/inputs.h"
#include "server/sql/render.h"
#include "server/sql/render_count.h"

namespace rowkeeper::sql {
namespace {

using plan::FilterExpression;
using plan::MethodPlan;
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

class ListSampler {
 public:
  ListSampler(const MethodPlan& plan, std::vector<SampledStatement>* statements)
      : plan_(plan), basic_(BasicVariant(plan)), statements_(*statements) {}

  void Sample() {
    if (HasInput(plan_, plan::InputRole::kExpression)) SampleExpressions();
    if (plan_.operation != catalogue::Operation::kList) return;
    if (HasInput(plan_, plan::InputRole::kSkip)) SampleSkip();
    if (plan_.response.previous_page_token != nullptr) SampleBackward();
    if (plan_.response.total_size != nullptr) statements_.push_back({"total size", RenderCount(plan_, basic_)});
  }

 private:
  void Add(std::string label, const Variant& variant) {
    statements_.push_back({std::move(label), Render(plan_, variant)});
  }

  void SampleExpressions() {
    for (const catalogue::Column& column : plan_.entity->columns) {
      if (!column.filterable) continue;
      const int index = plan_.entity->IndexOf(column);
      Variant variant = basic_;
      variant.expression = std::make_shared<const FilterExpression>(AllConditions(column, index));
      Add(Cat("filtered by ", column.field->name()), variant);
    }
  }

  void SampleSkip() {
    Variant variant = basic_;
    variant.skip = true;
    Add("with a skip", variant);
    variant.cursor_nulls.assign(variant.order.size(), false);
    Add("next page, with a skip", variant);
  }

  void SampleBackward() {
    Variant variant = basic_;
    variant.backward = true;
    Add("last page", variant);
    variant.cursor_nulls.assign(variant.order.size(), false);
    Add("previous page", variant);
    for (size_t i = 0; i < variant.order.size(); ++i) {
      if (!plan_.entity->columns[variant.order[i].column].nullable) continue;
      variant.cursor_nulls[i] = true;
      Add("previous page before NULL", variant);
    }
  }

  const MethodPlan& plan_;
  const Variant basic_;
  std::vector<SampledStatement>& statements_;
};

}  // namespace

void SampleLists(const MethodPlan& plan, std::vector<SampledStatement>* statements) {
  if (!plan.batch.has_value() && plan.query == nullptr) ListSampler(plan, statements).Sample();
}

}  // namespace rowkeeper::sql
