#pragma once

#include <string_view>

#include "absl/status/status.h"

/// Errors about who calls, and what they may. They tell nothing of the keys that tokens are checked with.
namespace rowkeeper {

/// How a server lets callers prove who they are.
enum class IdentityProof { kToken, kCertificate, kEither };

/// UNAUTHENTICATED, reason IDENTITY_REQUIRED: the caller proves nothing, and anonymous callers are not let in.
absl::Status IdentityRequired(IdentityProof accepted);
/// UNAUTHENTICATED, reason TOKEN_INVALID.
absl::Status TokenInvalid();
/// UNAUTHENTICATED, reason TOKEN_EXPIRED: the token was good.
absl::Status TokenExpired();
/// PERMISSION_DENIED, reason METHOD_NOT_ALLOWED: no policy lets the caller call `method`, a full name. Nothing was done
/// for the call, and it says nothing of rows or of who may.
absl::Status MethodNotAllowed(std::string_view method);
/// PERMISSION_DENIED, reason FEATURE_NOT_ALLOWED: the same for what goes beyond methods. `words`: "units of work".
absl::Status FeatureNotAllowed(std::string_view feature, std::string_view words);
/// PERMISSION_DENIED, reason FIELD_NOT_ALLOWED: the same for a field that the request names. `entity`: its full name;
/// `path`: the field as the request names it, "manager.salary"; `access`: "read" or "write".
absl::Status FieldNotAllowed(std::string_view entity, std::string_view path, std::string_view access);

/// PERMISSION_DENIED, reason TENANT_REQUIRED: `method`, a full name, is about rows that belong to tenants, and the
/// caller has none, or one whose name none can have. Nothing was done for the call.
absl::Status TenantRequired(std::string_view method);

}  // namespace rowkeeper
