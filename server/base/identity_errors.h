#pragma once

#include "absl/status/status.h"

/// Errors about who calls. They tell nothing of the keys that tokens are checked with.
namespace rowkeeper {

/// How a server lets callers prove who they are.
enum class IdentityProof { kToken, kCertificate, kEither };

/// UNAUTHENTICATED, reason IDENTITY_REQUIRED: the caller proves nothing, and anonymous callers are not let in.
absl::Status IdentityRequired(IdentityProof accepted);
/// UNAUTHENTICATED, reason TOKEN_INVALID.
absl::Status TokenInvalid();
/// UNAUTHENTICATED, reason TOKEN_EXPIRED: the token was good.
absl::Status TokenExpired();

}  // namespace rowkeeper
