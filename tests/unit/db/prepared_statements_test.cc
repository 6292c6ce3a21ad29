#include "server/db/prepared_statements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowkeeper::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Found = PreparedStatements::State;

TEST(PreparedStatementsTest, FindCountsAsUse) {
  PreparedStatements statements(2);
  statements.Add("one");
  statements.Add("two");
  EXPECT_EQ(statements.Find("one"), Found::kPrepared);
  statements.Add("three");
  EXPECT_TRUE(statements.has_forgotten());
  EXPECT_THAT(statements.TakeForgotten(), ElementsAre("two"));
  EXPECT_FALSE(statements.has_forgotten());
  EXPECT_EQ(statements.Find("two"), Found::kUnknown);
  EXPECT_EQ(statements.Find("one"), Found::kPrepared);
  EXPECT_EQ(statements.Find("three"), Found::kPrepared);
}

TEST(PreparedStatementsTest, ForgottenOneIsThereUntilItIsTaken) {
  PreparedStatements statements(1);
  statements.Add("one");
  statements.Add("two");
  EXPECT_EQ(statements.Find("one"), Found::kPrepared);
  EXPECT_THAT(statements.TakeForgotten(), ElementsAre("two")) << "it is the server's, and prepared once";
}

TEST(PreparedStatementsTest, StaleOneIsPreparedAnewOnceItWasDeallocated) {
  PreparedStatements statements(4);
  statements.Add("one");
  statements.MarkStale("one");
  EXPECT_EQ(statements.Find("one"), Found::kStale);
  statements.Drop("one");
  EXPECT_EQ(statements.Find("one"), Found::kUnknown);
  statements.Add("one");
  EXPECT_EQ(statements.Find("one"), Found::kPrepared);
}

TEST(PreparedStatementsTest, PreparedAnewWithoutBeingDroppedIsFresh) {
  PreparedStatements statements(4);
  statements.Add("one");
  statements.Add("two");
  statements.MarkStale("one");
  statements.Add("one");
  EXPECT_EQ(statements.Find("one"), Found::kPrepared);
  EXPECT_EQ(statements.Find("two"), Found::kPrepared);
}

TEST(PreparedStatementsTest, UnknownOnesAreNothingToForget) {
  PreparedStatements statements(1);
  statements.MarkStale("one");
  statements.Drop("one");
  EXPECT_EQ(statements.Find("one"), Found::kUnknown);
  EXPECT_THAT(statements.TakeForgotten(), IsEmpty());
}

TEST(PreparedStatementsTest, CapacityIsAtLeastOne) {
  PreparedStatements statements(0);
  statements.Add("one");
  EXPECT_EQ(statements.Find("one"), Found::kPrepared);
  EXPECT_FALSE(statements.has_forgotten());
}

}  // namespace
}  // namespace rowkeeper::db
