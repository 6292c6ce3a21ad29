#include "server/exec/conflict.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;

/// A clock on which whoever waits has waited at once.
class JumpingClock final : public Clock {
 public:
  time_point Now() const override { return now_; }
  wall_time_point WallNow() const override { return wall_time_point(std::chrono::hours(1)); }
  void WaitUntil(absl::CondVar*, absl::Mutex*, time_point until) override { now_ = std::max(now_, until); }

 private:
  time_point now_{std::chrono::hours(1)};
};

/// The longest of many pauses.
Clock::duration LongestPause(int attempt) {
  JumpingClock clock;
  Clock::duration longest{0};
  for (int i = 0; i < 1000; ++i) {
    const Clock::time_point before = clock.Now();
    SleepBeforeRetry(attempt, &clock);
    longest = std::max(longest, clock.Now() - before);
  }
  return longest;
}

TEST(ConflictTest, PausesAreRandomGrowWithEveryAttemptAndPassOnTheGivenClock) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    const Clock::duration most = milliseconds(2 << std::min(attempt, 5));
    EXPECT_LE(LongestPause(attempt), most) << attempt;
    EXPECT_GT(LongestPause(attempt), most / 2) << attempt;
  }
}

}  // namespace
}  // namespace rowkeeper::exec
