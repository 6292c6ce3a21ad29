#include "server/identity/token.h"

#include <gtest/gtest.h>

#include "server/base/text.h"
#include "server/identity/base64url.h"
#include "server/identity/strict_json.h"
#include "tests/support/test_issuer.h"

namespace rowkeeper::identity {
namespace {

using rowkeeper::testing::ToBase64Url;

/// A token of these parts, unsigned; "ok", or the problem.
std::string Parse(std::string_view header, std::string_view claims = "{}", std::string_view signature = "s") {
  const std::string text = Cat(ToBase64Url(header), ".", ToBase64Url(claims), ".", ToBase64Url(signature));
  TokenProblem problem{};
  return ParseToken(text, &problem).has_value() ? "ok" : std::string(TokenProblemName(problem));
}

std::string ParseText(std::string_view text) {
  TokenProblem problem{};
  return ParseToken(text, &problem).has_value() ? "ok" : std::string(TokenProblemName(problem));
}

TEST(Base64UrlTest, EachTextOfBytesIsReadBack) {
  for (const std::string& bytes : {std::string(), std::string("f"), std::string("fo"), std::string("foo"),
                                   std::string("\0\xff\xfe", 3), std::string(1000, '\xfb')}) {
    EXPECT_EQ(DecodeBase64Url(ToBase64Url(bytes)), bytes);
  }
}

TEST(Base64UrlTest, NoTwoTextsHaveTheSameBytes) {
  EXPECT_EQ(DecodeBase64Url("Zg"), "f");
  for (const char* const text :
       {"Zh", "Zg=", "Zg==", "Z", "Zg ", " Zg", "Z\ng", "Zm9=", "Zm+v", "Zm/v", "Zm9v\n", "Zm8\xc3"}) {
    EXPECT_EQ(DecodeBase64Url(text), std::nullopt) << text;
  }
}

TEST(StrictJsonTest, OnlyObjectsThatAllReadersUnderstandAlike) {
  EXPECT_TRUE(ParseStrictObject(R"({"a":1,"b":{"a":[{"a":"\u00e9"}]}})").has_value());
  for (const char* const text : {"",
                                 "null",
                                 "[]",
                                 "1",
                                 "\"a\"",
                                 "{",
                                 "{}{}",
                                 "{} x",
                                 R"({"a":1,"a":1})",
                                 R"({"a":1,"\u0061":2})",
                                 R"({"b":{"a":1,"a":2}})",
                                 R"({"b":[{"a":1,"a":2}]})",
                                 R"({"a":1e400})",
                                 R"({"a":-1e400})",
                                 R"({"a":01})",
                                 R"({"a":NaN})",
                                 R"({"a":Infinity})",
                                 R"({'a':1})",
                                 R"({"a":1,})",
                                 R"({/**/"a":1})",
                                 "{\"a\":\"\xff\"}",
                                 "{\"a\":\"\n\"}",
                                 R"({"a":"\ud800"})",
                                 "\xef\xbb\xbf{}"}) {
    EXPECT_FALSE(ParseStrictObject(text).has_value()) << text;
  }
  EXPECT_FALSE(ParseStrictObject(std::string_view("{}\0", 3)).has_value());
  EXPECT_FALSE(ParseStrictObject(std::string_view("{}\0{", 4)).has_value()) << "behind what a parser takes for the end";
}

TEST(StrictJsonTest, PartsAreLimited) {
  const auto many = [](const std::string& part, int times) {
    std::string text = R"({"keys":[)" + part;
    for (int i = 1; i < times; ++i) text += "," + part;
    return text + "]}";
  };
  EXPECT_TRUE(ParseStrictObject(many("{}", 998)).has_value());
  EXPECT_TRUE(ParseStrictObject(many("[1,2]", 998)).has_value());
  EXPECT_TRUE(ParseStrictObject(many("1", 20001)).has_value());
  EXPECT_FALSE(ParseStrictObject(many("{}", 999)).has_value());
  EXPECT_FALSE(ParseStrictObject(many("{}", 300000)).has_value()) << "which would take an hour";
  EXPECT_FALSE(ParseStrictObject(many("[]", 300000)).has_value());
  EXPECT_FALSE(ParseStrictObject(many("1", 20002)).has_value());
}

TEST(StrictJsonTest, LevelsAreLimited) {
  const auto nested = [](int levels) {
    return Cat(R"({"a":)", std::string(static_cast<size_t>(levels), '['), std::string(static_cast<size_t>(levels), ']'),
               "}");
  };
  EXPECT_TRUE(ParseStrictObject(nested(15)).has_value());
  EXPECT_FALSE(ParseStrictObject(nested(16)).has_value());
  EXPECT_FALSE(ParseStrictObject(nested(500000)).has_value());
}

TEST(TokenTest, PartsAreFound) {
  const std::string header = R"({"kid":"k","alg":"ES256","typ":"at+JWT","x5c":["ignored"]})";
  const std::string text = Cat(ToBase64Url(header), ".", ToBase64Url(R"({"sub":"alice"})"));
  const std::string whole = Cat(text, ".", ToBase64Url("signature"));
  TokenProblem problem{};
  const std::optional<Token> token = ParseToken(whole, &problem);
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(token->algorithm, Algorithm::kEs256);
  EXPECT_EQ(token->key_id, "k");
  EXPECT_EQ(token->signed_text, text);
  EXPECT_EQ(token->signature, "signature");
  EXPECT_EQ(token->claims["sub"], "alice");
}

TEST(TokenTest, HeadersThatAskForMoreOrForLessAreRefused) {
  EXPECT_EQ(Parse(R"({"alg":"RS256"})"), "ok");
  EXPECT_EQ(Parse(R"({"alg":"none"})"), "algorithm");
  EXPECT_EQ(Parse(R"({"alg":"HS256"})"), "algorithm");
  EXPECT_EQ(Parse(R"({"alg":"RS256","alg":"none"})"), "malformed");
  EXPECT_EQ(Parse(R"({"alg":["RS256"]})"), "malformed");
  EXPECT_EQ(Parse(R"({"alg":null})"), "malformed");
  EXPECT_EQ(Parse(R"({})"), "malformed");
  EXPECT_EQ(Parse(R"({"alg":"RS256","crit":["exp"]})"), "critical");
  EXPECT_EQ(Parse(R"({"alg":"RS256","crit":[]})"), "critical");
  EXPECT_EQ(Parse(R"({"alg":"RS256","b64":false})"), "critical");
  EXPECT_EQ(Parse(R"({"alg":"RS256","typ":"logout+jwt"})"), "malformed");
  EXPECT_EQ(Parse(R"({"alg":"RS256","typ":7})"), "malformed");
  EXPECT_EQ(Parse(R"({"alg":"RS256","typ":"application/at+jwt"})"), "ok");
}

TEST(TokenTest, OnlyThreePartsAreAToken) {
  EXPECT_EQ(ParseText(""), "malformed");
  EXPECT_EQ(ParseText("."), "malformed");
  EXPECT_EQ(ParseText(".."), "malformed");
  EXPECT_EQ(ParseText("..."), "malformed");
  EXPECT_EQ(Parse(R"({"alg":"RS256"})", "[]"), "malformed");
  EXPECT_EQ(Parse(R"({"alg":"RS256"})", R"({"sub":"a","sub":"b"})"), "malformed");
  EXPECT_EQ(Parse(R"({"alg":"RS256"})", "{}", ""), "malformed");
  const std::string header = ToBase64Url(R"({"alg":"RS256"})");
  EXPECT_EQ(ParseText(Cat(header, ".e30.c2ln")), "ok");
  EXPECT_EQ(ParseText(Cat(header, ".e30.c2ln.c2ln")), "malformed");
  EXPECT_EQ(ParseText(Cat(header, ".e30.c2ln.c2ln.c2ln")), "malformed") << "an encrypted one";
  EXPECT_EQ(ParseText(Cat(header, ".e30")), "malformed");
  EXPECT_EQ(ParseText(Cat("eyJ\xc3\xa9", ".e30.c2ln")), "malformed");
  EXPECT_EQ(ParseText(Cat(header, ".e30.", std::string(kMostTokenBytes, 'A'))), "malformed");
}

}  // namespace
}  // namespace rowkeeper::identity
