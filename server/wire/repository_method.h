#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/codec/batch_response_encoder.h"
#include "server/codec/request_decoder.h"
#include "server/codec/response_encoder.h"
#include "server/exec/executor.h"
#include "server/exec/runner.h"
#include "server/plan/batch/batch.h"
#include "server/plan/bulk/bulk.h"
#include "server/plan/call.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/exchange.h"
#include "server/wire/headers.h"
#include "server/wire/keyed_writes.h"
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
  KeyedWrites* keyed = nullptr;
  plan::BatchLimits batches;
  /// Rows that a custom query may answer; more are RESOURCE_EXHAUSTED TOO_MANY_ROWS.
  int query_rows = 10000;
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

  /// What tells a call from others, as far as its headers ask for that.
  struct Identity {
    /// For rowkeeper-sequence.
    uint64_t fingerprint = 0;
    std::optional<exec::IdempotencyKey> key;
  };

  absl::Status Start(const SharedExchange& exchange) const;
  void StartAlone(const SharedExchange& exchange, plan::Call call) const;
  void StartTraced(const SharedExchange& exchange, plan::Call call) const;
  absl::Status StartInUnit(const SharedExchange& exchange, const CallHeaders& headers, const Identity& identity,
                           plan::Call call) const;
  void StartKeyed(const SharedExchange& exchange, exec::IdempotencyKey key, plan::Call call) const;
  KeyedWrite MakeKeyedWrite(const SharedExchange& exchange, exec::IdempotencyKey key, plan::Call call) const;
  /// Before DropRequest. Refuses a key where nothing is written.
  absl::StatusOr<Identity> Identify(const CallHeaders& headers, const UnaryCall& call, const Exchange& exchange) const;
  absl::StatusOr<std::string> Respond(const exec::Outcome& outcome, Exchange* exchange) const;
  void NoteOutcome(const exec::Outcome& outcome, Exchange* exchange) const;
  void NoteKeys(const plan::Call& call, Exchange* exchange) const;
  void NoteCreatedKeys(const exec::Outcome& outcome, Exchange* exchange) const;

  const plan::MethodPlan* const plan_;
  const RepositoryBackend backend_;
  const std::unique_ptr<const codec::RequestDecoder> decoder_;
  const std::unique_ptr<const codec::ResponseEncoder> response_encoder_;
  /// nullptr unless the method is a batch or upsert.
  const std::unique_ptr<const codec::BatchResponseEncoder> batch_encoder_;
  RowEncoders row_encoders_;
  /// nullptr unless the method is a custom query.
  const std::unique_ptr<const codec::RowEncoder> query_encoder_;
  const ServedMethod served_;
};

/// The gRPC form of `methods`, which must outlive the service.
std::vector<DynamicMethod> ToDynamicMethods(const std::vector<std::unique_ptr<const RepositoryMethod>>& methods);

}  // namespace rowkeeper::wire
