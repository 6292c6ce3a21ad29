#include "server/identity/key_set.h"

#include <gtest/gtest.h>

#include "server/base/text.h"
#include "tests/support/test_issuer.h"

namespace rowkeeper::identity {
namespace {

using rowkeeper::testing::JwkSet;
using rowkeeper::testing::TestSigningKey;
using rowkeeper::testing::ToBase64Url;
using Kind = TestSigningKey::Kind;

/// How many keys the set has; -1 when it is refused.
int KeysOf(const std::vector<std::string>& keys) {
  KeySet set;
  return set.Add(JwkSet(keys)).ok() ? static_cast<int>(set.size()) : -1;
}

TEST(KeySetTest, KeysForSomethingElseAreLeftOut) {
  const TestSigningKey ec(Kind::kP256, "ec");
  EXPECT_EQ(KeysOf({ec.Jwk()}), 1);
  EXPECT_EQ(KeysOf({ec.Jwk(R"(,"use":"sig","alg":"ES256","key_ops":["verify"],"x5t":"x")")}), 1);
  EXPECT_EQ(KeysOf({ec.Jwk(R"(,"use":"enc")")}), 0);
  EXPECT_EQ(KeysOf({ec.Jwk(R"(,"use":7)")}), 0);
  EXPECT_EQ(KeysOf({ec.Jwk(R"(,"key_ops":["encrypt"])")}), 0);
  EXPECT_EQ(KeysOf({ec.Jwk(R"(,"key_ops":"verify")")}), 0);
  EXPECT_EQ(KeysOf({ec.Jwk(R"(,"alg":"ECDH-ES")")}), 0);
  EXPECT_EQ(KeysOf({R"({"kty":"oct","k":"c2VjcmV0","alg":"HS256"})", R"({"kty":"new"})", "{}"}), 0);
  EXPECT_EQ(KeysOf({R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})"}), 0);
}

TEST(KeySetTest, KeysThatMustNotBeUsedRefuseTheSet) {
  const TestSigningKey ec(Kind::kP256, "ec");
  EXPECT_EQ(KeysOf({TestSigningKey(Kind::kRsa1024, "r").Jwk()}), -1) << "weak";
  EXPECT_EQ(KeysOf({ec.Jwk(R"(,"alg":"RS256")")}), -1) << "an algorithm of another type";
  EXPECT_EQ(KeysOf({ec.Jwk(R"(,"alg":7)")}), -1);
  EXPECT_EQ(KeysOf({ec.Jwk(R"(,"d":"AAAA")")}), -1) << "private";
  EXPECT_EQ(KeysOf({ec.Jwk(), TestSigningKey(Kind::kEd25519, "ec").Jwk()}), -1) << "two of one name";
  EXPECT_EQ(KeysOf({"7"}), -1);
  EXPECT_EQ(KeysOf({R"({"kty":"OKP","crv":"Ed25519","x":"AA"})"}), -1);
  EXPECT_EQ(KeysOf({R"({"kty":"OKP","crv":"Ed25519"})"}), -1);
  const std::string off_curve = ToBase64Url(std::string(32, '\x01'));
  EXPECT_EQ(KeysOf({Cat(R"({"kty":"EC","crv":"P-256","x":")", off_curve, R"(","y":")", off_curve, R"("})")}), -1);
  const std::string kUsualExponent("\x01\x00\x01", 3);
  const auto rsa = [](const std::string& modulus, const std::string& exponent) {
    return KeysOf({Cat(R"({"kty":"RSA","n":")", ToBase64Url(modulus), R"(","e":")", ToBase64Url(exponent), R"("})")});
  };
  EXPECT_EQ(rsa(std::string(256, '\xfe'), kUsualExponent), -1) << "even";
  EXPECT_EQ(rsa(std::string(256, '\xff'), "\x01"), -1) << "everything is its own signature";
  EXPECT_EQ(rsa(std::string(256, '\xff'), std::string(256, '\xff')), -1) << "each check would take long";
  EXPECT_EQ(rsa(std::string(4096, '\xff'), kUsualExponent), -1);
  EXPECT_EQ(rsa("", ""), -1);
  EXPECT_EQ(KeysOf(std::vector<std::string>(KeySet::kMostKeys + 1, TestSigningKey(Kind::kEd25519, "").Jwk())), -1);
}

TEST(KeySetTest, OnlyJwkSetsAreRead) {
  for (const char* const text : {"", "{}", "[]", R"({"keys":{}})", R"({"keys":[],"keys":[]})", R"({"keys":7})"}) {
    KeySet set;
    EXPECT_FALSE(set.Add(text).ok()) << text;
  }
}

TEST(KeySetTest, ATokenIsHeldAgainstTheKeyThatItNames) {
  KeySet set;
  const TestSigningKey ec(Kind::kP256, "ec"), nameless(Kind::kP256, ""), ed(Kind::kEd25519, "ed");
  ASSERT_TRUE(set.Add(JwkSet({ec.Jwk(), nameless.Jwk(), ed.Jwk()})).ok());
  EXPECT_EQ(set.Find(Algorithm::kEs256, "ec").size(), 1u);
  EXPECT_EQ(set.Find(Algorithm::kEs256, "ed").size(), 0u) << "of another algorithm";
  EXPECT_EQ(set.Find(Algorithm::kEs256, "none").size(), 0u);
  EXPECT_EQ(set.Find(Algorithm::kEs256, "").size(), 2u);
  EXPECT_EQ(set.Find(Algorithm::kRs256, "").size(), 0u);
}

}  // namespace
}  // namespace rowkeeper::identity
