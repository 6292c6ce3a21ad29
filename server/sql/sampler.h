#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/variants.h"

namespace rowkeeper::sql {

/// 0, 1, … size - 1
std::vector<int> Indexes(size_t size);

/// All columns of the plan's entity where its response has rows, else none.
std::vector<int> ColumnsOfResponse(const plan::MethodPlan& plan);

/// Gathers the statements of one plan: those that several families have in the same way.
class Sampler {
 public:
  /// `basic`: what every sample is made from, and the first of them. `plan` outlives this.
  Sampler(const plan::MethodPlan& plan, plan::Variant basic);

  const plan::MethodPlan& plan() const { return plan_; }
  const plan::Variant& basic() const { return basic_; }

  void Add(std::string label, const plan::Variant& variant);
  void Add(std::string label, Statement statement) { samples_.push_back({std::move(label), std::move(statement)}); }

  /// Each filter that may be absent, absent; and each that asks for NULL, turned round.
  void SampleFilters();
  /// The visibilities that the request may ask for.
  void SampleDeleted();
  /// Every condition of a filter expression on every column that may be named in one.
  void SampleExpressions();
  /// Parts of jsonb columns.
  void SampleJsonWrites();
  /// The statement with relations, and that of every relation that can be reached.
  void SampleRelations();

  std::vector<SampledStatement> Take() { return std::move(samples_); }

 private:
  const plan::MethodPlan& plan_;
  const plan::Variant basic_;
  std::vector<SampledStatement> samples_;
};

}  // namespace rowkeeper::sql
