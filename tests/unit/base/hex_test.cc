#include "server/base/hex.h"

#include <gtest/gtest.h>

#include <optional>

namespace rowkeeper {
namespace {

std::string Hex(std::string_view bytes) {
  std::string hex;
  AppendHex(bytes, &hex);
  return hex;
}

std::optional<std::string> Unhexed(std::string_view hex) {
  std::string bytes;
  if (!AppendUnhexed(hex, &bytes)) return std::nullopt;
  return bytes;
}

TEST(HexTest, EveryByteComesBack) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  EXPECT_EQ(Hex(bytes).size(), 512U);
  EXPECT_EQ(Unhexed(Hex(bytes)), bytes);
}

TEST(HexTest, DigitsAreReadInEitherCaseAndWrittenInLower) {
  EXPECT_EQ(Unhexed("00fFAb"), std::string("\0\xff\xab", 3));
  EXPECT_EQ(Hex("\xff\xab"), "ffab");
  EXPECT_EQ(Unhexed(""), "");
}

TEST(HexTest, WhatIsNoPairsOfDigitsIsRefused) {
  for (const char* const bad : {"0", "000", "0g", "g0", " 0", "0 ", "0x", "-1", "\xc3\xa4"}) {
    EXPECT_EQ(Unhexed(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace rowkeeper
