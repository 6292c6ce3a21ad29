#include "server/base/ids.h"

#include <gtest/gtest.h>

#include <set>

namespace rowkeeper {
namespace {

TEST(IdsTest, RandomBytesHaveTheLengthAskedForAndDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string bytes = RandomBytes(16);
    ASSERT_EQ(bytes.size(), 16u);
    EXPECT_TRUE(seen.insert(bytes).second);
  }
  EXPECT_EQ(RandomBytes(0), "");
}

TEST(IdsTest, RandomHexIsLowerCase) {
  const std::string hex = RandomHex(32);
  EXPECT_EQ(hex.size(), 64u);
  EXPECT_EQ(hex.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(IdsTest, Base64UrlRoundTripsEveryLength) {
  for (size_t length = 0; length < 70; ++length) {
    const std::string bytes = RandomBytes(length);
    const std::string text = Base64UrlEncode(bytes);
    EXPECT_EQ(text.find_first_of("+/="), std::string::npos);
    std::string decoded;
    ASSERT_TRUE(Base64UrlDecode(text, &decoded));
    EXPECT_EQ(decoded, bytes);
  }
}

TEST(IdsTest, Base64UrlHasOneSpelling) {
  std::string decoded;
  for (const char* text : {"QQ==", "QQ=", "Q", "QR", "Q Q", "QQ\n", "+/+/", "QQ.", "\xC3\xA4"}) {
    EXPECT_FALSE(Base64UrlDecode(text, &decoded)) << text;
  }
  EXPECT_TRUE(Base64UrlDecode("QQ", &decoded));
  EXPECT_EQ(decoded, "A");
}

}  // namespace
}  // namespace rowkeeper
