#include "server/sql/activity.h"

#include <gtest/gtest.h>

namespace rowkeeper::sql {
namespace {

TEST(FindPlanNodeTest, GivesNodesWithoutCostsAndNoConditions) {
  EXPECT_EQ(FindPlanNode("Limit  (cost=0.28..8.30 rows=1 width=8)"), "Limit");
  EXPECT_EQ(FindPlanNode("  ->  Index Scan using pk_todos on public.todos t  (cost=0.28..8.30 rows=1 width=8)"),
            "Index Scan using pk_todos on public.todos t");
  for (const char* line : {"", "  Output: id, title", "        Index Cond: (t.id = $1)", "Query Identifier: 12",
                           "    Filter: (title = 'SECRET'::text)", "  (cost=1"}) {
    EXPECT_EQ(FindPlanNode(line), "") << line;
  }
}

TEST(FindQueryIdTest, GivesTheIdOfItsLineAlone) {
  EXPECT_EQ(FindQueryId("Query Identifier: -9175023929875546997"), -9175023929875546997);
  EXPECT_EQ(FindQueryId("Query Identifier: x"), 0);
  EXPECT_EQ(FindQueryId("  Output: 'Query Identifier: 12'"), 0);
}

}  // namespace
}  // namespace rowkeeper::sql
