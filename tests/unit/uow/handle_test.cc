#include "server/uow/handle.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <utility>

#include "server/base/ids.h"
#include "server/uow/handle_seal.h"

namespace rowkeeper::uow {
namespace {

Handle MakeHandle(std::string server) { return {std::move(server), RandomBytes(8), RandomBytes(16), RandomBytes(16)}; }

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
    EXPECT_EQ(parsed->seal, handle.seal);
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
  for (size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(Handle::Parse(text.substr(0, size))) << size;
  for (size_t i = 0; i < text.size(); ++i) {
    for (int c = 0; c < 256; ++c) {
      std::string changed = text;
      changed[i] = static_cast<char>(c);
      const auto parsed = Handle::Parse(changed);
      if (!parsed || parsed->of_another_release) continue;
      EXPECT_EQ(parsed->Encode(), changed);
      EXPECT_EQ(parsed->instance.size(), 8u);
      EXPECT_EQ(parsed->secret.size(), 16u);
    }
  }
}

/// A handle as another release would write it: version, length of the address, address, and what that release needs.
std::string Foreign(char version, const std::string& server, const std::string& rest) {
  return Base64UrlEncode(std::string({version, static_cast<char>(server.size())}) + server + rest);
}

TEST(HandleTest, OfAnotherReleaseTheServerIsReadAndNothingElse) {
  for (const char version : {'\0', '\1', '\2', '\4', '\xff'}) {
    for (const size_t rest : {16, 24, 40}) {
      const auto parsed = Handle::Parse(Foreign(version, "10.0.0.7:50051", std::string(rest, 'x')));
      ASSERT_TRUE(parsed) << rest;
      EXPECT_TRUE(parsed->of_another_release);
      EXPECT_EQ(parsed->server, "10.0.0.7:50051");
      EXPECT_EQ(parsed->instance + parsed->secret, "");
    }
  }
  EXPECT_FALSE(Handle::Parse(Foreign(3, "10.0.0.7:50051", std::string(40, 'x')))->of_another_release);
  EXPECT_FALSE(Handle::Parse(Foreign(4, "10.0.0.7:50051", std::string(15, 'x')))) << "no room for a secret";
  EXPECT_FALSE(Handle::Parse(Foreign(4, "10.0.0.7 ", std::string(24, 'x'))));
  EXPECT_FALSE(Handle::Parse(Foreign(4, "", std::string(24, 'x'))));
}

TEST(HandleTest, WhatNoReleaseCanHaveWrittenIsRefused) {
  const std::string unit(40, 'x');
  for (const std::string& bytes :
       {std::string(), std::string("\3"), std::string("\3\0", 2) + std::string(39, 'x'),
        std::string("\3\0", 2) + unit + "x", "\3\1 " + unit, "\3\1\x7f" + unit, "\3\1\n" + unit, "\3\2\xc3\xa4" + unit,
        "\3\xff" + std::string(254, 'a') + unit, "\3\x0a" + unit}) {
    EXPECT_FALSE(Handle::Parse(Base64UrlEncode(bytes))) << bytes;
  }
  EXPECT_TRUE(Handle::Parse(Base64UrlEncode("\3\xff" + std::string(255, 'a') + unit)));
  EXPECT_FALSE(Handle::Parse(std::string(100000, 'A')));
  EXPECT_FALSE(Handle::Parse("not base64!"));
  EXPECT_FALSE(Handle::Parse(MakeHandle("a").Encode() + "="));
}

HandleSeal::Key KeyOf(unsigned char byte) {
  HandleSeal::Key key;
  key.fill(byte);
  return key;
}

TEST(HandleSealTest, FitsWhatWasSealedWithOneOfItsKeysAndNothingElse) {
  const HandleSeal old_one({KeyOf(1)}), both({KeyOf(2), KeyOf(1)}), new_one({KeyOf(2)});
  Handle handle = MakeHandle("10.0.0.7:50051");
  EXPECT_FALSE(old_one.Fits(handle));
  old_one.Seal(&handle);
  EXPECT_TRUE(old_one.Fits(handle));
  EXPECT_TRUE(old_one.Fits(*Handle::Parse(handle.Encode())));
  EXPECT_TRUE(both.Fits(handle));
  EXPECT_FALSE(new_one.Fits(handle));
  both.Seal(&handle);
  EXPECT_TRUE(new_one.Fits(handle));
  EXPECT_FALSE(old_one.Fits(handle));
  for (std::string Handle::*part : {&Handle::server, &Handle::instance, &Handle::secret, &Handle::seal}) {
    for (size_t i = 0; i < (handle.*part).size(); ++i) {
      Handle forged = handle;
      ++(forged.*part)[i];
      EXPECT_FALSE(both.Fits(forged)) << i;
    }
  }
}

TEST(HandleSealTest, WithoutKeysOnlyItsOwnHandlesFit) {
  const HandleSeal one({}), two({});
  Handle handle = MakeHandle("10.0.0.7:50051");
  one.Seal(&handle);
  EXPECT_TRUE(one.Fits(handle));
  EXPECT_FALSE(two.Fits(handle));
}

TEST(HandleTest, RandomTextNeverHarms) {
  for (int i = 0; i < 20000; ++i) {
    std::string bytes = RandomBytes(static_cast<size_t>(i % 80));
    if (!bytes.empty() && i % 2 == 0) bytes[0] = 3;
    const std::string text = Base64UrlEncode(bytes);
    const auto parsed = Handle::Parse(text);
    if (parsed && !parsed->of_another_release) {
      EXPECT_EQ(parsed->Encode(), text);
    }
  }
}

}  // namespace
}  // namespace rowkeeper::uow
