#include "tests/support/fake_clock.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace rowkeeper::testing {
namespace {

/// How often those who wait look at a clock that cannot wake them.
constexpr absl::Duration kRealPause = absl::Milliseconds(1);
/// The real time that others get before a wait is given up: on a busy machine a call takes its time to arrive.
constexpr std::chrono::seconds kPatience{40};
/// A round number, and far enough from 0 for times in the past.
constexpr std::chrono::hours kStart{1000};
constexpr std::chrono::seconds kWallStart{1767225600};

}  // namespace

Clock::time_point FakeClock::Now() const {
  const absl::MutexLock lock(&mutex_);
  return time_point(kStart) + passed_;
}

Clock::wall_time_point FakeClock::WallNow() const {
  const absl::MutexLock lock(&mutex_);
  return wall_time_point(kWallStart) + std::chrono::duration_cast<wall_time_point::duration>(passed_);
}

/// Gives its caller a look after every pause: a signal that comes while a pause ends would be lost otherwise.
void FakeClock::WaitUntil(absl::CondVar* signalled, absl::Mutex* mutex, time_point until) {
  if (Now() < until) signalled->WaitWithTimeout(mutex, kRealPause);
}

void FakeClock::Advance(duration time) {
  const absl::MutexLock lock(&mutex_);
  passed_ += time;
}

void FakeClock::AdvanceInSteps(duration time, duration step) {
  for (const time_point end = Now() + time; Now() < end;) {
    Advance(std::min(step, end - Now()));
    absl::SleepFor(kRealPause);
  }
}

bool FakeClock::AdvanceUntil(const std::function<bool()>& ready, duration limit, duration step) {
  const time_point end = Now() + limit;
  const time_point half = Now() + limit / 2;
  const duration slowly = duration(kPatience) / std::max<int64_t>(1, limit / 2 / step);
  while (!ready()) {
    if (Now() >= end) return false;
    Advance(step);
    absl::SleepFor(kRealPause);
    if (Now() >= half) Within(slowly, ready);
  }
  return true;
}

}  // namespace rowkeeper::testing
