#pragma once

#include <chrono>
#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "tests/support/eventually.h"

namespace rowkeeper::testing {

/// A clock that stands still until a test moves it. Who waits for a time notices within a few milliseconds of real time
/// that it has come. Thread-safe.
class FakeClock final : public Clock {
 public:
  time_point Now() const override;
  /// Starts at 2026-01-01T00:00:00Z and goes on with Now.
  wall_time_point WallNow() const override;
  void WaitUntil(absl::CondVar* signalled, absl::Mutex* mutex, time_point until) override
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

  void Advance(duration time);
  /// The same in steps of `step`, with a millisecond of real time for others after each.
  void AdvanceInSteps(duration time, duration step = std::chrono::milliseconds(10));
  /// Lets time pass in steps of `step` until `ready`, with a little real time for others after each; false when it is
  /// not after `limit`, of which the second half passes so slowly that others who have to do something for it get 40 s.
  bool AdvanceUntil(const std::function<bool()>& ready, duration limit, duration step = std::chrono::milliseconds(10));

 private:
  mutable absl::Mutex mutex_;
  /// Since the beginning.
  duration passed_ ABSL_GUARDED_BY(mutex_){0};
};

}  // namespace rowkeeper::testing
