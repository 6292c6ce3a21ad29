#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/exec/executor.h"
#include "server/exec/runner.h"
#include "server/plan/call.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/exchange.h"
#include "server/wire/headers.h"
#include "server/wire/keyed_writes.h"
#include "server/wire/pipeline/request_reader.h"
#include "server/wire/pipeline/response_writer.h"
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
  KeyedWrites* keyed = nullptr;
  RequestLimits limits;
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

  // The ends of the pipeline, for calls that come in another way.
  const RequestReader& reader() const { return reader_; }
  const ResponseWriter& writer() const { return writer_; }

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
  const RequestReader reader_;
  const ResponseWriter writer_;
  const ServedMethod served_;
};

/// The gRPC form of `methods`, which must outlive the service.
std::vector<DynamicMethod> ToDynamicMethods(const std::vector<std::unique_ptr<const RepositoryMethod>>& methods);

}  // namespace rowkeeper::wire
