#include "server/identity/key_set.h"

#include <gtest/gtest.h>

#include "server/base/hex.h"
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

/// Little-endian, from the hexadecimal digits of RFC 8032, which are in that order.
int KeysOfEd25519(std::string_view hex) {
  std::string bytes;
  if (!AppendUnhexed(hex, &bytes)) return -1;
  return KeysOf({Cat(R"({"kty":"OKP","crv":"Ed25519","x":")", ToBase64Url(bytes), R"("})")});
}

TEST(KeySetTest, AKeyForWhichAnybodyCanSignRefusesTheSet) {
  EXPECT_EQ(KeysOfEd25519("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), 1) << "RFC 8032, 7.1";
  EXPECT_EQ(KeysOfEd25519("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"), 1) << "RFC 8032, 7.1";
  for (const char* const small : {"0100000000000000000000000000000000000000000000000000000000000000",
                                  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                  "0000000000000000000000000000000000000000000000000000000000000000",
                                  "0000000000000000000000000000000000000000000000000000000000000080",
                                  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                                  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                                  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                                  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"}) {
    EXPECT_EQ(KeysOfEd25519(small), -1) << small;
  }
}

TEST(KeySetTest, BytesThatAreNoPointOfEd25519RefuseTheSet) {
  for (const char* const none : {"0200000000000000000000000000000000000000000000000000000000000000",
                                 "0100000000000000000000000000000000000000000000000000000000000080",
                                 "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                 "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                                 "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    EXPECT_EQ(KeysOfEd25519(none), -1) << none;
  }
}

TEST(KeySetTest, AnRsaKeyOfOnePrimeRefusesTheSet) {
  // 2^2203 - 1 is prime, and so is 2^1279 - 1: whoever knows the primes of a modulus can sign.
  const auto mersenne = [](size_t bits) {
    return Cat(std::string(1, static_cast<char>((1 << bits % 8) - 1)), std::string(bits / 8, '\xff'));
  };
  const auto rsa = [](const std::string& modulus) {
    return KeysOf({Cat(R"({"kty":"RSA","e":"AQAB","n":")", ToBase64Url(modulus), R"("})")});
  };
  EXPECT_EQ(rsa(mersenne(2203)), -1);
  // (2^1279 - 1)^2 = 2^2558 - 2^1280 + 1
  std::string square = Cat(mersenne(1278), std::string(160, '\0'));
  square.back() = '\x01';
  ASSERT_EQ(square.size(), 320u);
  EXPECT_EQ(rsa(square), -1);
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
