#pragma once

#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "server/base/identity_errors.h"
#include "server/identity/identity.h"
#include "server/identity/tenant_pattern.h"
#include "server/identity/token_verifier.h"
#include "server/policy/allow_list.h"

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
    /// Proxies whose header rowkeeper-tenant says whose rows a call is about: callers, or clients by whose certificate
    /// a call with somebody's token comes. Nobody else may send it.
    policy::AllowList proxies = {};
  };
  explicit Callers(Options options) : options_(std::move(options)) {}

  /// Who makes the call: the token's subject, else the certificate's SPIFFE ID; null for an anonymous caller. Errors:
  /// UNAUTHENTICATED, with the cause in the log where the caller must not learn it; UNAVAILABLE, reason
  /// SERVER_STARTING, for tokens while no keys could be fetched yet; of the header rowkeeper-tenant PERMISSION_DENIED,
  /// reason FEATURE_NOT_ALLOWED, for who is no proxy, and INVALID_ARGUMENT, reason INVALID_HEADER. `context`: of a call
  /// that is not finished.
  absl::StatusOr<identity::SharedIdentity> Identify(const grpc::ServerContextBase& context) const;

 private:
  /// Without regard to the header rowkeeper-tenant.
  absl::StatusOr<identity::SharedIdentity> Prove(const grpc::ServerContextBase& context) const;
  /// `known` with the tenant that the header names.
  absl::StatusOr<identity::SharedIdentity> ForTenant(identity::SharedIdentity known,
                                                     const grpc::ServerContextBase& context) const;
  bool IsProxy(const identity::Identity* known, const grpc::ServerContextBase& context) const;
  absl::StatusOr<identity::SharedIdentity> OfToken(const grpc::ServerContextBase& context) const;

  const Options options_;
};

}  // namespace rowkeeper::wire
