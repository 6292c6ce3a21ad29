#pragma once

#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "server/base/identity_errors.h"
#include "server/identity/identity.h"
#include "server/identity/tenant_pattern.h"
#include "server/identity/token_verifier.h"

namespace grpc {
class ServerContextBase;
}  // namespace grpc

namespace rowkeeper::wire {

/// Decides whose calls begin: before a call does anything else, whatever its method. Immutable; thread-safe; nothing
/// here waits.
class Callers {
 public:
  struct Options {
    /// Outlives this object. Null: the header authorization is not looked at.
    identity::TokenVerifier* tokens = nullptr;
    /// Whether callers without a token and without a SPIFFE ID in their certificate are let in. A bad token is never
    /// taken for none.
    enum class Anonymous : uint8_t { kRefused, kAllowed } anonymous = Anonymous::kRefused;
    /// How callers can prove who they are, for the error.
    IdentityProof accepted = IdentityProof::kToken;
    /// Where the tenant is in the SPIFFE IDs of certificates; none: those have no tenant.
    std::optional<identity::TenantPattern> tenants = std::nullopt;
  };
  explicit Callers(Options options) : options_(std::move(options)) {}

  /// Who makes the call: the token's subject, else the certificate's SPIFFE ID; null for an anonymous caller. Errors:
  /// UNAUTHENTICATED, with the cause in the log where the caller must not learn it; UNAVAILABLE, reason
  /// SERVER_STARTING, for tokens while no keys could be fetched yet. `context`: of a call that is not finished.
  absl::StatusOr<identity::SharedIdentity> Identify(const grpc::ServerContextBase& context) const;

 private:
  absl::StatusOr<identity::SharedIdentity> OfToken(const grpc::ServerContextBase& context) const;

  const Options options_;
};

}  // namespace rowkeeper::wire
