#include "server/db/socket_watch.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace rowkeeper::db {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

/// For what happens within milliseconds, unless the machine is busy.
constexpr milliseconds kSocketPatience{30000};

class SocketPair {
 public:
  SocketPair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_), 0); }
  ~SocketPair() {
    CloseWatched();
    close(ends_[1]);
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;

  int watched() const { return ends_[0]; }
  /// Whether the peer sees the end of the stream within `limit`.
  bool EndsWithin(milliseconds limit) const {
    pollfd fd{ends_[1], POLLIN, 0};
    return poll(&fd, 1, static_cast<int>(limit.count())) == 1;
  }
  void CloseWatched() {
    if (ends_[0] >= 0) close(ends_[0]);
    ends_[0] = -1;
  }

 private:
  int ends_[2];
};

TEST(SocketWatchTest, ShutsASocketDownWhoseLimitHasPassedAndNotBefore) {
  const SocketPair pair;
  SocketWatch watch(pair.watched());
  const auto begin = Clock::now();
  watch.Arm(milliseconds(150));
  EXPECT_TRUE(pair.EndsWithin(kSocketPatience));
  EXPECT_GE(Clock::now() - begin, milliseconds(150));
  EXPECT_TRUE(watch.Disarm());
  EXPECT_TRUE(watch.expired());
}

TEST(SocketWatchTest, ExpiryIsForGood) {
  const SocketPair pair;
  SocketWatch watch(pair.watched());
  watch.Arm(milliseconds(1));
  ASSERT_TRUE(pair.EndsWithin(kSocketPatience));
  watch.Arm(milliseconds(60000));
  EXPECT_TRUE(watch.Disarm());
}

TEST(SocketWatchTest, LeavesADisarmedAndAnUnlimitedSocketAlone) {
  const SocketPair disarmed;
  const SocketPair unlimited;
  const SocketPair rearmed;
  SocketWatch first(disarmed.watched());
  SocketWatch second(unlimited.watched());
  SocketWatch third(rearmed.watched());
  first.Arm(milliseconds(1));
  EXPECT_FALSE(first.Disarm());
  second.Arm(milliseconds(0));
  third.Arm(milliseconds(1));
  third.Arm(milliseconds(60000));
  EXPECT_FALSE(disarmed.EndsWithin(3 * SocketWatch::kPeriod));
  EXPECT_FALSE(unlimited.EndsWithin(milliseconds(0)));
  EXPECT_FALSE(rearmed.EndsWithin(milliseconds(0)));
}

TEST(SocketWatchTest, OneOfManyIsShutDownAlone) {
  std::vector<std::unique_ptr<SocketPair>> pairs;
  std::vector<std::unique_ptr<SocketWatch>> watches;
  for (int i = 0; i < 50; ++i) {
    pairs.push_back(std::make_unique<SocketPair>());
    watches.push_back(std::make_unique<SocketWatch>(pairs.back()->watched()));
    watches.back()->Arm(milliseconds(i == 17 ? 1 : 60000));
  }
  watches.erase(watches.begin() + 3);  // the others stay watched
  EXPECT_TRUE(pairs[17]->EndsWithin(kSocketPatience));
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(pairs[i]->EndsWithin(milliseconds(0)), i == 17) << i;
  }
}

TEST(SocketWatchTest, WarnsOnceWhenTheLimitHasPassedAndNotAfterTheAnswer) {
  const SocketPair pair;
  std::atomic<int> warnings{0};
  SocketWatch watch(pair.watched(), [&warnings] { ++warnings; });
  watch.Arm(milliseconds(60000));
  watch.Warn(milliseconds(1));
  EXPECT_FALSE(watch.Disarm());
  EXPECT_FALSE(pair.EndsWithin(3 * SocketWatch::kPeriod));
  EXPECT_EQ(warnings, 0) << "the answer was there";
  watch.Arm(milliseconds(60000));
  watch.Warn(milliseconds(1));
  EXPECT_FALSE(pair.EndsWithin(5 * SocketWatch::kPeriod)) << "a warning leaves the socket alone";
  EXPECT_EQ(warnings, 1);
  EXPECT_FALSE(watch.Disarm());
}

TEST(SocketWatchTest, NeverTouchesAnotherSocketThatGotTheSameNumber) {
  auto pair = std::make_unique<SocketPair>();
  SocketWatch watch(pair->watched());
  watch.Arm(milliseconds(50));
  const int number = pair->watched();
  pair->CloseWatched();
  const SocketPair other;
  ASSERT_EQ(other.watched(), number);
  EXPECT_TRUE(pair->EndsWithin(kSocketPatience));
  EXPECT_FALSE(other.EndsWithin(milliseconds(0)));
}

TEST(SocketWatchTest, AnAnswerInTimeIsNeverTakenForALateOne) {
  const SocketPair pair;
  SocketWatch watch(pair.watched());
  const auto until = Clock::now() + 5 * SocketWatch::kPeriod;
  while (Clock::now() < until) {
    watch.Arm(milliseconds(5000));
    ASSERT_FALSE(watch.Disarm());
  }
  EXPECT_FALSE(pair.EndsWithin(milliseconds(0)));
}

TEST(SocketWatchTest, CostsAStatementLessThanAMicrosecond) {
  const SocketPair pair;
  SocketWatch watch(pair.watched());
  constexpr int kTimes = 20000;
  nanoseconds best = nanoseconds::max();
  for (int round = 0; round < 20; ++round) {
    const auto begin = Clock::now();
    for (int i = 0; i < kTimes; ++i) {
      watch.Arm(milliseconds(35000));
      watch.Disarm();
    }
    best = std::min<nanoseconds>(best, (Clock::now() - begin) / kTimes);
  }
  RecordProperty("nanoseconds", static_cast<int>(best.count()));
  EXPECT_LT(best, std::chrono::microseconds(1));
}

TEST(SocketWatchTest, OnlyTheLateIsShutDownWhileOthersComeAndGoOnManyThreads) {
  std::atomic<bool> done{false};
  std::atomic<int> shut_down_in_time{0};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&done, &shut_down_in_time] {
      while (!done) {
        const SocketPair pair;
        SocketWatch watch(pair.watched());
        watch.Arm(milliseconds(60000));
        std::this_thread::yield();
        if (watch.Disarm() || pair.EndsWithin(milliseconds(0))) ++shut_down_in_time;
      }
    });
  }
  std::vector<std::unique_ptr<SocketWatch>> kept;  // no address comes twice
  for (int round = 0; round < 10; ++round) {
    const SocketPair late;
    kept.push_back(std::make_unique<SocketWatch>(late.watched()));
    kept.back()->Arm(milliseconds(1));
    EXPECT_TRUE(late.EndsWithin(kSocketPatience)) << round;
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(shut_down_in_time, 0);
}

}  // namespace
}  // namespace rowkeeper::db
