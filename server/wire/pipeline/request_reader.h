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
};

/// `identity`: null for an anonymous caller.
RequestOwner OwnerOf(const identity::Identity* identity);

/// The first stage of the pipeline: a request's bytes become a bound call. Stateless; thread-safe. Errors of all
/// methods: INVALID_ARGUMENT; PERMISSION_DENIED TENANT_REQUIRED.
class RequestReader {
 public:
  /// `plan` and `tokens` outlive the reader. The decoder is compiled for the first request.
  RequestReader(const plan::MethodPlan* plan, const RequestLimits& limits, const plan::PageTokens* tokens,
                codec::SharedShapes shapes);

  absl::StatusOr<plan::Call> Read(std::string_view bytes, RequestOwner owner) const;

  // The two halves of Read, for a caller who fills in values, and the owner, between them.
  absl::Status Decode(std::string_view bytes, plan::Request* request) const;
  absl::StatusOr<plan::Call> Bind(plan::Request request) const;

 private:
  const plan::MethodPlan& plan_;
  const RequestLimits limits_;
  const plan::PageTokens& tokens_;
  const codec::SharedShapes shapes_;
  const BuiltOnce<codec::RequestDecoder> decoder_;
};

}  // namespace rowkeeper::wire
