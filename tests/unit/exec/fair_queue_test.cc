#include "server/exec/fair_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

constexpr Clock::duration kNoTarget{0};

struct Named : FairQueue::Waiter {
  std::string name;
};

class FairQueueTest : public ::testing::Test {
 protected:
  std::shared_ptr<Named> Add(FairQueue* queue, std::string_view group, const std::string& name,
                             const std::string& caller = "caller") {
    auto waiter = std::make_shared<Named>();
    waiter->group = group;
    waiter->name = name;
    waiter->queued_at = now_;
    queue->Add(waiter, queue->Find(CallerId(caller)));
    return waiter;
  }

  /// All that may run now, in order; they run from then on.
  std::vector<std::string> Take(FairQueue* queue) {
    std::vector<std::string> names;
    while (const auto next = queue->Next(now_, kCost)) names.push_back(static_cast<const Named&>(*next).name);
    return names;
  }

  /// The next one, which is over after `time`.
  std::string Run(FairQueue* queue, Clock::duration time = kCost) {
    const auto next = queue->Next(now_, kCost);
    if (next == nullptr) return "";
    now_ += time;
    queue->Ended(*next, now_);
    return static_cast<const Named&>(*next).name;
  }

  static constexpr Clock::duration kCost = milliseconds(10);
  Clock::time_point now_ = Clock::time_point() + std::chrono::hours(1);
};

TEST_F(FairQueueTest, ServesInOrderWhileThereAreWorkers) {
  FairQueue queue(20, kNoTarget);
  for (const char* name : {"1", "2", "3"}) Add(&queue, "a", name);
  Add(&queue, "b", "4");
  EXPECT_EQ(queue.size(), 4);
  EXPECT_THAT(Take(&queue), ElementsAre("1", "2", "3", "4"));
  EXPECT_EQ(queue.size(), 0);
  EXPECT_EQ(queue.running(), 4);
}

TEST_F(FairQueueTest, LetsGoOfWhatWaitsWhenItEnds) {
  std::weak_ptr<Named> waiter;
  {
    FairQueue queue(20, kNoTarget);
    waiter = Add(&queue, "a", "1");
    EXPECT_FALSE(waiter.expired());
  }
  EXPECT_TRUE(waiter.expired());
}

TEST_F(FairQueueTest, LeavesAQuarterToOtherGroups) {
  FairQueue queue(8, kNoTarget);
  for (int i = 0; i < 20; ++i) Add(&queue, "locked", "locked");
  Add(&queue, "other", "other");
  const std::vector<std::string> taken = Take(&queue);
  EXPECT_EQ(taken.size(), 7u);
  EXPECT_EQ(taken.back(), "other");
  EXPECT_FALSE(queue.HasNext());
  EXPECT_EQ(queue.size(), 14);
}

TEST_F(FairQueueTest, LeavesSomethingHoweverManyGroupsWait) {
  FairQueue queue(30, kNoTarget);
  const std::vector<std::string> locked = {"a", "b", "c", "d"};
  for (int i = 0; i < 50; ++i) {
    for (const std::string& group : locked) Add(&queue, group, group);
  }
  Take(&queue);
  EXPECT_LT(queue.running(), 30);
  Add(&queue, "other", "other");
  EXPECT_THAT(Take(&queue), ElementsAre("other"));
}

TEST_F(FairQueueTest, OfFewWorkersTakesAll) {
  for (const int workers : {1, 2, 3}) {
    FairQueue queue(workers, kNoTarget);
    for (int i = 0; i < 5; ++i) Add(&queue, "a", "a");
    EXPECT_EQ(Take(&queue).size(), static_cast<size_t>(workers));
  }
}

TEST_F(FairQueueTest, ServesThosePassedOverFirstWhenWorkersAreFreeAgain) {
  FairQueue queue(4, kNoTarget);
  std::vector<std::shared_ptr<Named>> waiters;
  for (const char* name : {"1", "2", "3", "4", "5"}) waiters.push_back(Add(&queue, "a", name));
  EXPECT_THAT(Take(&queue), ElementsAre("1", "2", "3"));
  Add(&queue, "a", "6");
  EXPECT_FALSE(queue.HasNext());
  queue.Ended(*waiters[0], now_);
  EXPECT_TRUE(queue.HasNext());
  EXPECT_THAT(Take(&queue), ElementsAre("4"));
  queue.Ended(*waiters[1], now_);
  queue.Ended(*waiters[2], now_);
  EXPECT_THAT(Take(&queue), ElementsAre("5", "6"));
}

