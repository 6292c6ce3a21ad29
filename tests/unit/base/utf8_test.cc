#include "server/base/utf8.h"

#include <gtest/gtest.h>

namespace rowkeeper {
namespace {

std::string Encode(uint32_t point) {
  const auto tail = [](uint32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) return {static_cast<char>(0xC0 | (point >> 6)), tail(point)};
  if (point < 0x10000) return {static_cast<char>(0xE0 | (point >> 12)), tail(point >> 6), tail(point)};
  return {static_cast<char>(0xF0 | (point >> 18)), tail(point >> 12), tail(point >> 6), tail(point)};
}

TEST(Utf8Test, ExactlyTheCodePointsOutsideTheSurrogatesAreWellFormed) {
  for (uint32_t point = 0; point < 0x200000; ++point) {
    const std::string text = Encode(point);
    const bool valid = point <= 0x10FFFF && !(point >= 0xD800 && point <= 0xDFFF);
    ASSERT_EQ(ValidUtf8Prefix(text), valid ? text.size() : 0) << point;
  }
}

TEST(Utf8Test, OverlongAndTruncatedFormsAreNot) {
  for (const char* text :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xE2\x82", "\xF0\x9F\x98", "\x80"}) {
    EXPECT_EQ(ValidUtf8Prefix(text), 0u);
  }
  EXPECT_EQ(ValidUtf8Prefix("ab\xC3"), 2u);
}

TEST(Utf8Test, RepairReplacesOnlyWhatIsBroken) {
  EXPECT_EQ(RepairUtf8("a\xFF\xC3\xA4\xC3"), "a\xEF\xBF\xBD\xC3\xA4\xEF\xBF\xBD");
  EXPECT_EQ(RepairUtf8(""), "");
}

TEST(Utf8Test, ShortenCutsAtACharacterAndMarksIt) {
  EXPECT_EQ(ShortenUtf8("abcdef", 6), "abcdef");
  EXPECT_EQ(ShortenUtf8("abcdefg", 6), "abc\xE2\x80\xA6");
  for (size_t limit = 3; limit < 40; ++limit) {
    const std::string text = ShortenUtf8("\xF0\x9F\x98\x80\xC3\xA4\xE2\x82\xAC z\xFF\xFF\xFF\xFF end of it all", limit);
    EXPECT_LE(text.size(), limit);
    EXPECT_EQ(ValidUtf8Prefix(text), text.size());
  }
}

}  // namespace
}  // namespace rowkeeper
