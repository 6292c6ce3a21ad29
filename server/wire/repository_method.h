#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/exec/executor.h"
#include "server/exec/runner.h"
#include "server/plan/batch.h"
#include "server/plan/bulk.h"
#include "server/plan/call.h"
#include "server/wire/codec/batch_response_encoder.h"
#include "server/wire/codec/request_decoder.h"
#include "server/wire/codec/response_encoder.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/exchange.h"
#include "server/wire/headers.h"
#include "server/wire/row_encoders.h"
#include "server/wire/serving_gate.h"
#include "server/wire/units_slot.h"

namespace rowkeeper::wire {

/// What every repository method needs of the server. All of it outlives the methods.
struct RepositoryBackend {
  exec::Executor* executor = nullptr;
  const exec::Runner* runner = nullptr;
  const UnitsSlot* units = nullptr;
  const plan::PageTokens* tokens = nullptr;
  const ServingGate* gate = nullptr;
  plan::PageLimits pages;
  plan::BatchLimits batches;
  plan::BulkLimits bulk;
  /// The most that the header rowkeeper-debug may ask for.
  DebugLevel debug = DebugLevel::kCost;
  /// Larger responses become RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE. Bytes.
  size_t max_response_bytes = 8 << 20;
};

/// Serves one method: request bytes -> call -> executor, or the unit of work that a header names -> response bytes.
/// Thread-safe; nothing here blocks.
class RepositoryMethod {
 public:
  RepositoryMethod(const plan::MethodPlan* plan, const RepositoryBackend& backend);

  const plan::MethodPlan& plan() const { return *plan_; }
  void Serve(UnaryCall call) const;

  // The parts of Serve, for calls that come in another way. Errors: INVALID_ARGUMENT.
  absl::Status Decode(std::string_view request_bytes, plan::Request* request) const;
  absl::StatusOr<plan::Call> Bind(plan::Request request) const;
  /// The response's bytes, of any size.
  absl::StatusOr<std::string> Encode(const exec::Outcome& outcome) const;

 private:
  using SharedExchange = std::shared_ptr<Exchange>;

  absl::Status Start(const SharedExchange& exchange) const;
  void StartAlone(const SharedExchange& exchange, plan::Call call) const;
  void StartTraced(const SharedExchange& exchange, plan::Call call) const;
  absl::Status StartInUnit(const SharedExchange& exchange, const CallHeaders& headers, uint64_t fingerprint,
                           plan::Call call) const;
  absl::StatusOr<std::string> Respond(const exec::Outcome& outcome, Exchange* exchange) const;
  void NoteKeys(const plan::Call& call, Exchange* exchange) const;
  void NoteCreatedKeys(const exec::Outcome& outcome, Exchange* exchange) const;

  const plan::MethodPlan* const plan_;
  const RepositoryBackend backend_;
  const std::unique_ptr<const codec::RequestDecoder> decoder_;
  const std::unique_ptr<const codec::ResponseEncoder> response_encoder_;
  /// nullptr unless the method is a batch or upsert.
  const std::unique_ptr<const codec::BatchResponseEncoder> batch_encoder_;
  RowEncoders row_encoders_;
  const ServedMethod served_;
};

/// The gRPC form of `methods`, which must outlive the service.
std::vector<DynamicMethod> ToDynamicMethods(const std::vector<std::unique_ptr<const RepositoryMethod>>& methods);

}  // namespace rowkeeper::wire
