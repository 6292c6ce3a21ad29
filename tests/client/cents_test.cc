#include "client/examples/cents.h"

#include <gtest/gtest.h>

namespace example {
namespace {

TEST(Cents, DecimalsAreExactBothWays) {
  for (const char* text : {"0.00", "0.01", "0.10", "-0.05", "250.50", "-1234.50", "9999999999999999.99"}) {
    const auto cents = ParseCents(text);
    ASSERT_TRUE(cents) << text;
    EXPECT_EQ(FormatCents(*cents), text);
  }
  EXPECT_EQ(ParseCents("7"), 700);
  EXPECT_EQ(ParseCents("7.5"), 750);
}

TEST(Cents, OtherTextIsNoAmount) {
  for (const char* text : {"", "-", ".", "1.", ".5", "1.234", "1e3", "0x1", " 1", "1 ", "--1", "12345678901234567"}) {
    EXPECT_EQ(ParseCents(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace example
