#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_join.h"
#include "server/plan/batch/import_response.h"
#include "server/plan/method_plan.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Operation;
using catalogue::Relation;

/// One of the example catalogues, which show everything that there is.
class ExampleUsesAllOfIt : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    catalogue_ = testing::CompileExample(std::string(GetParam()) + "/v1");
    ASSERT_NE(catalogue_, nullptr);
    catalogue::Diagnostics diagnostics;
    plans_ = CompilePlans(*catalogue_, &diagnostics);
    ASSERT_TRUE(diagnostics.ok());
  }

  /// The numbers from `first` to `last` that are not in `seen`.
  template <typename Enum>
  static std::string Unused(const std::set<Enum>& seen, Enum first, Enum last) {
    std::set<int> unused;
    for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
      if (seen.count(static_cast<Enum>(i)) == 0) unused.insert(i);
    }
    return absl::StrJoin(unused, ", ");
  }

  std::unique_ptr<const catalogue::Catalogue> catalogue_;
  std::vector<std::unique_ptr<const MethodPlan>> plans_;
};

TEST_P(ExampleUsesAllOfIt, EveryOperation) {
  std::set<Operation> seen;
  for (const auto& plan : plans_) seen.insert(IsImport(*plan) ? Operation::kImport : plan->operation);
  EXPECT_EQ(Unused(seen, Operation::kCreate, Operation::kQuery), "");
}

TEST_P(ExampleUsesAllOfIt, EveryFilterOperator) {
  std::set<FilterOperator> seen;
  for (const auto& plan : plans_) {
    for (const FilterTerm& filter : plan->filters) seen.insert(filter.op);
  }
  EXPECT_EQ(Unused(seen, FilterOperator::kEqual, FilterOperator::kSearch), "");
}

TEST_P(ExampleUsesAllOfIt, EveryRequestField) {
  std::set<InputRole> seen;
  for (const auto& plan : plans_) {
    for (const Input& input : plan->inputs) seen.insert(input.role);
  }
  seen.insert(InputRole::kIgnored);
  EXPECT_EQ(Unused(seen, InputRole::kFilter, InputRole::kSkipUnrepresentable), "");
}

TEST_P(ExampleUsesAllOfIt, EveryKindOfRelation) {
  std::set<Relation::Kind> seen;
  bool ordered = false, filtered = false, limited = false, to_itself = false;
  for (const auto& entity : catalogue_->entities()) {
    for (const Relation& relation : entity->relations) {
      seen.insert(relation.kind);
      ordered = ordered || !relation.order.empty();
      filtered = filtered || !relation.filter.empty();
      limited = limited || (relation.to_many && relation.limit != Relation().limit);
      to_itself = to_itself || relation.target == entity.get();
    }
  }
  EXPECT_EQ(Unused(seen, Relation::Kind::kReference, Relation::Kind::kThrough), "");
  EXPECT_TRUE(ordered) << "no relation has an order";
  EXPECT_TRUE(filtered) << "no relation has a filter";
  EXPECT_TRUE(limited) << "no relation has a limit";
  EXPECT_TRUE(to_itself) << "no entity is related to itself";
}

TEST_P(ExampleUsesAllOfIt, EveryFormOfResponse) {
  bool previous = false, total = false, partial = false, writing_query = false, conflict = false;
  for (const auto& plan : plans_) {
    previous = previous || plan->response.previous_page_token != nullptr;
    total = total || plan->response.total_size != nullptr;
    partial = partial || plan->partial;
    writing_query = writing_query || (plan->operation == Operation::kQuery && !plan->query_reads);
    conflict = conflict || plan->response.outcomes != nullptr;
  }
  EXPECT_TRUE(previous && total && partial && writing_query && conflict)
      << previous << total << partial << writing_query << conflict;
}

INSTANTIATE_TEST_SUITE_P(Of, ExampleUsesAllOfIt, ::testing::Values("planner", "tracker"),
                         [](const auto& example) { return std::string(example.param); });

}  // namespace
}  // namespace rowkeeper::plan