TEST_F(FairQueueTest, LetsGoWhoDoesNotWantToWaitAnyMore) {
  FairQueue queue(4, kNoTarget);
  std::vector<std::shared_ptr<Named>> waiters;
  for (const char* name : {"1", "2", "3", "4", "5", "6"}) waiters.push_back(Add(&queue, "a", name));
  EXPECT_THAT(Take(&queue), ElementsAre("1", "2", "3"));
  EXPECT_FALSE(queue.Remove(waiters[0].get()));
  EXPECT_TRUE(queue.Remove(waiters[3].get()));  // was passed over
  EXPECT_FALSE(queue.Remove(waiters[3].get()));
  Add(&queue, "b", "7");
  const auto removed = queue.RemoveIf([](const FairQueue::Waiter& waiter) {
    const std::string& name = static_cast<const Named&>(waiter).name;
    return name == "5" || name == "7";
  });
  EXPECT_EQ(removed.size(), 2u);
  EXPECT_EQ(queue.size(), 1);
  queue.Ended(*waiters[0], now_);
  EXPECT_THAT(Take(&queue), ElementsAre("6"));
}

TEST_F(FairQueueTest, CallersTakeTurnsHoweverManyCallsOneHas) {
  FairQueue queue(1, kNoTarget);
  for (int i = 0; i < 1000; ++i) Add(&queue, "a", "flood", "flood");
  EXPECT_EQ(Run(&queue), "flood");
  for (const char* name : {"1", "2"}) Add(&queue, "a", name, "polite");
  EXPECT_EQ(queue.callers_waiting(), 2);
  EXPECT_EQ(Run(&queue), "1");
  EXPECT_EQ(Run(&queue), "flood");
  EXPECT_EQ(Run(&queue), "2");
  EXPECT_EQ(queue.callers_waiting(), 1);
}

TEST_F(FairQueueTest, TurnsAreOfEqualTimeNotOfEqualNumber) {
  FairQueue queue(1, kNoTarget);
  for (int i = 0; i < 3000; ++i) {
    Add(&queue, "a", "slow", "slow");
    Add(&queue, "a", "quick", "quick");
  }
  int slow = 0;
  constexpr int kRuns = 1100;
  for (int i = 0; i < kRuns; ++i) {
    const auto next = queue.Next(now_, kCost);
    const bool is_slow = static_cast<const Named&>(*next).name == "slow";
    slow += is_slow ? 1 : 0;
    now_ += is_slow ? 10 * kCost : kCost;
    queue.Ended(*next, now_);
  }
  EXPECT_NEAR(slow, kRuns / 11.0, 5) << "ten quick calls for each slow one";
}

TEST_F(FairQueueTest, CallsCostMoreWhileStatementsOfTheCallerRunAway) {
  FairQueue queue(1, kNoTarget);
  for (int i = 0; i < 300; ++i) {
    Add(&queue, "a", "polite", "polite");
    Add(&queue, "a", "away", "away");
  }
  FairQueue::NoteRunaway(queue.Find(CallerId("away")), 2);
  int away = 0;
  for (int i = 0; i < 100; ++i) away += Run(&queue) == "away" ? 1 : 0;
  EXPECT_NEAR(away, 25, 3);
  FairQueue::NoteRunaway(queue.Find(CallerId("away")), 0);
  away = 0;
  for (int i = 0; i < 100; ++i) away += Run(&queue) == "away" ? 1 : 0;
  EXPECT_NEAR(away, 50, 3);
}

TEST_F(FairQueueTest, WhoHeldAWorkerForAnHourOwesAFewCalls) {
  FairQueue queue(1, kNoTarget);
  Add(&queue, "a", "export", "long");
  Add(&queue, "a", "quick", "others");
  EXPECT_EQ(Run(&queue, std::chrono::hours(1)), "export");
  Add(&queue, "a", "read", "long");
  for (int i = 0; i < 100; ++i) Add(&queue, "a", "quick", "others");
  int before = 0;
  while (Run(&queue) == "quick") ++before;
  EXPECT_LE(before, 20);
}

TEST_F(FairQueueTest, KnowsWhoStartsAtOnce) {
  FairQueue queue(8, kNoTarget);
  for (int i = 0; i < 6; ++i) Add(&queue, "a", "runs");
  EXPECT_TRUE(queue.StartsAtOnce("b", 8)) << "beside six";
  EXPECT_FALSE(queue.StartsAtOnce("a", 8)) << "which would be the seventh";
  EXPECT_FALSE(queue.StartsAtOnce("b", 6)) << "all six are before it";
  EXPECT_EQ(Take(&queue).size(), 6u);
  for (int i = 0; i < 20; ++i) Add(&queue, "a", "waits");
  EXPECT_TRUE(queue.StartsAtOnce("b", 2)) << "those that wait may not run";
  EXPECT_FALSE(queue.StartsAtOnce("b", 0));
}

