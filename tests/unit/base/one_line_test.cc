#include "server/base/one_line.h"

#include <gtest/gtest.h>

namespace rowkeeper {
namespace {

TEST(OneLine, KeepsWhatPeopleRead) {
  EXPECT_EQ(OneLine("plain 'text' with \"quotes\" and ä, €, 😀"), "plain 'text' with \"quotes\" and ä, €, 😀");
  EXPECT_EQ(OneLine(""), "");
}

TEST(OneLine, LeavesNoControlCharacter) {
  for (int c = 0; c < 0x20; ++c) EXPECT_EQ(OneLine(std::string{'a', static_cast<char>(c), 'b'}), "a b") << c;
  EXPECT_EQ(OneLine("a\x7F"
                    "b"),
            "a b");
  for (int c = 0x80; c <= 0x9F; ++c) EXPECT_EQ(OneLine(std::string{'\xC2', static_cast<char>(c)}), " ") << c;
  EXPECT_EQ(OneLine("\u00A0"), "\u00A0");
}

TEST(OneLine, LeavesNothingThatSeparatesLinesOrTurnsTheirDirection) {
  EXPECT_EQ(OneLine("a\u2028b\u2029c\u202Ed\u2066e\u2069f"), "a b c d e f");
  EXPECT_EQ(OneLine("\u2027\u202F\u2065"), "\u2027\u202F\u2065");
}

TEST(OneLine, TakesBytesThatEndEarlyAsTheyAre) { EXPECT_EQ(OneLine("\xE2\x80"), "\xE2\x80"); }

}  // namespace
}  // namespace rowkeeper
