#include "server/status/number_text.h"

#include <gtest/gtest.h>

namespace rowkeeper::status {
namespace {

TEST(NumberTextTest, NumbersHaveThreeDigitsThatTell) {
  const auto text = [](double value, Unit unit) { return ToText(Number{value, unit}); };
  EXPECT_EQ(text(0, Unit::kCount), "0");
  EXPECT_EQ(text(7, Unit::kCount), "7");
  EXPECT_EQ(text(999, Unit::kCount), "999");
  EXPECT_EQ(text(1204, Unit::kCount), "1,204");
  EXPECT_EQ(text(1234567, Unit::kCount), "1,234,567");
  EXPECT_EQ(text(12.34, Unit::kPerSecond), "12.3/s");
  EXPECT_EQ(text(0.418, Unit::kMilliseconds), "0.42 ms");
  EXPECT_EQ(text(418.4, Unit::kMilliseconds), "418 ms");
  EXPECT_EQ(text(3140, Unit::kMilliseconds), "3.1 s");
  EXPECT_EQ(text(180000, Unit::kMilliseconds), "3 min");
  EXPECT_EQ(text(79.6, Unit::kPercent), "80 %");
  EXPECT_EQ(text(kNoValue, Unit::kCount), "none");
}

TEST(NumberTextTest, MomentsAreUtc) {
  const Moment moment{Clock::wall_time_point(std::chrono::seconds(1767225600))};
  EXPECT_EQ(ToText(moment), "2026-01-01 00:00:00 UTC");
  EXPECT_EQ(ToIsoText(moment), "2026-01-01T00:00:00Z");
}

TEST(NumberTextTest, ScalesEndAtRoundNumbers) {
  EXPECT_EQ(RoundUpNicely(0), 1);
  EXPECT_EQ(RoundUpNicely(kNoValue), 1);
  EXPECT_EQ(RoundUpNicely(1), 1);
  EXPECT_EQ(RoundUpNicely(1.1), 2);
  EXPECT_EQ(RoundUpNicely(30), 50);
  EXPECT_EQ(RoundUpNicely(51), 100);
  EXPECT_DOUBLE_EQ(RoundUpNicely(0.03), 0.05);
}

}  // namespace
}  // namespace rowkeeper::status