TEST_F(FairQueueTest, ACallerWhoseEntityHasItsShareKeepsNobodyFromTheRest) {
  FairQueue queue(8, kNoTarget);
  for (int i = 0; i < 20; ++i) Add(&queue, "locked", "locked", "flood");
  Take(&queue);
  Add(&queue, "locked", "waits", "polite");
  Add(&queue, "other", "runs", "polite");
  EXPECT_THAT(Take(&queue), ElementsAre("runs"));
}

TEST_F(FairQueueTest, ALongQueueGivesUpItsNewest) {
  FairQueue queue(1, kNoTarget);
  for (const char* name : {"1", "2", "3"}) Add(&queue, "a", name, "many");
  Add(&queue, "a", "4", "few");
  EXPECT_EQ(queue.RemoveFromLongest(3), nullptr);
  const auto removed = queue.RemoveFromLongest(2);
  ASSERT_NE(removed, nullptr);
  EXPECT_EQ(static_cast<const Named&>(*removed).name, "3");
  EXPECT_EQ(queue.size(), 3);
}

TEST_F(FairQueueTest, OfAQueueThatStandsTheNewestIsNext) {
  constexpr Clock::duration kTarget = milliseconds(100);
  FairQueue queue(1, kTarget);
  FairQueue::Caller* const caller = queue.Find(CallerId("caller"));
  for (const char* name : {"1", "2", "3", "4", "5"}) Add(&queue, "a", name);
  queue.NoteWait(caller, now_, milliseconds(110));
  now_ += milliseconds(99);
  queue.NoteWait(caller, now_, milliseconds(110));
  EXPECT_FALSE(caller->overloaded()) << "a burst";
  EXPECT_EQ(Run(&queue), "1");
  queue.NoteWait(caller, now_, milliseconds(110));
  EXPECT_TRUE(caller->overloaded());
  EXPECT_EQ(Run(&queue), "2") << "has waited for 109 ms";
  now_ += milliseconds(40);
  EXPECT_EQ(Run(&queue), "5");
  Add(&queue, "a", "new");
  EXPECT_EQ(Run(&queue), "new");
  queue.NoteWait(caller, now_, milliseconds(60));
  EXPECT_TRUE(caller->overloaded());
  queue.NoteWait(caller, now_, milliseconds(49));
  EXPECT_FALSE(caller->overloaded());
  EXPECT_EQ(Run(&queue), "3");
  queue.NoteWait(caller, now_, milliseconds(101));
  EXPECT_TRUE(caller->overloaded()) << "it stood not long ago";
}

TEST_F(FairQueueTest, GivesUpWhoIsLateAndWhoIsOld) {
  constexpr Clock::duration kTarget = milliseconds(100);
  FairQueue queue(1, kTarget);
  const auto add = [&](const std::string& name, milliseconds until, const std::string& caller) {
    auto waiter = std::make_shared<Named>();
    waiter->group = "a";
    waiter->name = name;
    waiter->queued_at = now_;
    waiter->expiry = now_ + until;
    queue.Add(waiter, queue.Find(CallerId(caller)));
  };
  EXPECT_EQ(queue.next_expiry(), Clock::time_point::max());
  add("1", milliseconds(300), "a");
  add("2", milliseconds(100), "a");
  add("3", milliseconds(200), "b");
  EXPECT_EQ(queue.next_expiry(), now_ + milliseconds(100));
  EXPECT_TRUE(queue.RemoveExpired(now_ + milliseconds(99)).empty());
  EXPECT_EQ(queue.RemoveExpired(now_ + milliseconds(200)).size(), 2u);
  EXPECT_EQ(queue.next_expiry(), now_ + milliseconds(300));
  now_ += milliseconds(50);
  add("4", milliseconds(300), "b");
  EXPECT_TRUE(queue.RemoveOverloaded(now_).empty()) << "no queue stands";
  for (const char* caller : {"a", "b"}) queue.NoteWait(queue.Find(CallerId(caller)), now_, milliseconds(110));
  for (const char* caller : {"a", "b"}) {
    queue.NoteWait(queue.Find(CallerId(caller)), now_ + kTarget, milliseconds(110));
  }
  const auto removed = queue.RemoveOverloaded(now_);
  ASSERT_EQ(removed.size(), 1u);
  EXPECT_EQ(static_cast<const Named&>(*removed[0]).name, "1");
  EXPECT_EQ(queue.size(), 1);
}

