#include "server/identity/key_schedule.h"

#include <gtest/gtest.h>

namespace rowkeeper::identity {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Clock::time_point kNow = Clock::time_point(hours(1000));

TEST(KeyScheduleTest, TheFirstFetchIsAtOnce) {
  const KeySchedule schedule;
  EXPECT_LE(schedule.Due(), kNow);
  EXPECT_LE(schedule.DueWhenAsked(), kNow);
}

TEST(KeyScheduleTest, AnAnswerHoldsAsLongAsItSaysWithinBounds) {
  const std::pair<std::optional<seconds>, Clock::duration> cases[] = {
      {std::nullopt, minutes(5)},  {seconds(0), minutes(1)},        {seconds(59), minutes(1)},
      {seconds(3600), hours(1)},   {seconds(24 * 3600), hours(24)}, {seconds(24 * 3600 + 1), hours(24)},
      {seconds::max(), hours(24)},
  };
  for (const auto& [fresh, pause] : cases) {
    KeySchedule schedule;
    schedule.Succeed(kNow, fresh);
    EXPECT_EQ(schedule.Due(), kNow + pause);
  }
}

TEST(KeyScheduleTest, PausesAfterFailuresDoubleUpToAMinute) {
  KeySchedule soonest, latest;
  for (const int most : {2, 4, 8, 16, 32, 60, 60, 60}) {
    soonest.Fail(kNow, 0);
    EXPECT_EQ(soonest.Due(), kNow + seconds(most) / 2);
    latest.Fail(kNow, 1);
    EXPECT_EQ(latest.Due(), kNow + seconds(most));
  }
  latest.Succeed(kNow, std::nullopt);
  latest.Fail(kNow, 1);
  EXPECT_EQ(latest.Due(), kNow + seconds(2)) << "a success begins anew";
}

TEST(KeyScheduleTest, WhoAsksIsHeardAtOnceAndThenAfterTheCooldown) {
  KeySchedule schedule;
  schedule.Succeed(kNow, hours(1));
  EXPECT_LE(schedule.DueWhenAsked(), kNow);
  schedule.BeginAsked(kNow);
  schedule.Succeed(kNow + seconds(1), hours(1));
  EXPECT_EQ(schedule.DueWhenAsked(), kNow + KeySchedule::kCooldown);
  EXPECT_EQ(schedule.Due(), kNow + seconds(1) + hours(1)) << "nobody asks";
}

TEST(KeyScheduleTest, WhoAsksNeverDelaysAFetch) {
  KeySchedule schedule;
  schedule.BeginAsked(kNow);
  schedule.Fail(kNow, 0);
  EXPECT_EQ(schedule.DueWhenAsked(), kNow + seconds(1));
}

}  // namespace
}  // namespace rowkeeper::identity
