#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/timers.h"
#include "server/observe/counters.h"
#include "server/observe/duration_histogram.h"

namespace rowkeeper::observe {

/// Calls by how long they took: DurationHistogram::Snapshot::counts of a stretch of time.
using DurationCounts = std::array<uint32_t, DurationHistogram::kBounds.size() + 1>;

/// The duration that a `share` (0 to 1) of the calls did not exceed, as exact as the buckets are: what is between two
/// bounds is taken to be spread evenly, and what is beyond the last one to be at it. Zero when there are no calls.
DurationHistogram::Duration QuantileOf(const DurationCounts& counts, double share);

/// Whose fault it is that a call failed, for charts.
enum class FailureKind {
  kNone,
  /// The request's, or nobody's: INVALID_ARGUMENT, NOT_FOUND, UNIMPLEMENTED, CANCELLED.
  kCaller,
  /// A limit was reached: RESOURCE_EXHAUSTED.
  kRefused,
  /// The server's or the database's: UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE, DATA_LOSS.
  kServer,
};
FailureKind KindOfFailure(absl::StatusCode code);

/// How much there was to do at one moment.
struct LoadSample {
  uint32_t connections_used = 0;
  uint32_t calls_waiting = 0;
};

/// What the calls that ended in one stretch of time came to, and the load at its end.
struct CallSample {
  Clock::wall_time_point end;
  std::chrono::milliseconds length{0};
  uint32_t calls = 0;
  uint32_t caller_errors = 0;
  uint32_t refused = 0;
  uint32_t failed = 0;
  DurationCounts durations{};
  LoadSample load;
};

/// The last hour in stretches of ten seconds, read from the counters that there are anyway: calls know nothing of it.
/// At most 50 KB. Thread-safe.
class CallHistory {
 public:
  static constexpr std::chrono::seconds kPeriod{10};
  static constexpr size_t kKept = 360;

  /// Gives the load; called on the timers' thread, must not block. May be null.
  using Load = std::function<LoadSample()>;

  /// Begins with the next stretch. All outlive this object.
  CallHistory(const Counters* counters, Timers* timers, Load load);

  /// Oldest first, kKept at most.
  std::vector<CallSample> Samples() const;

 private:
  /// Of all calls since the start.
  struct Totals {
    uint64_t caller_errors = 0;
    uint64_t refused = 0;
    uint64_t failed = 0;
    std::array<uint64_t, std::tuple_size_v<DurationCounts>> durations{};
  };

  Totals TakeTotals() const;
  void Sample();

  const Counters& counters_;
  Clock& clock_;
  const Load load_;
  // Of the timers' thread alone.
  Totals before_;
  Clock::time_point begin_;

  mutable absl::Mutex mutex_;
  /// A ring: the oldest is at next_ when it is full.
  std::vector<CallSample> samples_ ABSL_GUARDED_BY(mutex_);
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  PeriodicTimer timer_;
};

}  // namespace rowkeeper::observe
