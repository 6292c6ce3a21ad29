#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/synchronization/notification.h"
#include "server/app/heartbeat.h"
#include "server/app/readiness.h"
#include "server/base/database_errors.h"
#include "tests/support/fake_clock.h"

namespace rowkeeper::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Reasons(const Readiness& readiness) {
  std::vector<std::string> reasons;
  for (const Readiness::Obstacle& obstacle : readiness.Obstacles()) {
    EXPECT_FALSE(obstacle.message.empty());
    reasons.push_back(obstacle.reason);
  }
  return reasons;
}

TEST(HeartbeatTest, ItBeatsAsLongAsTheTimersRing) {
  testing::FakeClock clock;
  Timers timers(&clock);
  const Heartbeat heartbeat(&timers);
  for (int minute = 0; minute < 5; ++minute) {
    clock.AdvanceInSteps(std::chrono::minutes(1), std::chrono::seconds(1));
    timers.Settle();
    EXPECT_TRUE(heartbeat.Alive());
  }
}

TEST(HeartbeatTest, ARingThatHangsEndsIt) {
  testing::FakeClock clock;
  Timers timers(&clock);
  const Heartbeat heartbeat(&timers);
  absl::Notification hangs;
  absl::Notification goes_on;
  Timer stuck(&timers, [&](Clock::time_point) {
    hangs.Notify();
    goes_on.WaitForNotification();
    return Clock::time_point::max();
  });
  stuck.RingIn(std::chrono::milliseconds(500));
  clock.Advance(std::chrono::milliseconds(600));
  hangs.WaitForNotification();
  clock.Advance(Heartbeat::kLongestPause - std::chrono::seconds(1));
  EXPECT_TRUE(heartbeat.Alive());
  clock.Advance(std::chrono::seconds(1));
  EXPECT_FALSE(heartbeat.Alive());
  goes_on.Notify();
  timers.Settle();
  EXPECT_TRUE(heartbeat.Alive());
}

TEST(ReadinessTest, ItSaysWhatIsInTheWay) {
  Readiness readiness;
  EXPECT_THAT(Reasons(readiness), ElementsAre("SERVER_STARTING"));
  readiness.SetDatabase(DatabaseUnavailable());
  EXPECT_THAT(Reasons(readiness), ElementsAre("DATABASE_UNAVAILABLE"));
  readiness.SetDatabase(absl::OkStatus());
  EXPECT_THAT(Reasons(readiness), IsEmpty());
  bool has_keys = false;
  readiness.SetTokens([&has_keys] { return has_keys; });
  EXPECT_THAT(Reasons(readiness), ElementsAre("SERVER_STARTING"));
  has_keys = true;
  EXPECT_THAT(Reasons(readiness), IsEmpty());
  readiness.SetDatabase(absl::InternalError("an error without a reason"));
  EXPECT_THAT(Reasons(readiness), ElementsAre("INTERNAL"));
  readiness.SetDraining();
  EXPECT_THAT(Reasons(readiness), ElementsAre("SHUTTING_DOWN", "INTERNAL"));
  readiness.SetDatabase(absl::OkStatus());
  EXPECT_THAT(Reasons(readiness), ElementsAre("SHUTTING_DOWN")) << "a server that stops is not ready again";
}

}  // namespace
}  // namespace rowkeeper::app
