#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "server/base/clock.h"
#include "server/base/memory_budget.h"
#include "server/observe/call_progress.h"
#include "server/observe/call_spans.h"
#include "server/observe/trace_parent.h"

namespace rowkeeper::observe {

/// Where the time of a call went.
struct CallTimes {
  /// From its arrival until a thread took it up.
  std::chrono::nanoseconds queue{0};
  /// For a connection of the pool.
  std::chrono::nanoseconds connection{0};
  /// From sending statements to their answers.
  std::chrono::nanoseconds database{0};
  /// Sent, failed ones and those of a retry included; BEGIN, COMMIT and the like left out.
  int statements = 0;
};

/// A statement of a call that took long.
struct SlowStatement {
  /// 0: no statement took as long as CallContext::kWorthNaming.
  std::chrono::nanoseconds time{0};
  /// "planner.v1.Todo/List", or "COMMIT"; empty: it has none.
  std::string purpose;
  /// What it is prepared under; empty: it is not.
  std::string name;
  /// PostgreSQL's; 0: not known.
  int64_t query_id = 0;
  /// See StatementUse; null: not known.
  std::shared_ptr<const std::string> plan;
  /// PostgreSQL's process; 0: not known.
  int backend = 0;
};

/// What is known of a call while it runs: who asked, and what it has cost. One thread at a time.
struct CallContext {
  /// The slowest statement is named if it takes that long.
  static constexpr std::chrono::milliseconds kWorthNaming{1};

  /// The caller's `x-request-id`; may be empty.
  std::string request_id;
  std::optional<TraceParent> trace;
  /// Of a call that is sampled; else null.
  std::shared_ptr<CallSpans> spans;
  CallTimes times;
  SlowStatement slowest;
  /// Whose the memory is that its rows take; null: nobody's. Lives as long as the call has statements.
  MemoryOwner* memory_owner = nullptr;
  /// For those who look at it while it runs; null: nobody can. Lives as long as the call has statements.
  CallProgress* progress = nullptr;

  /// It waited for a thread, for its lane or its turn.
  void NoteQueue(Clock::time_point from, Clock::time_point until) {
    times.queue += until - from;
    if (progress != nullptr) progress->NoteStage(CallProgress::Stage::kRunning);
    if (spans != nullptr) spans->AddQueue(from, until);
  }
  /// It waited so long for a connection, until now.
  void NoteConnection(std::chrono::nanoseconds waited) {
    times.connection += waited;
    if (spans != nullptr) spans->AddConnection(waited);
  }
  bool IsSlowest(std::chrono::nanoseconds time) const { return time >= kWorthNaming && time > slowest.time; }
};

/// While it lives, what this thread does is done for that call: lines that are logged say so, and what statements cost
/// is added to it. Scopes nest.
class CallScope {
 public:
  /// `context` outlives the scope; nullptr: for no call.
  explicit CallScope(CallContext* context) : outer_(current_) { current_ = context; }
  ~CallScope() { current_ = outer_; }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  /// nullptr outside of every call.
  static CallContext* Current() { return current_; }

 private:
  inline static thread_local CallContext* current_ = nullptr;
  CallContext* const outer_;
};

}  // namespace rowkeeper::observe
