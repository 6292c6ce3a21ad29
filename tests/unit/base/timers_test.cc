#include "server/base/timers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "tests/support/fake_clock.h"

namespace rowkeeper {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::FakeClock;

/// Counts rings, none of which asks for another.
class CountingTimer {
 public:
  explicit CountingTimer(Timers* timers)
      : timer_(timers, [this](Clock::time_point) {
          ++rings_;
          return Clock::time_point::max();
        }) {}
  Timer& operator*() { return timer_; }
  Timer* operator->() { return &timer_; }
  int rings() const { return rings_; }

 private:
  std::atomic<int> rings_{0};
  Timer timer_;
};

class TimersTest : public ::testing::Test {
 protected:
  void Advance(Clock::duration time) {
    clock_.Advance(time);
    timers_.Settle();
  }

  FakeClock clock_;
  Timers timers_{&clock_};
};

TEST_F(TimersTest, RingsWhenItsTimeHasComeAndNotBefore) {
  CountingTimer timer(&timers_);
  timer->RingIn(seconds(1));
  Advance(milliseconds(999));
  EXPECT_EQ(timer.rings(), 0);
  Advance(milliseconds(1));
  EXPECT_EQ(timer.rings(), 1);
  Advance(hours(1));
  EXPECT_EQ(timer.rings(), 1);
}

TEST_F(TimersTest, RingsByItselfWhenTheClockMoves) {
  absl::Notification rung;
  Timer timer(&timers_, [&rung](Clock::time_point) {
    rung.Notify();
    return Clock::time_point::max();
  });
  timer.RingIn(hours(1));
  clock_.Advance(hours(1));
  EXPECT_TRUE(rung.WaitForNotificationWithTimeout(absl::Seconds(10)));
}

TEST_F(TimersTest, TheEarliestTimeThatWasAskedForCounts) {
  CountingTimer timer(&timers_);
  timer->RingIn(seconds(5));
  timer->RingIn(seconds(2));
  timer->RingIn(seconds(9));
  Advance(seconds(2));
  EXPECT_EQ(timer.rings(), 1);
  Advance(seconds(9));
  EXPECT_EQ(timer.rings(), 1) << "who is looked after says when to look again";
}

TEST_F(TimersTest, WhatIsLateAlreadyRingsAtOnce) {
  CountingTimer timer(&timers_);
  timer->RingBy(clock_.Now() - seconds(1));
  timers_.Settle();
  EXPECT_EQ(timer.rings(), 1);
  timer->RingBy(Clock::time_point::max());
  Advance(hours(100000));
  EXPECT_EQ(timer.rings(), 1) << "never is never";
}

TEST_F(TimersTest, ARingSaysWhenTheNextOneIsDue) {
  std::vector<Clock::time_point> rings;
  Timer timer(&timers_, [&rings](Clock::time_point now) {
    rings.push_back(now);
    return rings.size() < 3 ? now + seconds(1) : Clock::time_point::max();
  });
  const Clock::time_point start = clock_.Now();
  timer.RingIn(seconds(1));
  for (int i = 0; i < 5; ++i) Advance(seconds(1));
  EXPECT_EQ(rings, (std::vector{start + seconds(1), start + seconds(2), start + seconds(3)}));
}

TEST_F(TimersTest, WhatIsAskedForWhileItRingsIsNotForgotten) {
  absl::Notification ringing, go_on;
  std::atomic<int> rings{0};
  Timer timer(&timers_, [&](Clock::time_point) {
    if (++rings == 1) {
      ringing.Notify();
      go_on.WaitForNotification();
    }
    return Clock::time_point::max();
  });
  timer.RingIn(seconds(1));
  clock_.Advance(seconds(1));
  ringing.WaitForNotification();
  timer.RingIn(seconds(1));
  go_on.Notify();
  Advance(seconds(1));
  EXPECT_EQ(rings, 2);
}

TEST_F(TimersTest, TimesWithinOneStepRingTogether) {
  CountingTimer timer(&timers_);
  Advance(milliseconds(1));
  for (int i = 1; i <= 9; ++i) {
    timer->RingIn(milliseconds(1));
    clock_.Advance(milliseconds(1));
  }
  timers_.Settle();
  EXPECT_EQ(timer.rings(), 1);
}

TEST_F(TimersTest, ATimerThatIsGoneDoesNotRing) {
  std::atomic<int> rings{0};
  auto timer = std::make_unique<Timer>(&timers_, [&rings](Clock::time_point now) {
    ++rings;
    return now + seconds(1);
  });
  CountingTimer other(&timers_);
  timer->RingIn(seconds(1));
  other->RingIn(seconds(1));
  Advance(seconds(1));
  timer.reset();
  Advance(hours(1));
  EXPECT_EQ(rings, 1);
  EXPECT_EQ(other.rings(), 1);
}

TEST_F(TimersTest, AStoppedTimerRingsForNobody) {
  CountingTimer timer(&timers_);
  std::atomic<int> rings{0};
  PeriodicTimer periodic(&timers_, milliseconds(500), [&rings] { ++rings; });
  timer->RingIn(seconds(1));
  Advance(milliseconds(500));
  timer->Stop();
  periodic.Stop();
  timer->RingIn(seconds(1));
  Advance(hours(1));
  EXPECT_EQ(timer.rings(), 0);
  EXPECT_EQ(rings, 1);
}

TEST_F(TimersTest, TheEndOfATimerWaitsForItsRing) {
  absl::Notification ringing, go_on;
  std::atomic<bool> over{false};
  auto timer = std::make_unique<Timer>(&timers_, [&](Clock::time_point) {
    ringing.Notify();
    go_on.WaitForNotification();
    over = true;
    return Clock::time_point::max();
  });
  timer->RingIn(seconds(0));
  ringing.WaitForNotification();
  std::thread end([&timer, &over] {
    timer.reset();
    EXPECT_TRUE(over);
  });
  go_on.Notify();
  end.join();
}

TEST_F(TimersTest, APeriodicTimerKeepsItsPeriod) {
  std::atomic<int> rings{0};
  const PeriodicTimer timer(&timers_, milliseconds(500), [&rings] { ++rings; });
  for (int i = 0; i < 10; ++i) Advance(milliseconds(250));
  EXPECT_EQ(rings, 5);
}

TEST(TimersThatThrowTest, ATimerThatThrowsRingsAgainAndStopsNoOther) {
  FakeClock clock;
  std::atomic<int> told{0};
  Timers timers(&clock, [&told](const std::exception&) { ++told; });
  std::atomic<int> rings{0};
  Timer broken(&timers, [&rings](Clock::time_point) -> Clock::time_point {
    if (++rings < 3) throw std::runtime_error("oops");
    return Clock::time_point::max();
  });
  CountingTimer other(&timers);
  broken.RingIn(milliseconds(10));
  other->RingIn(milliseconds(20));
  for (int i = 0; i < 5; ++i) {
    clock.Advance(seconds(1));
    timers.Settle();
  }
  EXPECT_EQ(rings, 3);
  EXPECT_EQ(told, 2);
  EXPECT_EQ(other.rings(), 1);
}

TEST(SystemTimersTest, RingOnTheSystemClockToo) {
  Timers timers(&Clock::System());
  const Clock::time_point begin = Clock::System().Now();
  absl::Notification rung;
  Timer timer(&timers, [&](Clock::time_point now) {
    EXPECT_GE(now - begin, milliseconds(30));
    rung.Notify();
    return Clock::time_point::max();
  });
  timer.RingIn(milliseconds(30));
  EXPECT_TRUE(rung.WaitForNotificationWithTimeout(absl::Seconds(10)));
}

/// Items come on many threads, each due at a time of its own: none is forgotten, whatever rings in between.
TEST(SystemTimersTest, NothingThatIsDueIsForgottenHoweverManyAsk) {
  Timers timers(&Clock::System());
  absl::Mutex mutex;
  std::vector<Clock::time_point> due;
  size_t seen = 0;
  Timer timer(&timers,
              [&](Clock::time_point now) {
                const absl::MutexLock lock(&mutex);
                Clock::time_point next = Clock::time_point::max();
                for (auto it = due.begin(); it != due.end();) {
                  if (*it <= now) {
                    it = due.erase(it);
                    ++seen;
                  } else {
                    next = std::min(next, *it++);
                  }
                }
                return next;
              },
              {milliseconds(1)});
  constexpr size_t kThreads = 4, kEach = 500;
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      std::minstd_rand random(static_cast<unsigned>(thread + 1));
      for (size_t i = 0; i < kEach; ++i) {
        const Clock::time_point time = Clock::System().Now() + std::chrono::microseconds(random() % 5000);
        {
          const absl::MutexLock lock(&mutex);
          due.push_back(time);
        }
        timer.RingBy(time);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(testing::Eventually([&] {
    const absl::MutexLock lock(&mutex);
    return seen == kThreads * kEach;
  }));
}

TEST(ClockTest, SleepsUntilItsTimeHasCome) {
  FakeClock clock;
  std::atomic<bool> awake{false};
  const Clock::time_point end = clock.Now() + hours(1);
  std::thread sleeper([&] {
    clock.SleepUntil(end);
    awake = true;
  });
  clock.Advance(hours(1) - milliseconds(1));
  EXPECT_FALSE(awake);
  clock.Advance(milliseconds(1));
  sleeper.join();
  const Clock::time_point begin = Clock::System().Now();
  Clock::System().SleepFor(milliseconds(5));
  EXPECT_GE(Clock::System().Now() - begin, milliseconds(5));
}

TEST(ClockTest, ALimitInFakeTimeLeavesOthersEnoughRealTime) {
  FakeClock clock;
  const Clock::time_point slow = Clock::System().Now() + milliseconds(200);
  EXPECT_TRUE(clock.AdvanceUntil([slow] { return Clock::System().Now() >= slow; }, milliseconds(500)));
}

TEST(ClockTest, LaterThanEverIsNever) {
  const Clock::time_point now = Clock::System().Now();
  EXPECT_EQ(Later(now, seconds(1)), now + seconds(1));
  EXPECT_EQ(Later(now, Clock::duration::max()), Clock::time_point::max());
  EXPECT_EQ(Later(Clock::time_point::max(), seconds(1)), Clock::time_point::max());
}

}  // namespace
}  // namespace rowkeeper
