#include "server/identity/token_cache.h"

#include <gtest/gtest.h>

#include "server/base/text.h"

namespace rowkeeper::identity {
namespace {

constexpr size_t kMostBytes = size_t{256} << 10;

TokenFacts FactsOf(const std::string& name, size_t roles = 0) {
  Identity identity;
  identity.name = name;
  for (size_t i = 0; i < roles; ++i) identity.roles.push_back(Cat("a role with a name of some length, number ", i));
  return {std::make_shared<const Identity>(std::move(identity)), 0, 1};
}

TEST(TokenCacheTest, WhatWasAddedIsFoundUntilItIsRemoved) {
  TokenCache cache(kMostBytes);
  const auto alice = TokenCache::DigestOf("token of alice");
  EXPECT_FALSE(cache.Find(alice).has_value());
  cache.Add(alice, FactsOf("alice"));
  ASSERT_TRUE(cache.Find(alice).has_value());
  EXPECT_EQ(cache.Find(alice)->identity->name, "alice");
  EXPECT_FALSE(cache.Find(TokenCache::DigestOf("token of alicf")).has_value());
  cache.Remove(alice);
  EXPECT_FALSE(cache.Find(alice).has_value());
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(TokenCacheTest, ItHoldsNoMoreThanItMay) {
  TokenCache cache(kMostBytes);
  for (int i = 0; i < 20000; ++i) {
    cache.Add(TokenCache::DigestOf(Cat("token ", i)), FactsOf(Cat("caller ", i), static_cast<size_t>(i % 20)));
    ASSERT_LE(cache.bytes(), kMostBytes);
  }
  EXPECT_GT(cache.bytes(), kMostBytes / 4);
}

TEST(TokenCacheTest, WhatIsAskedForStaysWhileOthersComeAndGo) {
  TokenCache cache(kMostBytes);
  const auto busy = TokenCache::DigestOf("busy");
  const auto idle = TokenCache::DigestOf("idle");
  cache.Add(busy, FactsOf("busy"));
  cache.Add(idle, FactsOf("idle"));
  for (int i = 0; i < 20000; ++i) {
    cache.Add(TokenCache::DigestOf(Cat("token ", i)), FactsOf(Cat("caller ", i)));
    ASSERT_TRUE(cache.Find(busy).has_value()) << i;
  }
  EXPECT_FALSE(cache.Find(idle).has_value());
}

TEST(TokenCacheTest, OneThatIsTooLargeIsNotKept) {
  TokenCache cache(kMostBytes);
  const auto large = TokenCache::DigestOf("large");
  cache.Add(large, FactsOf("large", 2000));
  EXPECT_FALSE(cache.Find(large).has_value());
  EXPECT_EQ(cache.bytes(), 0u);
}

}  // namespace
}  // namespace rowkeeper::identity
