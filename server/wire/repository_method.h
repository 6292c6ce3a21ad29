#pragma once

// The map of this folder:
//   pipeline/               the ways a call can run, put together here and in run_method.cc: request_reader, then
//                           claimed (idempotency key) and traced round run_and_encode, then where it runs: alone,
//                           in_unit, own_transaction, key_queue (who waits for whom)
//   cancel_slot.h           how a call is cancelled meanwhile
//   headers.cc              what the rowkeeper-* headers and idempotency-key mean; an unknown one is refused
//   caller.cc               who a caller is: the one place for identities
//   permission.cc           whether a call may begin: the one place for policies, which dynamic_service.cc asks
//   debug_header.cc         reads the header rowkeeper-debug and writes its trailers
//   readable_part.cc        a stored response without what its caller may not read by now
//   request_hash.cc         when two requests with one idempotency key are the same
//   unit_of_work_service.h  rowkeeper.v1.UnitOfWork; run_plan.cc finds every mistake of a Run first, run_values.cc the
//                           values that its calls take from earlier ones
//   import_method.cc        imports, export_method.cc exports, over stream_session.h (limits, idle callers, the end)
//                           and stream_rpc.h (gRPC's side). An import's plan is that of its messages, a batch; an
//                           export is a job of the executor. stream_registry.h: how many, and who idles
//   method_table.h          the methods of one catalogue; served_methods.cc: which of them a call is answered by
//   in_flight.h             tells a call that shutdown does not wait for it; exchange.cc answers SHUTTING_DOWN
//   otlp/                   traces on their way to a collector; start at otlp/trace_exporter.h
//   related_encoder.cc      writes relations into rows
//   server.h                listening and gRPC's settings; health.h, status.h; reflection.h, and what it leaves
//                           out for a caller, reflected_fields.h

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/exec/executor.h"
#include "server/exec/runner.h"
#include "server/plan/call.h"
#include "server/policy/policies.h"
#include "server/uow/units_of_work.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/exchange.h"
#include "server/wire/headers.h"
#include "server/wire/pipeline/keyed_writes.h"
#include "server/wire/pipeline/own_transaction.h"
#include "server/wire/pipeline/request_reader.h"
#include "server/wire/pipeline/response_writer.h"
#include "server/wire/request_hash.h"
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
  KeyedWrites* keyed = nullptr;
  RequestHasher* hasher = nullptr;
  OwnTransaction::Backend transactions;
  const SharedCodecs* codecs = nullptr;
  RequestLimits limits;
  /// The most that the header rowkeeper-debug may ask for.
  DebugLevel debug = DebugLevel::kCost;
  /// Larger responses become RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE. Bytes.
  size_t max_response_bytes = 8 << 20;
  /// Null: everybody may call everything.
  const policy::Policies* policies = nullptr;
};

/// Serves one method. The call's way is decided here, at its start, and each stage of it is a file of `pipeline`:
///
///     request_reader                          decode, bind
///     alone | in_unit | key_queue             where it runs; key_queue has it run in own_transaction
///       [traced [under_savepoint [claimed]]]  what is round it
///         run_and_encode                      exec::Runner, response_writer
///     Exchange::Answer
///
/// Thread-safe; nothing here blocks.
class RepositoryMethod {
 public:
  RepositoryMethod(const plan::MethodPlan* plan, const RepositoryBackend& backend);

  const plan::MethodPlan& plan() const { return *plan_; }
  const ServedMethod& served() const { return served_; }
  /// What it is to the policies, if there are any.
  policy::Subject subject() const { return subject_; }
  void Serve(UnaryRpc rpc) const;

  // The ends of the pipeline, for calls that come in another way.
  const RequestReader& reader() const { return reader_; }
  const ResponseWriter& writer() const { return writer_; }
  /// Whether the database lets `call`, of this method, be served.
  absl::Status CheckServed(const plan::Call& call) const;

 private:
  using SharedExchange = std::shared_ptr<Exchange>;

  /// What a call's headers ask for beside the call itself; read before the request's bytes are dropped.
  struct HeaderOptions {
    std::optional<exec::IdempotencyKey> key;
    std::optional<std::string> unit_of_work;
    uow::UnitsOfWork::StepOptions in_unit;
  };

  /// Both: an error is the answer; otherwise `exchange` will be answered.
  absl::Status Start(const SharedExchange& exchange) const;
  absl::Status Run(const SharedExchange& exchange, HeaderOptions options, plan::Call call) const;
  absl::StatusOr<HeaderOptions> ReadHeaderOptions(RowkeeperHeaders headers, const Exchange& exchange) const;

  const plan::MethodPlan* const plan_;
  const RepositoryBackend backend_;
  const RequestReader reader_;
  const ResponseWriter writer_;
  const ServedMethod served_;
  const ServingGate::MethodStatus* const serving_;
  const policy::Subject subject_;
};

/// The gRPC form of `methods`, which must outlive the service.
std::vector<DynamicMethod> ToDynamicMethods(const std::vector<std::unique_ptr<const RepositoryMethod>>& methods);

}  // namespace rowkeeper::wire
