#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/slice.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/base/memory_budget.h"
#include "server/observe/tracer.h"
#include "server/wire/caller.h"
#include "server/wire/caller_memory.h"
#include "server/wire/callers.h"
#include "server/wire/in_flight.h"
#include "server/wire/traffic.h"
#include "server/wire/unary_rpc.h"

namespace rowkeeper::wire {

/// gRPC's side of a UnaryRpc. Two parties hold it, gRPC until OnDone and the UnaryRpc until it is destroyed;
/// whichever lets go last deletes it.
class UnaryReactor final : public grpc::ServerUnaryReactor, public AbortableRpc {
 public:
  struct Method {
    std::string path;
    size_t max_response_bytes = 0;
    InFlight* in_flight = nullptr;
    Traffic* traffic = nullptr;
    Clock* clock = nullptr;
    /// May be null.
    MemoryBudget* memory = nullptr;
    /// Null: all are anonymous.
    const Callers* callers = nullptr;
    /// Null: no call is sampled.
    const observe::Tracer* tracer = nullptr;
  };

  /// All pointers outlive OnDone. `request` is emptied: gRPC would keep it until the call is over.
  UnaryReactor(const Method* method, grpc::CallbackServerContext* context, grpc::ByteBuffer* request,
               grpc::ByteBuffer* response);

  const Method& method() const { return *method_; }
  absl::Status Admission();
  MemoryOwner* memory_owner() { return &memory_; }
  std::string_view request() const;
  void DropRequest() { request_ = grpc::Slice(); }
  std::optional<std::string_view> Header(std::string_view name) const;
  std::vector<HeaderField> HeadersStartingWith(std::string_view prefix) const;
  /// Why the call must not begin; OK when it may.
  const absl::Status& CheckCaller() const { return identity_.status(); }
  /// See UnaryRpc.
  identity::SharedIdentity identity() const { return identity_.ok() ? *identity_ : nullptr; }
  std::string caller() const { return identity() != nullptr ? identity()->name : CallerOf(*context_); }
  Clock& clock() const { return clock_; }
  Clock::time_point came_at() const override { return start_; }
  Clock::duration elapsed() const { return clock_.Now() - start_; }
  Clock::time_point deadline() const { return deadline_; }
  bool answered() const { return answered_.load(std::memory_order_acquire); }
  bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }
  bool aborted() const { return aborted_.load(std::memory_order_acquire); }
  bool ended_by_operator() const { return ended_by_operator_.load(std::memory_order_acquire); }

  void SetCancelCallback(UnaryRpc::CancelCallback callback);
  void SetUndeliveredCallback(std::function<void()> callback);
  void AddTrailer(const std::string& name, const std::string& value);
  bool FinishWith(std::string response);
  bool FinishWith(const absl::Status& error);
  /// The server stops and does not wait for this call.
  void Abort() override { Interrupt(&aborted_, CancelCause::kShutdown); }
  bool EndIfUnread(Clock::time_point then) override;
  observe::CallProgress* progress() { return &progress_; }
  uint64_t number() const override { return progress_.number(); }
  std::optional<RunningCall> Describe() override;
  OperatorEnd EndByOperator() override;
  void Ref() override { references_.fetch_add(1, std::memory_order_relaxed); }
  void Unref() override;

 private:
  ~UnaryReactor() override = default;
  /// Else gRPC wakes one more thread for OnDone and OnCancel. Of a call that is answered both do next to nothing, and
  /// take no lock but those of this object and of InFlight.
  bool InternalInlineable() override { return answered() && ends_inline_.load(std::memory_order_acquire); }
  void OnCancel() override { Interrupt(&cancelled_, Cause()); }
  void OnDone() override;

  template <typename Callback>
  void Guarded(Callback callback);
  /// True for the one who may answer; drops the callback.
  bool ClaimAnswer();
  CancelCause Cause() const;
  void Interrupt(std::atomic<bool>* how, CancelCause cause);

  const Method* const method_;
  grpc::CallbackServerContext* const context_;
  grpc::ByteBuffer* const response_;
  Clock& clock_;
  const Clock::time_point start_;
  const Clock::time_point deadline_;
  grpc::Slice request_;
  const absl::StatusOr<identity::SharedIdentity> identity_;
  observe::CallProgress progress_;
  CallerMemory memory_;
  /// Of the request, and then of what was decoded from it.
  MemoryCharge request_charge_;
  MemoryBudget::Room room_ = MemoryBudget::Room::kEnough;
  MemoryCharge response_charge_;

  std::atomic<int> references_{2};
  std::atomic<bool> answered_{false};
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> aborted_{false};
  std::atomic<bool> ended_by_operator_{false};
  std::atomic<bool> ends_inline_{true};
  absl::Mutex mutex_;
  /// When answered_ was set.
  Clock::time_point answered_at_ ABSL_GUARDED_BY(mutex_);
  /// gRPC holds the call no more.
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  /// Nobody took the response in time.
  bool given_up_ ABSL_GUARDED_BY(mutex_) = false;
  UnaryRpc::CancelCallback on_cancel_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> on_undelivered_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::wire
