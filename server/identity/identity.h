#pragma once

// The map of this folder:
//   identity.h         who calls, as others are told
//   token_verifier.h   tokens (JWT) that callers send: whether they are good, and whose they are
//   token.h            the three parts of a token; claims.h: what it says, held against what is expected of it
//   key_set.h          the keys that may have signed (JWKS); signing_key.h: one of them; key_files.h: in files
//   key_download.h     keys from a URL; key_schedule.h: when they are fetched; https_key_fetcher.h: how; key_url.h
//   ed25519_point.h    which bytes are a key of Ed25519; token_cache.h: tokens that were good a moment ago
//   strict_json.h      JSON that has one meaning; base64url.h
//   spiffe_id.h        what a SPIFFE ID is; tenant_pattern.h: where the tenant is in one

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rowkeeper::identity {

/// Who calls, as something proved it that others cannot forge. Immutable.
struct Identity {
  enum class Source : uint8_t {
    kCertificate,  ///< the client's certificate
    kToken,        ///< a token that the issuer signed
  };
  Source source = Source::kToken;
  /// "spiffe://example.org/billing", or "jwt:" and the token's subject, "jwt:alice": no control characters, 2048 bytes
  /// at most. Two callers with the same name are one.
  std::string name;
  /// Of the token's claim; sorted, each once. Empty for certificates.
  std::vector<std::string> roles;
  /// Of the token's claim, of the certificate's SPIFFE ID, or what a proxy says; empty where there is none. No control
  /// characters.
  std::string tenant;
};

/// Whose the units of work, page tokens and idempotency keys of a call are, and who it is to limits and in logs: the
/// identity's name, and before it the tenant, "tenant:acme jwt:alice". Two callers with the same are one.
std::string CallerName(const Identity& identity);

/// Null: an anonymous caller, of whom nothing is known but its address.
using SharedIdentity = std::shared_ptr<const Identity>;

}  // namespace rowkeeper::identity
