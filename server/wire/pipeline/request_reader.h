#pragma once

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/built_once.h"
#include "server/codec/request_decoder.h"
#include "server/identity/identity.h"
#include "server/plan/batch/batch.h"
#include "server/plan/bulk/bulk.h"
#include "server/plan/call.h"
#include "server/policy/policies.h"

namespace rowkeeper::wire {

/// What the server lets a request ask for.
struct RequestLimits {
  plan::PageLimits pages;
  plan::BatchLimits batches;
  plan::BulkLimits bulk;
  /// Rows that a custom query may answer; more are RESOURCE_EXHAUSTED TOO_MANY_ROWS.
  int query_rows = 10000;
};

/// Whose a call is.
struct RequestOwner {
  /// The identity that page tokens and idempotency keys of the call belong to; empty for an anonymous caller, whose are
  /// anybody's.
  std::string name;
  /// Whose rows the call reads and changes, where they belong to tenants; empty: the caller has no tenant.
  std::string tenant;
  /// Whose rights count; null for an anonymous caller.
  identity::SharedIdentity identity;
};

/// `identity`: null for an anonymous caller.
RequestOwner OwnerOf(identity::SharedIdentity identity);

/// A line for a call of `plan` that a list for a field refused, as `denied` says.
void LogDeniedField(const plan::MethodPlan& plan, const policy::FieldAccess& fields, const absl::Status& denied);

/// The first stage of the pipeline: a request's bytes become a bound call. Stateless; thread-safe. Errors of all
/// methods: INVALID_ARGUMENT; PERMISSION_DENIED TENANT_REQUIRED, FIELD_NOT_ALLOWED, which is logged.
class RequestReader {
 public:
  /// What readers share; all of it outlives them.
  struct Shared {
    const plan::PageTokens* tokens = nullptr;
    codec::SharedShapes shapes;
    /// Null: everybody may read and write all fields.
    const policy::Policies* policies = nullptr;
  };
  /// `plan` outlives the reader. The decoder is compiled for the first request.
  RequestReader(const plan::MethodPlan* plan, const RequestLimits& limits, Shared shared);

  absl::StatusOr<plan::Call> Read(std::string_view bytes, RequestOwner owner) const;

  // The parts of Read, for a caller who fills in values before Bind.
  absl::Status Decode(std::string_view bytes, plan::Request* request) const;
  void GiveTo(RequestOwner owner, plan::Request* request) const;
  absl::StatusOr<plan::Call> Bind(plan::Request request) const;

 private:
  const plan::MethodPlan& plan_;
  const RequestLimits limits_;
  const Shared shared_;
  const BuiltOnce<codec::RequestDecoder> decoder_;
};

}  // namespace rowkeeper::wire