/// Whatever happens in whatever order: the longest gives up, the shares of groups are kept, of each caller the oldest
/// that may run does, and callers have about the same time.
TEST_F(FairQueueTest, KeepsItsRulesUnderRandomUse) {
  constexpr int kWorkers = 8, kCallers = 40;
  for (const unsigned seed : {1u, 2u, 3u}) {
    std::mt19937 random(seed);
    const auto any = [&random](int count) { return std::uniform_int_distribution<int>(0, count - 1)(random); };
    const std::vector<std::string> groups = {"a", "b", "c"};
    FairQueue queue(kWorkers, kNoTarget);
    struct Known {
      std::shared_ptr<Named> waiter;
      int caller;
      int number;
    };
    std::vector<Known> waiting, running;
    std::map<std::string, int> running_of;
    std::vector<int> served(kCallers);
    const auto waiting_of = [&](int caller) {
      return std::count_if(waiting.begin(), waiting.end(), [caller](const Known& one) { return one.caller == caller; });
    };
    const auto may_run = [&](std::string_view group) {
      return running_of[std::string(group)] < 3 * (kWorkers - static_cast<int>(running.size()));
    };
    const auto forget = [&](const FairQueue::Waiter* waiter) {
      const auto found = std::find_if(waiting.begin(), waiting.end(),
                                      [waiter](const Known& one) { return one.waiter.get() == waiter; });
      const Known known = *found;
      waiting.erase(found);
      return known;
    };
    for (int step = 0; step < 20000; ++step) {
      now_ += milliseconds(1);
      const int what = any(10);
      if (what < 4) {
        const int caller = any(kCallers);
        const auto waiter = Add(&queue, groups[static_cast<size_t>(any(3))], "", std::to_string(caller));
        waiting.push_back({waiter, caller, step});
      } else if (what == 4 && !waiting.empty()) {
        const Known one = waiting[static_cast<size_t>(any(static_cast<int>(waiting.size())))];
        EXPECT_TRUE(queue.Remove(one.waiter.get()));
        forget(one.waiter.get());
      } else if (what == 5 && !waiting.empty() && any(4) == 0) {
        long most = 0;
        for (int caller = 0; caller < kCallers; ++caller) most = std::max<long>(most, waiting_of(caller));
        const auto removed = queue.RemoveFromLongest(static_cast<int>(most) - 1);
        ASSERT_NE(removed, nullptr);
        const Known known = forget(removed.get());
        EXPECT_EQ(waiting_of(known.caller), most - 1);
        for (const Known& other : waiting) EXPECT_FALSE(other.caller == known.caller && other.number > known.number);
        EXPECT_EQ(queue.RemoveFromLongest(static_cast<int>(most)), nullptr);
      } else if (what < 8) {
        const bool some =
            std::any_of(waiting.begin(), waiting.end(), [&](const Known& one) { return may_run(one.waiter->group); });
        ASSERT_EQ(queue.HasNext(), some);
        const auto next = queue.Next(now_, kCost);
        ASSERT_EQ(next != nullptr, some);
        if (!some) continue;
        EXPECT_TRUE(may_run(next->group));
        const Known known = forget(next.get());
        for (const Known& other : waiting) {
          EXPECT_FALSE(other.caller == known.caller && other.number < known.number && may_run(other.waiter->group));
        }
        ++running_of[std::string(next->group)];
        running.push_back(known);
        ++served[static_cast<size_t>(known.caller)];
      } else if (!running.empty()) {
        const size_t place = static_cast<size_t>(any(static_cast<int>(running.size())));
        queue.Ended(*running[place].waiter, now_);
        --running_of[std::string(running[place].waiter->group)];
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(place));
      }
      ASSERT_EQ(queue.size(), static_cast<int>(waiting.size()));
      ASSERT_EQ(queue.running(), static_cast<int>(running.size()));
    }
    for (const int count : served) EXPECT_GT(count, 0);
  }
}

TEST_F(FairQueueTest, ForgetsCallersThatHaveNothingHere) {
  FairQueue queue(4, kNoTarget);
  FairQueue::Caller* const stays = queue.Find(CallerId("stays"));
  Add(&queue, "a", "waits", "stays");
  for (int i = 0; i < 100000; ++i) queue.Find(CallerId("caller " + std::to_string(i)));
  EXPECT_EQ(queue.Find(CallerId("stays")), stays);
  EXPECT_EQ(stays->waiting(), 1);
  EXPECT_LE(queue.callers_known(), 2048u);
}

}  // namespace
}  // namespace rowkeeper::exec
