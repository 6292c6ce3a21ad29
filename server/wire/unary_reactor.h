#pragma once

#include <grpcpp/generic/async_generic_service.h>
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
#include "server/wire/method_table.h"
#include "server/wire/traffic.h"
#include "server/wire/unary_rpc.h"

namespace rowkeeper::wire {

/// What the calls of a service have in common. All of it outlives them.
struct RpcService {
  size_t max_response_bytes = 4 << 20;
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

/// gRPC's side of a UnaryRpc, whichever way gRPC knows the call. Two parties hold it, gRPC until OnDone and the
/// UnaryRpc until it is destroyed; whichever lets go last deletes it.
class UnaryCall : public AbortableRpc {
 public:
  UnaryCall(const UnaryCall&) = delete;
  UnaryCall& operator=(const UnaryCall&) = delete;

  const std::string& path() const { return *path_; }
  const SharedMethods& methods() const { return methods_; }
  const observe::Tracer* tracer() const { return service_.tracer; }
  absl::Status Admission();
  MemoryOwner* memory_owner() { return &memory_; }
  std::string_view request() const;
  void DropRequest() { request_ = grpc::Slice(); }
  std::optional<std::string_view> Header(std::string_view name) const;
  std::vector<HeaderField> HeadersStartingWith(std::string_view prefix) const;
  /// Why the call must not begin; OK when it may.
  const absl::Status& CheckCaller() const { return identity_.status(); }
  /// INVALID_ARGUMENT when it came without a message, as when it was cancelled before that. gRPC begins such a call,
  /// and a request of no bytes is one that a method would execute.
  absl::Status CheckRequest() const;
  /// See UnaryRpc.
  identity::SharedIdentity identity() const { return identity_.ok() ? *identity_ : nullptr; }
  std::string caller() const { return identity() != nullptr ? CallerName(*identity()) : CallerOf(*context_); }
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

 protected:
  /// `path` is of one of `methods`, or, where that is null, lives until BeginBy; `service` outlives the call. gRPC
  /// alone holds the new object.
  UnaryCall(SharedMethods methods, const std::string* path, const RpcService* service,
            grpc::CallbackServerContext* context);
  virtual ~UnaryCall() = default;

  /// Once all of the object is there: from now on it can be aborted.
  void Enter();
  /// For a call without methods: it is answered by these. Before the UnaryRpc is made.
  void BeginBy(SharedMethods methods, const std::string* path);
  /// Before the UnaryRpc is made. `request` is emptied: gRPC would keep it until the call is over.
  void TakeRequest(grpc::ByteBuffer* request);
  /// Gives gRPC the answer, once. No gRPC operation calls back before it returns.
  virtual void SendResponse(grpc::ByteBuffer response) = 0;
  virtual void SendError(const grpc::Status& error) = 0;

  /// Of a call that is answered, gRPC's last callbacks do next to nothing, and take no lock but those of this object
  /// and of InFlight.
  bool EndsInline() const { return answered() && ends_inline_.load(std::memory_order_acquire); }
  void NoteCancelled() { Interrupt(&cancelled_, Cause()); }
  /// gRPC lets go of the call; this object may be gone when it returns.
  void NoteDone();

 private:
  template <typename Callback>
  void Guarded(Callback callback);
  /// True for the one who may answer; drops the callback.
  bool ClaimAnswer();
  CancelCause Cause() const;
  void Interrupt(std::atomic<bool>* how, CancelCause cause);

  /// Goes last: all that the call points into.
  SharedMethods methods_;
  const std::string* path_;
  const RpcService& service_;
  grpc::CallbackServerContext* const context_;
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
  bool has_request_ = false;
  MemoryCharge response_charge_;

  std::atomic<int> references_{1};
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

/// A call of a method that gRPC was told of when it started.
class UnaryReactor final : public grpc::ServerUnaryReactor, public UnaryCall {
 public:
  /// `request` is emptied, and both live until OnDone.
  UnaryReactor(SharedMethods methods, const std::string* path, const RpcService* service,
               grpc::CallbackServerContext* context, grpc::ByteBuffer* request, grpc::ByteBuffer* response);

 private:
  ~UnaryReactor() override = default;
  void SendResponse(grpc::ByteBuffer response) override;
  void SendError(const grpc::Status& error) override { Finish(error); }
  /// Else gRPC wakes one more thread for OnDone and OnCancel.
  bool InternalInlineable() override { return EndsInline(); }
  void OnCancel() override { NoteCancelled(); }
  void OnDone() override { NoteDone(); }

  grpc::ByteBuffer* const response_;
};

/// A call of a method that came later: to gRPC it is a stream of messages each way, of which there is one. It holds no
/// methods until its request is there, for which its caller may take its time.
class LateUnaryReactor final : public grpc::ServerGenericBidiReactor, public UnaryCall {
 public:
  /// Finds the method, calls BeginLate, makes the UnaryRpc and has it served; false, having done nothing, where there
  /// is no such method any more.
  using Begin = std::function<bool(LateUnaryReactor*)>;

  /// `path` lives until OnDone. `begin` is called when the request is there.
  LateUnaryReactor(const std::string* path, const RpcService* service, grpc::CallbackServerContext* context,
                   Begin begin);

  /// The call is answered by a method of `methods`, which has this path.
  void BeginLate(SharedMethods methods, const std::string* path);
  void Abort() override;
  OperatorEnd EndByOperator() override;

 private:
  /// Who goes on with a call: its request, or its end before that.
  enum class Stage { kWaits, kBegan, kEnded };

  ~LateUnaryReactor() override = default;
  void SendResponse(grpc::ByteBuffer response) override;
  void SendError(const grpc::Status& error) override { Finish(error); }
  void OnReadDone(bool ok) override;
  void OnCancel() override { NoteCancelled(); }
  void OnDone() override { NoteDone(); }
  /// True for one of both.
  bool LeaveWaiting(Stage next);

  const Begin begin_;
  std::atomic<Stage> stage_{Stage::kWaits};
  grpc::ByteBuffer incoming_;
  grpc::ByteBuffer outgoing_;
};

}  // namespace rowkeeper::wire
