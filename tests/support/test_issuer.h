#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rowkeeper::testing {

/// base64url without padding.
std::string ToBase64Url(std::string_view bytes);

/// A key of an issuer of tokens, made on the spot: none is in the tree. Immutable; thread-safe.
class TestSigningKey {
 public:
  enum class Kind { kRsa2048, kRsa1024, kP256, kEd25519 };
  TestSigningKey(Kind kind, std::string id);

  Kind kind() const { return kind_; }
  const std::string& id() const { return id_; }
  /// "RS256".
  std::string algorithm() const;
  /// The public half, a JSON object; `more` members are added: R"(,"use":"sig")".
  std::string Jwk(std::string_view more = "") const;
  /// In the form that a token has it.
  std::string Sign(std::string_view text) const;
  /// As ASN.1, which no token has: of P-256.
  std::string SignDer(std::string_view text) const;
  /// Both are JSON, taken as they are.
  std::string Token(std::string_view header, std::string_view claims) const;
  /// With a header that is right.
  std::string Token(std::string_view claims) const;
  /// The public half as PEM: what an attacker would use as a shared secret.
  std::string PublicPem() const;

 private:
  std::string Number(const char* name) const;

  Kind kind_;
  std::string id_;
  std::shared_ptr<EVP_PKEY> key_;
};

/// {"keys": […]}
std::string JwkSet(const std::vector<std::string>& keys);

inline constexpr char kTestIssuer[] = "https://issuer.example.org/";
inline constexpr char kTestAudience[] = "rowkeeper";

/// What a test says of a caller; times are seconds since 1970.
struct TestClaims {
  std::string subject = "alice";
  int64_t expires = 0;
  /// Further members: R"(,"roles":["billing"])".
  std::string more;
};
/// Of kTestIssuer for kTestAudience.
std::string ToJson(const TestClaims& claims);

/// Writes a file so that nobody sees half of it.
void ReplaceTestFile(const std::string& path, std::string_view text);

}  // namespace rowkeeper::testing
