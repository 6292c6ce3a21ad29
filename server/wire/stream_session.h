#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/exec/execution.h"
#include "server/exec/executor.h"
#include "server/policy/policies.h"
#include "server/wire/answer_log.h"
#include "server/wire/cancel_slot.h"
#include "server/wire/pipeline/request_reader.h"
#include "server/wire/row_encoders.h"
#include "server/wire/serving_gate.h"
#include "server/wire/stream_registry.h"
#include "server/wire/stream_rpc.h"

namespace rowkeeper::wire {

/// What every streaming method needs of the server. All of it outlives the methods.
struct StreamBackend {
  exec::Executor* executor = nullptr;
  const exec::RunnerParts* parts = nullptr;
  const ServingGate* gate = nullptr;
  StreamRegistry* registry = nullptr;
  const SharedCodecs* codecs = nullptr;
  RequestLimits limits;
  /// Rows in one answer of an export. Range 1 to 10000.
  int export_rows = 1000;
  /// An answer of an export ends with the row before the one with which it would be larger; a single row may be. Bytes.
  size_t export_bytes = 1 << 20;
  /// Larger answers end an export with RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE. Bytes.
  size_t max_response_bytes = 8 << 20;
  /// Null: everybody may call everything.
  const policy::Policies* policies = nullptr;
};

/// A streaming call from its first header to its log line: lets it in, watches that its caller does something, and ends
/// it once. Thread-safe.
class StreamSession : public StreamObserver,
                      public exec::Executor::CallerSource,
                      public std::enable_shared_from_this<StreamSession> {
 public:
  /// All outlive the session.
  struct Of {
    StreamKind kind = {};
    const ServedMethod* method = nullptr;
    const StreamBackend* backend = nullptr;
    const ServingGate::MethodStatus* serving = nullptr;
  };
  StreamSession(const Of& of, StreamRpc rpc);

  /// Call once.
  void Start();
  CallerId Identify() final { return caller_; }
  const CallerId& caller() const { return caller_; }
  /// See Exchange.
  const RequestOwner& owner() const { return owner_; }
  /// For how long in all the server has waited for the caller; 0 when that is not most of the time, or it is over.
  Clock::duration SlowFor(Clock::time_point now) const;
  /// Ends it because somebody else needs its place, and its caller is slow.
  void GiveUpPlace();
  /// Of the registry: ends a call whose caller does nothing. Gives when to check again; StreamRegistry::CheckBy is told
  /// when that is to be sooner.
  Clock::time_point CheckIdle(Clock::time_point now);

 protected:
  const StreamBackend& backend() const { return backend_; }
  StreamRpc& rpc() { return rpc_; }
  /// Whether the database lets the method be served now.
  absl::Status CheckServed() const { return backend_.gate->Check(serving_); }

  /// The call ends before it should, as `why` says; must see to it that End is called soon. May come more than once,
  /// and on any thread; must not block.
  virtual void Interrupt(const absl::Status& why) = 0;
  /// What an idle caller is told to do.
  virtual std::string IdleRemedy() const = 0;

  /// Whether from now on it is the caller's turn.
  enum class Turn { kCaller, kServer };
  void Note(Turn turn);
  /// Answers, counts and logs, once; `rows` went over the wire.
  void End(const absl::Status& status, int64_t rows);

  /// Stops what the executor does for the session, now or later, because of `interruption`.
  void StopWork(const absl::Status& interruption);
  /// For what is submitted to the executor.
  CancelSlot& work_slot() { return work_slot_; }
  /// The same: who is named in what is logged meanwhile. Of one piece of work at a time.
  observe::CallContext* work_context() { return &work_context_; }

 private:
  void OnCancel(CancelCause cause) final;
  void OnDone() final;
  absl::Status Admit();

  const StreamKind kind_;
  const StreamBackend& backend_;
  const ServingGate::MethodStatus& serving_;
  StreamRpc rpc_;
  const CallerId caller_;
  const RequestOwner owner_;
  AnswerLog log_;
  CancelSlot work_slot_;
  observe::CallContext work_context_;

  const Clock::time_point start_;
  mutable absl::Mutex mutex_;
  /// Until waiting_since_.
  Clock::duration waited_ ABSL_GUARDED_BY(mutex_){0};
  bool admitted_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<Clock::time_point> waiting_since_ ABSL_GUARDED_BY(mutex_);
  std::optional<Clock::time_point> ended_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::wire
