#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/limits.h"
#include "server/base/reason.h"
#include "server/observe/call_durations.h"
#include "server/observe/counter.h"
#include "server/observe/recent_errors.h"

namespace rowkeeper::observe {

struct CountersSnapshot {
  /// By method, then by the code's name ("NOT_FOUND"); codes that never occurred are left out.
  std::map<std::string, std::map<std::string, uint64_t>> calls;
  /// By ErrorInfo reason, or by the code's name where an error has none.
  std::map<std::string, uint64_t> refusals;
  /// By the name of the limit that was reached.
  std::map<std::string, uint64_t> limits;
};

/// One of the errors that calls were last answered with.
struct RecentError {
  Clock::wall_time_point time;
  /// "planner.v1.TodoRepository.GetById", or Counters::kUnknownMethod.
  std::string method;
  /// "NOT_FOUND"
  std::string code;
  /// Of ErrorInfo; empty when it had none.
  std::string reason;
  /// The limit that was reached; empty when it was none.
  std::string limit;
};

/// What the server did since it started. Thread-safe. Counters are never removed, so pointers to them stay valid.
class Counters {
 public:
  /// The process's own.
  static Counters& Process();

  /// The calls of `method`, made on first use. Look it up once, at start: it takes a lock, and each name is kept.
  CallDurations* Method(std::string_view method);
  /// Those of methods that the server does not have, whatever they are called.
  CallDurations* UnknownMethod() { return &unknown_; }
  /// Counts a refusal under the error's reason, and under the limit that it names, and remembers it for a while,
  /// without a lock. Calls that succeed cost nothing here. `method` is what the call was timed by.
  void CountRefusal(const absl::Status& status, const CallDurations* method);
  /// Newest first, RecentErrors::kKept at most.
  std::vector<RecentError> LatestErrors() const;
  CountersSnapshot Snapshot() const;

  /// Gives every method that was called, with each code that occurred. UnknownMethod() comes last, as kUnknownMethod.
  using Visitor =
      std::function<void(const std::string& method, absl::StatusCode code, const DurationHistogram& durations)>;
  void VisitCalls(const Visitor& visit) const;
  static constexpr std::string_view kUnknownMethod = "_OTHER";

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<CallDurations>, std::less<>> methods_ ABSL_GUARDED_BY(mutex_);
  CallDurations unknown_;
  std::array<Counter, kReasonCount> refusals_{};
  /// Of errors without a reason, by code.
  std::array<Counter, CallDurations::kCodes> unreasoned_{};
  std::array<Counter, kLimitCount> limits_{};
  RecentErrors recent_;
};

}  // namespace rowkeeper::observe
