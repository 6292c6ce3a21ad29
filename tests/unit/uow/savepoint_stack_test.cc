#include "server/uow/savepoint_stack.h"

#include <gtest/gtest.h>

#include <set>

#include "server/base/error_details.h"

namespace rowkeeper::uow {
namespace {

SavepointStack::Savepoint Add(SavepointStack* stack, const std::string& name) {
  const auto next = stack->Next(name);
  EXPECT_TRUE(next.ok()) << next.status();
  if (!next.ok()) return {};
  stack->Push(*next);
  return *next;
}

TEST(SavepointStackTest, NoNumberIsUsedTwice) {
  SavepointStack stack(10);
  std::set<int> numbers;
  for (int i = 0; i < 5; ++i) {
    const SavepointStack::Savepoint savepoint = Add(&stack, "a");
    EXPECT_TRUE(numbers.insert(savepoint.number).second);
    stack.Release(savepoint.number);
  }
}

TEST(SavepointStackTest, ASavepointThatWasNotMadeLeavesNothing) {
  SavepointStack stack(10);
  ASSERT_TRUE(stack.Next("a").ok());
  EXPECT_TRUE(stack.Next("a").ok());
  EXPECT_TRUE(stack.Names().empty());
}

TEST(SavepointStackTest, RollingBackKeepsTheSavepointAndReleasingDoesNot) {
  SavepointStack stack(10);
  Add(&stack, "a");
  const int b = Add(&stack, "b").number;
  Add(&stack, "c");
  stack.RollBackTo(b);
  EXPECT_EQ(stack.Names(), (std::vector<std::string>{"a", "b"}));
  stack.Release(b);
  EXPECT_EQ(stack.Names(), (std::vector<std::string>{"a"}));
  EXPECT_EQ(ErrorReason(stack.Find("b").status()), "SAVEPOINT_NOT_FOUND");
}

TEST(SavepointStackTest, NamesThatAreMadeUpAreNotTaken) {
  SavepointStack stack(10);
  Add(&stack, "savepoint-2");
  const SavepointStack::Savepoint made_up = Add(&stack, "");
  EXPECT_EQ(made_up.number, 2);
  EXPECT_NE(made_up.name, "savepoint-2");
  EXPECT_EQ(stack.Find(made_up.name)->number, 2);
}

TEST(SavepointStackTest, TakenAndLongNamesAndTooManyAreRefused) {
  SavepointStack stack(2);
  Add(&stack, "a");
  EXPECT_EQ(ErrorReason(stack.Next("a").status()), "INVALID_FIELD");
  EXPECT_EQ(ErrorReason(stack.Next(std::string(101, 'x')).status()), "INVALID_FIELD");
  Add(&stack, std::string(100, 'x'));
  EXPECT_EQ(ErrorReason(stack.Next("b").status()), "UNIT_OF_WORK_SAVEPOINTS");
}

}  // namespace
}  // namespace rowkeeper::uow
