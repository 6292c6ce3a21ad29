#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "tests/pg/server/unit_fixture.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/random_rows.h"

namespace rowkeeper::testing {
namespace {

using catalogue::Entity;
using catalogue::Operation;
using google::protobuf::Message;

/// Every method of every repository of a catalogue, inside a unit of work.
class MethodsInUnitTest : public ::testing::TestWithParam<const char*> {
 protected:
  static bool IsOptional(const plan::MethodPlan& plan, const plan::Input& input) {
    return std::any_of(plan.filters.begin(), plan.filters.end(), [&](const plan::FilterTerm& filter) {
      return &plan.inputs[static_cast<size_t>(filter.input)] == &input && !filter.required;
    });
  }
  /// A request about `row`, as far as the method needs one.
  std::unique_ptr<Message> RequestAbout(const plan::MethodPlan& plan, const Message& row) {
    auto request = server_.New(plan.method->input_type());
    for (const plan::Input& input : plan.inputs) {
      const bool about_row =
          (input.role == plan::InputRole::kFilter && !IsOptional(plan, input)) || input.role == plan::InputRole::kValue;
      if (input.role == plan::InputRole::kUpdateMask) {
        Message* mask = request->GetReflection()->MutableMessage(request.get(), input.path[0]);
        mask->GetReflection()->AddString(mask, mask->GetDescriptor()->FindFieldByName("paths"), "*");
      } else if (about_row && input.path.size() > 1) {
        request->GetReflection()->MutableMessage(request.get(), input.path[0])->CopyFrom(row);
      } else if (about_row) {
        CopyField(row, *plan.entity->columns[static_cast<size_t>(input.column)].field, request.get(), *input.path[0]);
      }
    }
    return request;
  }

  /// The row as the method returns it, or a copy of `row` where it returns something else.
  std::unique_ptr<Message> CallInside(const Unit& unit, const plan::MethodPlan& plan, const Message& row) {
    const auto request = RequestAbout(plan, row);
    auto response = server_.CallMessage(plan, *request, unit.Inside());
    EXPECT_TRUE(response.ok()) << plan.full_name << ": " << response.status() << "\n" << request->DebugString();
    if (response.ok() && plan.response.shape == plan::ResponseShape::kEntity) return *std::move(response);
    auto copy = std::unique_ptr<Message>(row.New());
    copy->CopyFrom(row);
    return copy;
  }

  std::unique_ptr<Message> CallAll(const Unit& unit, const Entity& entity, Operation operation,
                                   std::unique_ptr<Message> row) {
    for (const auto& plan : server_.loaded().plans) {
      if (plan->entity != &entity || plan->operation != operation) continue;
      row = CallInside(unit, *plan, *row);
      ++called_;
    }
    return row;
  }

  std::string ReadOutside(const Entity& entity, const Message& row) {
    const plan::MethodPlan* plan = FindOperation(server_.loaded(), entity, Operation::kGet);
    return ReasonOf(server_.CallMessage(*plan, *RequestAbout(*plan, row)));
  }

  InProcessServer server_{CompileExample(GetParam())};
  RandomRows rows_{&server_, 7};
  size_t called_ = 0;
};

TEST_P(MethodsInUnitTest, AllWorkAndNobodyElseSeesThemBeforeCommit) {
  for (const auto& entity : server_.loaded().catalogue->entities()) {
    SCOPED_TRACE(entity->full_name);
    rows_.Create(*entity, RandomRows::Presence::kSome);  // for references of the entity to itself
    auto row = rows_.Fill(*entity, RandomRows::Presence::kAll);
    const Unit writes(&server_);
    for (const Operation operation : {Operation::kCreate, Operation::kGet, Operation::kList, Operation::kUpdate}) {
      row = CallAll(writes, *entity, operation, std::move(row));
      EXPECT_EQ(ReadOutside(*entity, *row), "ROW_NOT_FOUND");
    }
    row = CallAll(writes, *entity, Operation::kSoftDelete, std::move(row));
    row = CallAll(writes, *entity, Operation::kRestore, std::move(row));
    EXPECT_EQ(ReadOutside(*entity, *row), "ROW_NOT_FOUND");
    EXPECT_EQ(Summary(writes.Commit()), "OK");
    EXPECT_EQ(ReadOutside(*entity, *row), "OK");

    const Unit deletes(&server_);
    row = CallAll(deletes, *entity, Operation::kDelete, std::move(row));
    EXPECT_EQ(ReadOutside(*entity, *row), "OK");
    EXPECT_EQ(Summary(deletes.Rollback()), "OK");
    EXPECT_EQ(ReadOutside(*entity, *row), "OK");
  }
  // Batches, bulk changes and queries have tests of their own.
  const auto& plans = server_.loaded().plans;
  const auto of_one_row = [](const auto& plan) { return plan->operation <= Operation::kDelete; };
  EXPECT_EQ(called_, static_cast<size_t>(std::count_if(plans.begin(), plans.end(), of_one_row)))
      << "some method was left out";
}

INSTANTIATE_TEST_SUITE_P(Examples, MethodsInUnitTest, ::testing::Values("planner/v1", "tracker/v1"),
                         [](const auto& example) { return std::string(example.param, 7); });

}  // namespace
}  // namespace rowkeeper::testing
