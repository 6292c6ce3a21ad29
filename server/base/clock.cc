#include "server/base/clock.h"

#include "absl/time/time.h"

namespace rowkeeper {
namespace {

class SystemClock final : public Clock {
 public:
  time_point Now() const override { return std::chrono::steady_clock::now(); }
  wall_time_point WallNow() const override { return std::chrono::system_clock::now(); }

  void WaitUntil(absl::CondVar* signalled, absl::Mutex* mutex, time_point until) override {
    if (until == time_point::max()) {
      signalled->Wait(mutex);
    } else {
      signalled->WaitWithTimeout(mutex, absl::FromChrono(until - Now()));
    }
  }
};

}  // namespace

Clock& Clock::System() {
  static SystemClock* const clock = new SystemClock;  // for threads that live until the process ends
  return *clock;
}

void Clock::SleepUntil(time_point until) {
  absl::Mutex mutex;
  absl::CondVar never;
  const absl::MutexLock lock(&mutex);
  while (Now() < until) WaitUntil(&never, &mutex, until);
}

void Clock::SleepFor(duration time) { SleepUntil(Later(Now(), time)); }

Clock::time_point Later(Clock::time_point time, Clock::duration delay) {
  return Clock::time_point::max() - time <= delay ? Clock::time_point::max() : time + delay;
}

}  // namespace rowkeeper
