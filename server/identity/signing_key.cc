#include "server/identity/signing_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <utility>

#include "server/base/text.h"
#include "server/identity/base64url.h"
#include "server/identity/ed25519_point.h"
#include "server/identity/strict_json.h"

namespace rowkeeper::identity {
namespace {

using nlohmann::json;
using BigNumber = std::unique_ptr<BIGNUM, FreeBy<&BN_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeBy<&EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeBy<&EVP_MD_CTX_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeBy<&OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, FreeBy<&OSSL_PARAM_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreeBy<&ECDSA_SIG_free>>;

constexpr size_t kMostIdBytes = 256;
constexpr int kLeastRsaBits = 2048;
constexpr int kMostRsaBits = 8192;
/// As long as anybody's exponent; larger ones make each check slow.
constexpr int kMostExponentBits = 33;
constexpr size_t kP256Bytes = 32;
constexpr size_t kEd25519Bytes = 32;

struct AlgorithmFacts {
  std::string_view name;
  /// Of a JWK: "kty", and "crv" where that has curves.
  std::string_view type;
  std::string_view curve;
};

/// In the order of the enum.
constexpr AlgorithmFacts kAlgorithms[] = {{"RS256", "RSA", ""}, {"ES256", "EC", "P-256"}, {"EdDSA", "OKP", "Ed25519"}};

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

absl::Status BadKey(std::string_view problem) { return absl::InvalidArgumentError(ToAbsl(problem)); }

std::optional<std::string> BytesOf(const json& jwk, std::string_view member) {
  const std::string* const text = FindString(jwk, member);
  return text == nullptr ? std::nullopt : DecodeBase64Url(*text);
}

BigNumber ToNumber(const std::string& bytes) {
  return BigNumber(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

/// Nullptr when OpenSSL does not take them, or finds that they are no public key.
EVP_PKEY* MakeKey(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext maker(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || maker == nullptr || EVP_PKEY_fromdata_init(maker.get()) != 1 ||
      EVP_PKEY_fromdata(maker.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  const KeyContext checker(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (checker != nullptr && EVP_PKEY_public_check(checker.get()) == 1) return key;
  ERR_clear_error();
  EVP_PKEY_free(key);
  return nullptr;
}

/// Whether a JWK says nothing that keeps it from checking signatures.
bool IsForSignatures(const json& jwk) {
  const std::string* const use = FindString(jwk, "use");
  if (jwk.contains("use") && (use == nullptr || *use != "sig")) return false;
  if (!jwk.contains("key_ops")) return true;
  const json& operations = jwk["key_ops"];
  for (const json& operation : operations) {
    if (operations.is_array() && operation == "verify") return true;
  }
  return false;
}

/// By type and curve; a key has one algorithm, whatever a token says.
std::optional<Algorithm> AlgorithmOfKey(const json& jwk) {
  const std::string* const type = FindString(jwk, "kty");
  const std::string* const curve = FindString(jwk, "crv");
  for (const AlgorithmFacts& facts : kAlgorithms) {
    const bool same_type = type != nullptr && *type == facts.type;
    if (same_type && (facts.curve.empty() || (curve != nullptr && *curve == facts.curve))) {
      return AlgorithmFromName(facts.name);
    }
  }
  return std::nullopt;
}

/// r and s, 32 bytes each, as OpenSSL wants them; empty when they are none.
std::string ToDer(std::string_view signature) {
  if (signature.size() != 2 * kP256Bytes) return "";
  const EcdsaSignature parts(ECDSA_SIG_new());
  BigNumber r(BN_bin2bn(Bytes(signature), kP256Bytes, nullptr));
  BigNumber s(BN_bin2bn(Bytes(signature.substr(kP256Bytes)), kP256Bytes, nullptr));
  if (parts == nullptr || ECDSA_SIG_set0(parts.get(), r.get(), s.get()) != 1) return "";
  (void)r.release();
  (void)s.release();
  const int size = i2d_ECDSA_SIG(parts.get(), nullptr);
  if (size <= 0) return "";
  std::string der(static_cast<size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  return i2d_ECDSA_SIG(parts.get(), &out) == size ? der : "";
}

}  // namespace

std::string_view AlgorithmName(Algorithm algorithm) { return kAlgorithms[static_cast<size_t>(algorithm)].name; }

std::optional<Algorithm> AlgorithmFromName(std::string_view name) {
  for (size_t i = 0; i < std::size(kAlgorithms); ++i) {
    if (kAlgorithms[i].name == name) return static_cast<Algorithm>(i);
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<SigningKey>> SigningKey::FromJwk(const json& jwk) {
  if (!jwk.is_object()) return BadKey("is no JSON object");
  if (jwk.contains("d")) return BadKey("is a private key; take it out of the file, and replace it");
  const std::optional<Algorithm> algorithm = AlgorithmOfKey(jwk);
  if (!algorithm.has_value() || !IsForSignatures(jwk)) return std::nullopt;
  if (jwk.contains("alg")) {
    const std::string* const named = FindString(jwk, "alg");
    if (named == nullptr) return BadKey("has an \"alg\" that is no text");
    const std::optional<Algorithm> wanted = AlgorithmFromName(*named);
    if (!wanted.has_value()) return std::nullopt;
    if (*wanted != *algorithm) return BadKey("has an \"alg\" that does not go with its \"kty\" and \"crv\"");
  }
  std::string id;
  if (jwk.contains("kid")) {
    const std::string* const named = FindString(jwk, "kid");
    if (named == nullptr || named->empty() || named->size() > kMostIdBytes) {
      return BadKey("has a \"kid\" that is not 1 to 256 bytes of text");
    }
    id = *named;
  }
  absl::StatusOr<Handle> key = *algorithm == Algorithm::kRs256   ? MakeRsa(jwk)
                               : *algorithm == Algorithm::kEs256 ? MakeP256(jwk)
                                                                 : MakeEd25519(jwk);
  if (!key.ok()) return key.status();
  return SigningKey(*algorithm, std::move(id), *std::move(key));
}

absl::StatusOr<SigningKey::Handle> SigningKey::MakeRsa(const json& jwk) {
  const auto modulus = BytesOf(jwk, "n");
  const auto exponent = BytesOf(jwk, "e");
  if (!modulus.has_value() || !exponent.has_value()) return BadKey("has no \"n\" or \"e\" that is base64url");
  if (modulus->size() > kMostRsaBits / 8 + 1) return BadKey("has more than 8192 bits");
  const BigNumber n = ToNumber(*modulus);
  const BigNumber e = ToNumber(*exponent);
  if (BN_num_bits(n.get()) < kLeastRsaBits) return BadKey("has fewer than 2048 bits");
  if (BN_num_bits(n.get()) > kMostRsaBits) return BadKey("has more than 8192 bits");
  const bool usable = BN_is_odd(e.get()) == 1 && BN_is_one(e.get()) == 0 && BN_num_bits(e.get()) <= kMostExponentBits;
  if (!usable || BN_is_odd(n.get()) != 1) return BadKey("has numbers that are no RSA key's");
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  Handle key(MakeKey("RSA", builder.get()), FreeBy<&EVP_PKEY_free>());
  if (key == nullptr) return BadKey("has numbers that are no RSA key's");
  return key;
}

absl::StatusOr<SigningKey::Handle> SigningKey::MakeP256(const json& jwk) {
  const auto x = BytesOf(jwk, "x");
  const auto y = BytesOf(jwk, "y");
  if (!x.has_value() || !y.has_value() || x->size() != kP256Bytes || y->size() != kP256Bytes) {
    return BadKey("has no \"x\" and \"y\" of 32 bytes in base64url");
  }
  const std::string point = Cat("\x04", *x, *y);
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  Handle key(MakeKey("EC", builder.get()), FreeBy<&EVP_PKEY_free>());
  if (key == nullptr) return BadKey("is no point of its curve");
  return key;
}

absl::StatusOr<SigningKey::Handle> SigningKey::MakeEd25519(const json& jwk) {
  const auto x = BytesOf(jwk, "x");
  if (!x.has_value() || x->size() != kEd25519Bytes) return BadKey("has no \"x\" of 32 bytes in base64url");
  if (!IsEd25519Key(*x)) return BadKey("is no point of its curve, or one for which anybody can sign");
  Handle key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(*x), x->size()), FreeBy<&EVP_PKEY_free>());
  if (key == nullptr) return BadKey("is no key of Ed25519");
  return key;
}

bool SigningKey::Verifies(std::string_view text, std::string_view signature) const {
  const bool is_ecdsa = algorithm_ == Algorithm::kEs256;
  const std::string der = is_ecdsa ? ToDer(signature) : "";
  if (is_ecdsa && der.empty()) return false;
  const std::string_view proof = is_ecdsa ? std::string_view(der) : signature;
  const EVP_MD* const digest = algorithm_ == Algorithm::kEdDsa ? nullptr : EVP_sha256();
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* of_key = nullptr;  // the context's own
  bool good = context != nullptr && EVP_DigestVerifyInit(context.get(), &of_key, digest, nullptr, key_.get()) == 1;
  if (good && algorithm_ == Algorithm::kRs256) good = EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PADDING) == 1;
  good = good && EVP_DigestVerify(context.get(), Bytes(proof), proof.size(), Bytes(text), text.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace rowkeeper::identity
