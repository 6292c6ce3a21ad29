#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/db/cancellation.h"
#include "server/exec/call_trace.h"
#include "server/observe/counters.h"
#include "server/wire/unary_call.h"

namespace rowkeeper::wire {

/// What is the same for all calls of a method.
struct ServedMethod {
  /// "planner.v1.TodoRepository.GetById"
  std::string_view name;
  /// Full name of the entity; empty for methods without one.
  std::string_view entity;
  observe::MethodCounter* counter = nullptr;
};

/// A call in flight: answered once, then counted and logged. One thread at a time, except call().
class Exchange {
 public:
  /// `method` outlives the exchange.
  Exchange(const ServedMethod* method, UnaryCall call);

  UnaryCall& call() { return call_; }
  /// See CallerOf.
  const std::string& caller();

  /// Tells calls of one process apart by method and request, so that a number of the header rowkeeper-sequence stands
  /// for one of them. Until DropRequest.
  uint64_t Fingerprint() const;

  /// Whether what is noted below will be logged.
  bool noting() const { return noting_; }
  /// The id of a row that the call is about.
  void NoteId(std::string id) { ids_.push_back(std::move(id)); }
  /// The unit of work that the call belongs to, by its handle.
  void NoteUnit(std::string_view handle);
  void NoteUnitId(std::string_view id) { unit_of_work_ = id; }
  void NoteLabel(std::string_view label) { label_ = label; }
  void NoteRows(int64_t rows) { rows_ = rows; }

  /// Has what `trace` (may be null) holds when the call is answered told in trailing metadata.
  void Trace(std::shared_ptr<exec::CallTrace> trace) { trace_ = std::move(trace); }
  /// Null when the call is not traced.
  exec::CallTrace* trace() const { return trace_.get(); }

  /// A call that the end of the server cut is answered with SHUTTING_DOWN where it would say that its caller cancelled.
  void Answer(absl::StatusOr<std::string> response);

  /// What a statement is told of a call that ended.
  static db::Cancellation::Cause ToDatabaseCause(CancelCause cause);
  /// Has `ticket` (anything with Cancel(db::Cancellation::Cause)) cancelled when the call ends before it is answered.
  template <typename Ticket>
  void CancelWith(Ticket ticket) {
    call_.OnCancel([ticket](CancelCause cause) mutable { ticket.Cancel(ToDatabaseCause(cause)); });
  }

 private:
  void Log(const absl::Status& status) const;

  const ServedMethod& method_;
  UnaryCall call_;
  const bool noting_;
  const std::chrono::steady_clock::time_point start_;
  std::string caller_;
  std::string request_id_;
  std::vector<std::string> ids_;
  std::string unit_of_work_;
  std::string label_;
  int64_t rows_ = -1;
  std::shared_ptr<exec::CallTrace> trace_;
};

}  // namespace rowkeeper::wire
