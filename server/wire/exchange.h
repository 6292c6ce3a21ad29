#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/exec/call_trace.h"
#include "server/exec/executor.h"
#include "server/wire/answer_log.h"
#include "server/wire/cancel_slot.h"
#include "server/wire/method_table.h"
#include "server/wire/pipeline/request_reader.h"
#include "server/wire/unary_rpc.h"

namespace rowkeeper::wire {

/// A call in flight: answered once, then counted and logged. One thread at a time, except rpc().
class Exchange : public exec::Executor::CallerSource {
 public:
  /// `method` outlives the exchange.
  Exchange(const ServedMethod* method, UnaryRpc rpc);

  UnaryRpc& rpc() { return rpc_; }
  const UnaryRpc& rpc() const { return rpc_; }
  /// See CallerOf.
  const std::string& caller();
  CallerId Identify() override { return CallerId(caller()); }
  RequestOwner owner() const;
  /// For what the executor does for the call: by its deadline, in its caller's name.
  exec::Executor::Terms terms() {
    exec::Executor::Terms terms(rpc_.deadline(), this);
    terms.context = context();
    terms.runner = RunnerOf(rpc_.methods());
    return terms;
  }

  /// Full name of the entity that the call is about; empty for calls without one. Outlives the exchange.
  std::string_view entity() const { return log_.entity(); }

  /// Tells calls of one process apart by method and request, so that a number of the header rowkeeper-sequence stands
  /// for one of them. Until DropRequest.
  uint64_t Fingerprint() const;

  /// Whether what is noted below may be logged, or is in the spans of the call.
  bool noting() const { return log_.noting() || log_.context().spans != nullptr; }
  /// What the call costs, and who is named in what is logged while it runs.
  observe::CallContext* context() { return &log_.context(); }
  /// The id of a row that the call is about.
  void NoteId(std::string_view id) { log_.NoteId(id); }
  /// The unit of work that the call belongs to, by its handle.
  void NoteUnit(std::string_view handle);
  void NoteUnitId(std::string_view id) { log_.NoteUnitId(id); }
  void NoteLabel(std::string_view label) { log_.NoteLabel(label); }
  void NoteRows(int64_t rows) { rows_ = rows; }

  /// Has what `trace` (may be null) holds when the call is answered told in trailing metadata.
  void Trace(std::shared_ptr<exec::CallTrace> trace) { trace_ = std::move(trace); }
  /// Null when the call is not traced.
  exec::CallTrace* trace() const { return trace_.get(); }

  /// Where the response comes from: a stored one is answered with the trailer rowkeeper-idempotent-replay.
  enum class Origin { kMade, kReplayed };
  void NoteOrigin(Origin origin) { origin_ = origin; }
  bool replayed() const { return origin_ == Origin::kReplayed; }

  /// What makes of an earlier response, which the call may be answered with, the caller's response.
  using Censor = std::function<absl::StatusOr<std::string>(std::string)>;
  void CensorWith(Censor censor) { censor_ = std::move(censor); }

  /// A call that the end of the server aborted is answered with SHUTTING_DOWN, one that an operator ended with
  /// ENDED_BY_OPERATOR, where it would say that its caller cancelled.
  void Answer(absl::StatusOr<std::string> response);

  // One of these, once, for a call that is to be stopped when it ends before it is answered.

  /// Has `ticket` (anything with Cancel(db::Cancellation::Cause)) cancelled then.
  template <typename Ticket>
  void CancelWith(Ticket ticket) {
    rpc_.OnCancel([ticket](CancelCause cause) mutable { ticket.Cancel(ToDatabaseCause(cause)); });
  }
  /// For a call that is cancelled now in one way and then in another.
  std::shared_ptr<CancelSlot> MakeCancelSlot();

 private:
  UnaryRpc rpc_;
  AnswerLog log_;
  int64_t rows_ = -1;
  Origin origin_ = Origin::kMade;
  std::shared_ptr<exec::CallTrace> trace_;
  Censor censor_;
};

}  // namespace rowkeeper::wire
