#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/base/free_by.h"

namespace rowkeeper::identity {

/// How a token is signed; RFC 7518 and RFC 8037. There are no others: no "none", and none with a shared secret.
enum class Algorithm : uint8_t { kRs256, kEs256, kEdDsa };

/// "RS256".
std::string_view AlgorithmName(Algorithm algorithm);
/// The reverse, letter by letter.
std::optional<Algorithm> AlgorithmFromName(std::string_view name);

/// A public key, which checks signatures of one algorithm only. Immutable; thread-safe.
class SigningKey {
 public:
  /// A JWK (RFC 7517). nullopt for a key that says it is for something else (an encryption key, another algorithm, a
  /// type that is not known), as the RFC wants it. Errors: INVALID_ARGUMENT, in a few words that hold nothing of the
  /// key, for one that is damaged, weak (RSA below 2048 bits), too large (RSA above 8192 bits), or private.
  static absl::StatusOr<std::optional<SigningKey>> FromJwk(const nlohmann::json& jwk);

  Algorithm algorithm() const { return algorithm_; }
  /// Its name; empty when it has none.
  const std::string& id() const { return id_; }
  /// Whether `signature`, as a token has it, is this key's for `text`.
  bool Verifies(std::string_view text, std::string_view signature) const;

 private:
  using Handle = std::shared_ptr<EVP_PKEY>;
  SigningKey(Algorithm algorithm, std::string id, Handle key)
      : algorithm_(algorithm), id_(std::move(id)), key_(std::move(key)) {}

  static absl::StatusOr<Handle> MakeRsa(const nlohmann::json& jwk);
  static absl::StatusOr<Handle> MakeP256(const nlohmann::json& jwk);
  static absl::StatusOr<Handle> MakeEd25519(const nlohmann::json& jwk);

  Algorithm algorithm_;
  std::string id_;
  Handle key_;
};

}  // namespace rowkeeper::identity
