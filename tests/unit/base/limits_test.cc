#include "server/base/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>

namespace rowkeeper {
namespace {

TEST(LimitTest, NamesAreUniqueAndWrittenAsFlagsAre) {
  std::set<std::string> names;
  for (size_t number = 0; number < kLimitCount; ++number) {
    const auto limit = static_cast<Limit>(number);
    const std::string name(LimitName(limit));
    EXPECT_THAT(name, ::testing::MatchesRegex("[a-z]+(-[a-z]+)+"));
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(LimitFromName(name), limit);
  }
  EXPECT_EQ(LimitFromName("no-such-limit"), std::nullopt);
  EXPECT_EQ(LimitFromName("max_batch_rows"), std::nullopt);
}

}  // namespace
}  // namespace rowkeeper
