#include "server/db/prepared_statements.h"

#include <gtest/gtest.h>

namespace rowkeeper::db {
namespace {

TEST(PreparedStatementsTest, FindCountsAsUse) {
  PreparedStatements statements(2);
  const std::string one = statements.Add(1, statements.NewName());
  const std::string two = statements.Add(2, statements.NewName());
  ASSERT_NE(statements.Find(1), nullptr);
  statements.Add(3, statements.NewName());
  EXPECT_EQ(statements.Find(2), nullptr);
  ASSERT_NE(statements.Find(1), nullptr);
  EXPECT_EQ(*statements.Find(1), one);
  EXPECT_EQ(statements.TakeRetired(), std::vector<std::string>{two});
  EXPECT_FALSE(statements.has_retired());
}

TEST(PreparedStatementsTest, ForgottenStatementGetsANewName) {
  PreparedStatements statements(4);
  const std::string first = statements.Add(1, statements.NewName());
  statements.Forget(1);
  statements.Forget(1);
  EXPECT_EQ(statements.Find(1), nullptr);
  EXPECT_NE(statements.Add(1, statements.NewName()), first);
  EXPECT_EQ(statements.TakeRetired(), std::vector<std::string>{first});
}

TEST(PreparedStatementsTest, CapacityIsAtLeastOne) {
  PreparedStatements statements(0);
  statements.Add(1, statements.NewName());
  EXPECT_NE(statements.Find(1), nullptr);
}

}  // namespace
}  // namespace rowkeeper::db
