#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/identity/identity.h"
#include "server/policy/policies.h"

namespace grpc {
class ServerContextBase;
}  // namespace grpc

namespace rowkeeper::wire {

/// What policies are asked about a call.
struct PermissionQuestion {
  /// Null: everything is allowed.
  const policy::Policies* policies = nullptr;
  /// What is called, and its name for errors and the log: "shop.v1.ProductRepository.Create".
  policy::Subject subject;
  std::string_view method;
  /// Null: an anonymous caller.
  const identity::Identity* identity = nullptr;
};

/// Whether a call may begin: by its method, and by the headers that it has, whatever they say. Asked once, for all
/// kinds of calls, before anything is read of the call. Errors: PERMISSION_DENIED METHOD_NOT_ALLOWED or
/// FEATURE_NOT_ALLOWED, which are logged. `context`: of a call that is not finished. Thread-safe; does not wait.
absl::Status CheckPermission(const PermissionQuestion& question, const grpc::ServerContextBase& context);

/// The same of a call within a call, which has no headers of its own. `caller`: see CallerOf.
absl::Status CheckInnerPermission(const PermissionQuestion& question, std::string_view caller);

}  // namespace rowkeeper::wire
