#include "tests/support/test_issuer.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/base/whole_file.h"

namespace rowkeeper::testing {
namespace {

using Kind = TestSigningKey::Kind;

constexpr int kP256Half = 32;

EVP_PKEY* Generate(Kind kind) {
  switch (kind) {
    case Kind::kRsa2048:
      return EVP_RSA_gen(2048);
    case Kind::kRsa1024:
      return EVP_RSA_gen(1024);
    case Kind::kP256:
      return EVP_EC_gen("P-256");
    case Kind::kEd25519:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
  return nullptr;
}

std::string Padded(const BIGNUM* number, int size) {
  std::string bytes(static_cast<size_t>(size), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), size);
  return bytes;
}

}  // namespace

std::string ToBase64Url(std::string_view bytes) {
  std::string text;
  absl::WebSafeBase64Escape(ToAbsl(bytes), &text);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

TestSigningKey::TestSigningKey(Kind kind, std::string id)
    : kind_(kind), id_(std::move(id)), key_(Generate(kind), &EVP_PKEY_free) {}

std::string TestSigningKey::algorithm() const {
  if (kind_ == Kind::kP256) return "ES256";
  return kind_ == Kind::kEd25519 ? "EdDSA" : "RS256";
}

std::string TestSigningKey::Number(const char* name) const {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key_.get(), name, &number);
  const int size = kind_ == Kind::kP256 ? kP256Half : BN_num_bytes(number);
  std::string text = ToBase64Url(Padded(number, size));
  BN_free(number);
  return text;
}

std::string TestSigningKey::Jwk(std::string_view more) const {
  const std::string named = id_.empty() ? "" : Cat(R"(,"kid":")", id_, R"(")");
  const std::string end = Cat(named, more, "}");
  if (kind_ == Kind::kEd25519) {
    unsigned char raw[32];
    size_t size = sizeof(raw);
    EVP_PKEY_get_raw_public_key(key_.get(), raw, &size);
    const std::string x = ToBase64Url({reinterpret_cast<const char*>(raw), size});
    return Cat(R"({"kty":"OKP","crv":"Ed25519","x":")", x, R"(")", end);
  }
  if (kind_ == Kind::kP256) {
    return Cat(R"({"kty":"EC","crv":"P-256","x":")", Number(OSSL_PKEY_PARAM_EC_PUB_X), R"(","y":")",
               Number(OSSL_PKEY_PARAM_EC_PUB_Y), R"(")", end);
  }
  return Cat(R"({"kty":"RSA","n":")", Number(OSSL_PKEY_PARAM_RSA_N), R"(","e":")", Number(OSSL_PKEY_PARAM_RSA_E),
             R"(")", end);
}

std::string TestSigningKey::SignDer(std::string_view text) const {
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const EVP_MD* const digest = kind_ == Kind::kEd25519 ? nullptr : EVP_sha256();
  EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get());
  size_t size = 0;
  EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size());
  std::string signature(size, '\0');
  const int good =
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, text.size());
  EXPECT_EQ(good, 1);
  signature.resize(size);
  return signature;
}

std::string TestSigningKey::Sign(std::string_view text) const {
  const std::string der = SignDer(text);
  if (kind_ != Kind::kP256) return der;
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* const parts = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
  const std::string raw = Padded(ECDSA_SIG_get0_r(parts), kP256Half) + Padded(ECDSA_SIG_get0_s(parts), kP256Half);
  ECDSA_SIG_free(parts);
  return raw;
}

std::string TestSigningKey::Token(std::string_view header, std::string_view claims) const {
  const std::string text = Cat(ToBase64Url(header), ".", ToBase64Url(claims));
  return Cat(text, ".", ToBase64Url(Sign(text)));
}

std::string TestSigningKey::Token(std::string_view claims) const {
  const std::string named = id_.empty() ? "" : Cat(R"(,"kid":")", id_, R"(")");
  return Token(Cat(R"({"alg":")", algorithm(), R"(","typ":"JWT")", named, "}"), claims);
}

std::string TestSigningKey::PublicPem() const {
  BIO* const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key_.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

std::string JwkSet(const std::vector<std::string>& keys) { return Cat(R"({"keys":[)", absl::StrJoin(keys, ","), "]}"); }

std::string ToJson(const TestClaims& claims) {
  return Cat(R"({"iss":")", kTestIssuer, R"(","aud":")", kTestAudience, R"(","sub":")", claims.subject, R"(","exp":)",
             claims.expires, claims.more, "}");
}

void ReplaceTestFile(const std::string& path, std::string_view text) {
  const absl::Status written = ReplaceFile(path, text);
  ASSERT_TRUE(written.ok()) << written;
}

}  // namespace rowkeeper::testing
