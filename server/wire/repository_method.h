#pragma once

#include <memory>
#include <vector>

#include "server/exec/executor.h"
#include "server/observe/counters.h"
#include "server/plan/call.h"
#include "server/wire/codec/request_decoder.h"
#include "server/wire/codec/response_encoder.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/row_encoders.h"
#include "server/wire/serving_gate.h"

namespace rowkeeper::wire {

/// What every repository method needs of the server. All of it outlives the methods.
struct RepositoryBackend {
  exec::Executor* executor = nullptr;
  const plan::PageTokens* tokens = nullptr;
  const ServingGate* gate = nullptr;
  plan::PageLimits pages;
  /// Larger responses become RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE. Bytes.
  size_t max_response_bytes = 8 << 20;
};

/// Serves one method: request bytes -> call -> executor -> response bytes. Thread-safe; Serve never blocks.
class RepositoryMethod {
 public:
  RepositoryMethod(const plan::MethodPlan* plan, const RepositoryBackend& backend);

  const plan::MethodPlan& plan() const { return *plan_; }
  void Serve(UnaryCall call) const;

 private:
  absl::StatusOr<plan::Call> Prepare(const UnaryCall& call) const;
  absl::StatusOr<std::string> Encode(const exec::Outcome& outcome) const;

  const plan::MethodPlan* const plan_;
  const RepositoryBackend backend_;
  const std::unique_ptr<const codec::RequestDecoder> decoder_;
  const std::unique_ptr<const codec::ResponseEncoder> response_encoder_;
  RowEncoders row_encoders_;
  observe::MethodCounter* const counter_;
};

/// The gRPC form of `methods`, which must outlive the service.
std::vector<DynamicMethod> ToDynamicMethods(const std::vector<std::unique_ptr<const RepositoryMethod>>& methods);

}  // namespace rowkeeper::wire
