#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/observe/span.h"

namespace rowkeeper::observe {

/// A statement that was executed, as its span tells of it. No value of a parameter is in it. Views live as long as the
/// call that they are given to.
struct ExecutedSpan {
  std::chrono::nanoseconds time{0};
  /// "SELECT", "COMMIT"; "_OTHER" where there is no word for it.
  std::string_view operation;
  /// Empty: it concerns none.
  std::string_view table;
  /// "planner.v1.Todo/List"; may be empty.
  std::string_view purpose;
  /// What it is prepared under, and its text, in which parameters are numbers; both empty: it is not prepared.
  std::string_view name;
  std::string_view text;
  /// Of PostgreSQL: database, host or directory of its socket, port.
  std::string_view database;
  std::string_view host;
  std::string_view port;
  /// PostgreSQL's process, and its id of the statement; 0: not known.
  int backend = 0;
  int64_t query_id = 0;
  /// Returned.
  int64_t rows = 0;
  /// Null: it succeeded.
  const absl::Status* error = nullptr;
  /// Of a failure that PostgreSQL said something about.
  std::string_view sqlstate;
};

/// How a call ended.
struct EndedCall {
  const absl::Status* status = nullptr;
  /// Returned or changed; negative when that does not apply.
  int64_t rows = -1;
  std::string_view request_id;
  /// Id of the unit of work that it belongs to; empty: none.
  std::string_view unit_of_work;
};

/// Gathers the spans of one call that is sampled, from its arrival to its answer. All times are of the call's clock.
/// Thread-safe; what comes after the end is not kept.
class CallSpans {
 public:
  /// Spans that one call may have beside its own, and bytes that are kept of a statement's text.
  static constexpr size_t kMostSpans = 128;
  static constexpr size_t kMostTextBytes = 1024;

  struct Start {
    TraceId trace{};
    /// The caller's; 0: the call begins the trace.
    SpanId parent = 0;
    /// The caller's header tracestate.
    std::string state;
    /// "/planner.v1.TodoRepository/GetById"
    std::string_view path;
    Clock::time_point came_at;
    /// Both outlive the call, which this object need not end with.
    Clock* clock = nullptr;
    TraceSink* sink = nullptr;
  };
  explicit CallSpans(Start start);

  /// Of what is done for this call and for others at once: it is kept for AddSharedBy alone, and never ends.
  std::shared_ptr<CallSpans> MakeShared() const;

  const TraceId& trace_id() const { return trace_; }
  /// Of the call's own span.
  SpanId span_id() const { return own_; }

  /// The call waited for a thread.
  void AddQueue(Clock::time_point from, Clock::time_point until);
  /// It waited for a connection of the pool, until now.
  void AddConnection(std::chrono::nanoseconds waited);
  /// Ended now.
  void AddStatement(const ExecutedSpan& statement);
  /// What `shared` has gathered was done for so many calls, this one among them.
  void AddSharedBy(size_t calls, const CallSpans& shared);

  /// The call is answered, once: hands all spans to the sink.
  void End(const EndedCall& end);

 private:
  Span Make(Span::Kind kind, Clock::time_point from, Clock::time_point until) const;
  void Keep(Span span);

  Clock& clock_;
  TraceSink* const sink_;
  const TraceId trace_;
  const std::string state_;
  const SpanId own_;
  const SpanId parent_;
  const std::string method_;
  const Clock::time_point came_at_;
  /// What the wall clock says at the clock's beginning.
  const Clock::wall_time_point epoch_;

  mutable absl::Mutex mutex_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Span> spans_ ABSL_GUARDED_BY(mutex_);
  int64_t left_out_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace rowkeeper::observe
