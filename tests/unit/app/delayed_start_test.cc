#include "server/app/delayed_start.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace rowkeeper::app {
namespace {

using std::chrono::seconds;

class DelayedStartTest : public ::testing::Test {
 protected:
  void TellAll() {
    start_.Tell(DelayedStart::kDatabaseProbed);
    start_.Tell(DelayedStart::kKeysTried);
  }
  void Pass(Clock::duration time) {
    clock_.Advance(time);
    timers_.Settle();
  }

  testing::FakeClock clock_;
  Timers timers_{&clock_};
  int started_ = 0;
  DelayedStart start_{&timers_, seconds(5), [this] { ++started_; }};
};

TEST_F(DelayedStartTest, StartsAfterTheLimit) {
  Pass(seconds(4));
  EXPECT_EQ(started_, 0);
  Pass(seconds(1));
  EXPECT_EQ(started_, 1);
  TellAll();
  Pass(seconds(60));
  EXPECT_EQ(started_, 1) << "once is enough";
}

TEST_F(DelayedStartTest, StartsWhenEachPartIsThere) {
  start_.Tell(DelayedStart::kDatabaseProbed);
  start_.Tell(DelayedStart::kDatabaseProbed);
  EXPECT_EQ(started_, 0) << "a part that is told of again is one";
  start_.Tell(DelayedStart::kKeysTried);
  EXPECT_EQ(started_, 1);
  start_.Tell(DelayedStart::kKeysTried);
  Pass(seconds(60));
  EXPECT_EQ(started_, 1);
}

TEST_F(DelayedStartTest, NothingStartsWhenItWasCancelled) {
  start_.Cancel();
  TellAll();
  Pass(seconds(60));
  EXPECT_EQ(started_, 0);
}

}  // namespace
}  // namespace rowkeeper::app
