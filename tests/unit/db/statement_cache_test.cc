#include "server/db/statement_cache.h"

#include <gtest/gtest.h>

namespace rowkeeper::db {
namespace {

TEST(StatementCacheTest, FindCountsAsUse) {
  StatementCache cache(2);
  const std::string one = cache.Add(1, cache.NewName());
  const std::string two = cache.Add(2, cache.NewName());
  ASSERT_NE(cache.Find(1), nullptr);
  cache.Add(3, cache.NewName());
  EXPECT_EQ(cache.Find(2), nullptr);
  ASSERT_NE(cache.Find(1), nullptr);
  EXPECT_EQ(*cache.Find(1), one);
  EXPECT_EQ(cache.TakeRetired(), std::vector<std::string>{two});
  EXPECT_FALSE(cache.has_retired());
}

TEST(StatementCacheTest, ForgottenStatementGetsANewName) {
  StatementCache cache(4);
  const std::string first = cache.Add(1, cache.NewName());
  cache.Forget(1);
  cache.Forget(1);
  EXPECT_EQ(cache.Find(1), nullptr);
  EXPECT_NE(cache.Add(1, cache.NewName()), first);
  EXPECT_EQ(cache.TakeRetired(), std::vector<std::string>{first});
}

TEST(StatementCacheTest, CapacityIsAtLeastOne) {
  StatementCache cache(0);
  cache.Add(1, cache.NewName());
  EXPECT_NE(cache.Find(1), nullptr);
}

}  // namespace
}  // namespace rowkeeper::db
