#include "server/base/text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace rowkeeper {
namespace {

TEST(CatTest, JoinsTextsAndNumbers) {
  const std::string text = "b";
  EXPECT_EQ(Cat("a", text, std::string_view("c"), 1, int64_t{-2}, size_t{3}), "abc1-23");
  EXPECT_EQ(Cat(std::numeric_limits<uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(Cat(), "");
}

TEST(CatTest, KeepsNulBytes) { EXPECT_EQ(Cat(std::string_view("a\0b", 3), "c").size(), 4u); }

TEST(ToAbslTest, ViewsTheSameBytes) {
  const std::string_view text("a\0b", 3);
  EXPECT_EQ(ToAbsl(text).data(), text.data());
  EXPECT_EQ(ToAbsl(text).size(), 3u);
}

}  // namespace
}  // namespace rowkeeper
