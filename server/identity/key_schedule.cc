#include "server/identity/key_schedule.h"

namespace rowkeeper::identity {

void KeySchedule::Succeed(Clock::time_point now, std::optional<Seconds> fresh) {
  pause_ = kFirstPause;
  due_ = now + std::clamp(fresh.value_or(kDefaultFresh), kShortestFresh, kLongestFresh);
}

void KeySchedule::Fail(Clock::time_point now, double chance) {
  const std::chrono::duration<double> pause = pause_ * (0.5 + std::clamp(chance, 0.0, 1.0) / 2);
  due_ = now + std::chrono::duration_cast<Clock::duration>(pause);
  pause_ = std::min(pause_ * 2, kLongestPause);
}

}  // namespace rowkeeper::identity
