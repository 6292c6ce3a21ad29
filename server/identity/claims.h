#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/identity/identity.h"
#include "server/identity/token.h"

namespace rowkeeper::identity {

/// What the operator expects of tokens.
struct TokenRules {
  /// That "iss" is, letter by letter. Not empty.
  std::string issuer;
  /// Of which "aud" holds one at least. Not empty.
  std::vector<std::string> audiences;
  /// Where the roles are: the name of a claim, or a JSON pointer ("/realm_access/roles"). A list of texts, or one text
  /// with spaces between the roles. Empty: no token has roles.
  std::string roles_claim = "roles";
  /// The same for the tenant, a text. Empty: no token has a tenant.
  std::string tenant_claim;
  /// How far the issuer's clock may be from this one's, either way.
  std::chrono::seconds skew{30};
};

/// What the claims of a token with a good signature say.
struct TokenFacts {
  SharedIdentity identity;
  /// Seconds since 1970, between which the token is good, without the skew. `expires` is the first at which it is not.
  int64_t begins = 0;
  int64_t expires = 0;
};

/// Whether a token may have such a subject: 1 to 255 bytes of UTF-8 without control characters and others that nobody
/// sees. `text` is well-formed.
bool IsSubject(std::string_view text);
/// The same for a role: 1 to 128 bytes.
bool IsRoleName(std::string_view text);
/// The same for a tenant: 1 to 255 bytes.
bool IsTenantName(std::string_view text);
/// Whether a name is a claim's or a JSON pointer that can be read.
bool IsClaimName(const std::string& name);

/// `problem` is set when the result is nullopt. Does not look at the time.
std::optional<TokenFacts> ReadClaims(const nlohmann::json& claims, const TokenRules& rules, TokenProblem* problem);

/// Why the token is not good at `now`, seconds since 1970; nullopt when it is.
std::optional<TokenProblem> CheckTime(const TokenFacts& facts, std::chrono::seconds skew, int64_t now);

}  // namespace rowkeeper::identity
