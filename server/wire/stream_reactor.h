#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/base/memory_budget.h"
#include "server/wire/caller_memory.h"
#include "server/wire/callers.h"
#include "server/wire/in_flight.h"
#include "server/wire/stream_rpc.h"
#include "server/wire/traffic.h"
#include "server/wire/unary_reactor.h"

namespace rowkeeper::wire {

/// gRPC's side of a StreamRpc. On the wire every kind of call is a stream of messages each way, so a method with one
/// request reads once, and one with one response writes once. gRPC holds it until OnDone, each StreamRpc until it is
/// destroyed; whichever lets go last deletes it.
class StreamReactor final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>, public AbortableRpc {
 public:
  /// See UnaryCall.
  StreamReactor(SharedMethods methods, const std::string* path, const RpcService& service,
                grpc::CallbackServerContext* context);

  const std::string& path() const { return path_; }
  const SharedMethods& methods() const { return methods_; }
  const grpc::CallbackServerContext& context() const { return *context_; }
  /// Why the call must not begin; OK when it may.
  const absl::Status& CheckCaller() const { return identity_.status(); }
  /// See UnaryRpc.
  identity::SharedIdentity identity() const { return identity_.ok() ? *identity_ : nullptr; }
  MemoryOwner* memory_owner() { return &memory_; }
  Clock::time_point came_at() const override { return start_; }
  Clock::duration elapsed() const { return clock_.Now() - start_; }
  const observe::Tracer* tracer() const { return tracer_; }
  Clock::time_point deadline() const { return deadline_; }
  bool aborted() const { return aborted_.load(std::memory_order_acquire); }

  void Observe(std::shared_ptr<StreamObserver> observer);
  void Read();
  bool Write(std::string message);
  bool FinishWith(const absl::Status& status);
  void Abandon();
  /// The StreamRpc is gone.
  void Drop();
  void Abort() override;
  /// A stream's caller has an idle limit.
  bool EndIfUnread(Clock::time_point) override { return false; }
  observe::CallProgress* progress() { return &progress_; }
  uint64_t number() const override { return progress_.number(); }
  std::optional<RunningCall> Describe() override;
  OperatorEnd EndByOperator() override;
  void Ref() override { references_.fetch_add(1, std::memory_order_relaxed); }
  void Unref() override;

 private:
  ~StreamReactor() override = default;
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  template <typename Callback>
  void Tell(StreamObserver& told, Callback callback);
  /// nullptr once the call is finished, or when nobody observes it.
  std::shared_ptr<StreamObserver> observer() const;

  /// Goes last: all that the call points into.
  const SharedMethods methods_;
  const std::string& path_;
  InFlight* const in_flight_;
  Traffic& traffic_;
  grpc::CallbackServerContext* const context_;
  Clock& clock_;
  const Clock::time_point start_;
  const Clock::time_point deadline_;
  const observe::Tracer* const tracer_;
  const absl::StatusOr<identity::SharedIdentity> identity_;
  observe::CallProgress progress_;
  CallerMemory memory_;
  grpc::ByteBuffer incoming_;
  grpc::ByteBuffer outgoing_;

  std::atomic<int> references_{2};
  std::atomic<bool> aborted_{false};
  std::atomic<bool> ended_by_operator_{false};
  mutable absl::Mutex mutex_;
  std::shared_ptr<StreamObserver> observer_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  /// Of the last message that came, until the next is asked for.
  MemoryCharge incoming_charge_ ABSL_GUARDED_BY(mutex_);
  /// Of the message that is on its way out.
  MemoryCharge outgoing_charge_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::wire
