#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "server/identity/signing_key.h"

namespace rowkeeper::identity {

/// Why a token is refused. Callers learn of kExpired and kNoKeys only.
enum class TokenProblem : uint8_t {
  kMalformed,    ///< no JWT in three parts, or not one that every reader understands alike
  kAlgorithm,    ///< none of Algorithm: "none", a shared secret, …
  kCritical,     ///< asks for an extension ("crit"); there are none
  kUnknownKey,   ///< no key of this name and algorithm
  kSignature,    ///< not this key's
  kIssuer,       ///< "iss" is another's, or missing
  kAudience,     ///< "aud" names somebody else, or is missing
  kExpired,      ///< "exp"
  kNotYetValid,  ///< "nbf" or "iat" is to come
  kClaims,       ///< a claim is missing or no such value: "sub", "exp", that of the roles, that of the tenant; or "cnf"
  kNoKeys,       ///< not the token's fault: no keys could be fetched yet
};
inline constexpr size_t kTokenProblems = static_cast<size_t>(TokenProblem::kNoKeys) + 1;
/// "unknown_key": for logs and metrics.
std::string_view TokenProblemName(TokenProblem problem);

/// Longer tokens are malformed. gRPC takes headers of 8 KiB in all.
inline constexpr size_t kMostTokenBytes = 8192;

/// A token in the JWS compact serialization, of which nothing is proved yet. Refers to the text that it was parsed
/// from.
struct Token {
  Algorithm algorithm = {};
  /// Empty when the header names no key.
  std::string key_id;
  /// What is signed.
  std::string_view signed_text;
  std::string signature;
  nlohmann::json claims;
};

/// `problem` is set when the result is nullopt.
std::optional<Token> ParseToken(std::string_view text, TokenProblem* problem);

}  // namespace rowkeeper::identity
