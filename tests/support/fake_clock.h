#pragma once

#include <chrono>
#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"

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
  /// Lets time pass in steps of `step` until `ready`, with a little real time for others after each; false when it is
  /// not after `limit`.
  bool AdvanceUntil(const std::function<bool()>& ready, duration limit, duration step = std::chrono::milliseconds(10));

 private:
  mutable absl::Mutex mutex_;
  /// Since the beginning.
  duration passed_ ABSL_GUARDED_BY(mutex_){0};
};

/// Waits in real time, for something that another thread, process or PostgreSQL is about to do; false when it has not
/// happened within `limit`.
bool Within(Clock::duration limit, const std::function<bool()>& happened);
inline bool Eventually(const std::function<bool()>& happened) { return Within(std::chrono::seconds(10), happened); }

}  // namespace rowkeeper::testing
