#pragma once

#include <chrono>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace rowkeeper {

/// What time it is, and how to wait for a time: given to everything that keeps time, so that a test decides how it
/// passes. Thread-safe; outlives what it is given to.
class Clock {
 public:
  using duration = std::chrono::steady_clock::duration;
  /// Of the monotonic clock: for limits and durations. max() means never.
  using time_point = std::chrono::steady_clock::time_point;
  /// For people, who compare it with their watches; it may jump.
  using wall_time_point = std::chrono::system_clock::time_point;

  /// The operating system's time.
  static Clock& System();

  virtual ~Clock() = default;

  virtual time_point Now() const = 0;
  virtual wall_time_point WallNow() const = 0;

  /// Waits, with `mutex` released meanwhile, until `signalled` is signalled or it is `until`. May return early, like
  /// every wait on a condition variable: call it in a loop.
  virtual void WaitUntil(absl::CondVar* signalled, absl::Mutex* mutex, time_point until)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) = 0;

  void SleepUntil(time_point until);
  void SleepFor(duration time);
};

/// `time` + `delay`, or max() where that is beyond it.
Clock::time_point Later(Clock::time_point time, Clock::duration delay);

}  // namespace rowkeeper
