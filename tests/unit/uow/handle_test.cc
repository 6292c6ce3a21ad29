#include "server/uow/handle.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <utility>

#include "server/base/ids.h"

namespace rowkeeper::uow {
namespace {

Handle MakeHandle(std::string server) { return {std::move(server), RandomBytes(8), RandomBytes(16)}; }

TEST(HandleTest, ComesBackAsItWasEncoded) {
  for (const std::string& server :
       {std::string(), std::string("10.0.0.7:50051"), std::string("[::1]:50051"), std::string(255, 'a')}) {
    const Handle handle = MakeHandle(server);
    const std::string text = handle.Encode();
    EXPECT_LE(text.size(), Handle::kMaxText);
    const auto parsed = Handle::Parse(text);
    ASSERT_TRUE(parsed) << server;
    EXPECT_EQ(parsed->server, handle.server);
    EXPECT_EQ(parsed->instance, handle.instance);
    EXPECT_EQ(parsed->secret, handle.secret);
  }
}

TEST(HandleTest, IsFitForAHeader) {
  for (const char c : MakeHandle("db.example:50051").Encode()) {
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_') << c;
  }
}

/// What Parse accepts, Encode writes: no two texts are the same handle.
TEST(HandleTest, EveryTruncationAndChangeIsRefusedOrAnotherHandle) {
  const std::string text = MakeHandle("10.0.0.7:50051").Encode();
  for (size_t size = 0; size < text.size(); ++size) {
    const auto parsed = Handle::Parse(text.substr(0, size));
    if (parsed) {
      EXPECT_EQ(parsed->Encode(), text.substr(0, size));
    }
  }
  for (size_t i = 0; i < text.size(); ++i) {
    for (int c = 0; c < 256; ++c) {
      std::string changed = text;
      changed[i] = static_cast<char>(c);
      const auto parsed = Handle::Parse(changed);
      if (!parsed) continue;
      EXPECT_EQ(parsed->Encode(), changed);
      EXPECT_EQ(parsed->instance.size(), 8u);
      EXPECT_EQ(parsed->secret.size(), 16u);
    }
  }
}

TEST(HandleTest, WhatEncodeCannotHaveWrittenIsRefused) {
  const std::string fixed(24, 'x');
  for (const std::string& bytes :
       {std::string(), "\x01" + std::string(23, 'x'), "\x02" + fixed, "\x01 " + fixed, "\x01\x7f" + fixed,
        "\x01\n" + fixed, "\x01\xc3\xa4" + fixed, "\x01" + std::string(256, 'a') + fixed}) {
    EXPECT_FALSE(Handle::Parse(Base64UrlEncode(bytes))) << bytes;
  }
  EXPECT_TRUE(Handle::Parse(Base64UrlEncode("\x01" + std::string(255, 'a') + fixed)));
  EXPECT_FALSE(Handle::Parse(std::string(100000, 'A')));
  EXPECT_FALSE(Handle::Parse("not base64!"));
  EXPECT_FALSE(Handle::Parse(MakeHandle("a").Encode() + "="));
}

TEST(HandleTest, RandomTextNeverHarms) {
  for (int i = 0; i < 20000; ++i) {
    std::string bytes = RandomBytes(static_cast<size_t>(i % 64));
    if (!bytes.empty() && i % 2 == 0) bytes[0] = 1;
    const std::string text = Base64UrlEncode(bytes);
    const auto parsed = Handle::Parse(text);
    if (parsed) {
      EXPECT_EQ(parsed->Encode(), text);
    }
  }
}

}  // namespace
}  // namespace rowkeeper::uow
