#pragma once

#include <atomic>
#include <chrono>

#include "server/base/timers.h"

namespace rowkeeper::app {

/// Whether the thread on which the server's limits ring still comes round. Thread-safe.
class Heartbeat {
 public:
  /// The thread never waits, so a pause of this length means that it hangs, or that the machine stood still.
  static constexpr std::chrono::seconds kLongestPause{30};

  /// `timers` outlives this object.
  explicit Heartbeat(Timers* timers)
      : clock_(timers->clock()), last_(clock_.Now()), timer_(timers, kPeriod, [this] { last_ = clock_.Now(); }) {}

  bool Alive() const { return clock_.Now() - last_.load() < kLongestPause; }

 private:
  static constexpr std::chrono::milliseconds kPeriod{1000};

  Clock& clock_;
  std::atomic<Clock::time_point> last_;
  PeriodicTimer timer_;
};

}  // namespace rowkeeper::app
