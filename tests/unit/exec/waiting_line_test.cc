#include "server/exec/waiting_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

constexpr Clock::duration kNoTarget{0};

struct Named : WaitingLine::Waiter {
  std::string name;
};

class WaitingLineTest : public ::testing::Test {
 protected:
  std::shared_ptr<Named> Add(WaitingLine* line, std::string_view group, const std::string& name,
                             const std::string& caller = "caller") {
    auto waiter = std::make_shared<Named>();
    waiter->group = group;
    waiter->name = name;
    waiter->queued_at = now_;
    line->Add(waiter, line->Find(CallerId(caller)));
    return waiter;
  }

  /// All that may run now, in order; they run from then on.
  std::vector<std::string> Take(WaitingLine* line) {
    std::vector<std::string> names;
    while (const auto next = line->Next(now_, kCost)) names.push_back(static_cast<const Named&>(*next).name);
    return names;
  }

  /// The next one, which is over after `time`.
  std::string Run(WaitingLine* line, Clock::duration time = kCost) {
    const auto next = line->Next(now_, kCost);
    if (next == nullptr) return "";
    now_ += time;
    line->Ended(*next, now_);
    return static_cast<const Named&>(*next).name;
  }

  static constexpr Clock::duration kCost = milliseconds(10);
  Clock::time_point now_ = Clock::time_point() + std::chrono::hours(1);
};

TEST_F(WaitingLineTest, ServesInOrderWhileThereAreWorkers) {
  WaitingLine line(20, kNoTarget);
  for (const char* name : {"1", "2", "3"}) Add(&line, "a", name);
  Add(&line, "b", "4");
  EXPECT_EQ(line.size(), 4);
  EXPECT_THAT(Take(&line), ElementsAre("1", "2", "3", "4"));
  EXPECT_EQ(line.size(), 0);
  EXPECT_EQ(line.running(), 4);
}

TEST_F(WaitingLineTest, LeavesAQuarterToOtherGroups) {
  WaitingLine line(8, kNoTarget);
  for (int i = 0; i < 20; ++i) Add(&line, "locked", "locked");
  Add(&line, "other", "other");
  const std::vector<std::string> taken = Take(&line);
  EXPECT_EQ(taken.size(), 7u);
  EXPECT_EQ(taken.back(), "other");
  EXPECT_FALSE(line.HasNext());
  EXPECT_EQ(line.size(), 14);
}

TEST_F(WaitingLineTest, LeavesSomethingHoweverManyGroupsWait) {
  WaitingLine line(30, kNoTarget);
  const std::vector<std::string> locked = {"a", "b", "c", "d"};
  for (int i = 0; i < 50; ++i) {
    for (const std::string& group : locked) Add(&line, group, group);
  }
  Take(&line);
  EXPECT_LT(line.running(), 30);
  Add(&line, "other", "other");
  EXPECT_THAT(Take(&line), ElementsAre("other"));
}

TEST_F(WaitingLineTest, OfFewWorkersTakesAll) {
  for (const int workers : {1, 2, 3}) {
    WaitingLine line(workers, kNoTarget);
    for (int i = 0; i < 5; ++i) Add(&line, "a", "a");
    EXPECT_EQ(Take(&line).size(), static_cast<size_t>(workers));
  }
}

TEST_F(WaitingLineTest, ServesThosePassedOverFirstWhenWorkersAreFreeAgain) {
  WaitingLine line(4, kNoTarget);
  std::vector<std::shared_ptr<Named>> waiters;
  for (const char* name : {"1", "2", "3", "4", "5"}) waiters.push_back(Add(&line, "a", name));
  EXPECT_THAT(Take(&line), ElementsAre("1", "2", "3"));
  Add(&line, "a", "6");
  EXPECT_FALSE(line.HasNext());
  line.Ended(*waiters[0], now_);
  EXPECT_TRUE(line.HasNext());
  EXPECT_THAT(Take(&line), ElementsAre("4"));
  line.Ended(*waiters[1], now_);
  line.Ended(*waiters[2], now_);
  EXPECT_THAT(Take(&line), ElementsAre("5", "6"));
}

TEST_F(WaitingLineTest, LetsGoWhoDoesNotWantToWaitAnyMore) {
  WaitingLine line(4, kNoTarget);
  std::vector<std::shared_ptr<Named>> waiters;
  for (const char* name : {"1", "2", "3", "4", "5", "6"}) waiters.push_back(Add(&line, "a", name));
  EXPECT_THAT(Take(&line), ElementsAre("1", "2", "3"));
  EXPECT_FALSE(line.Remove(waiters[0].get()));
  EXPECT_TRUE(line.Remove(waiters[3].get()));  // was passed over
  EXPECT_FALSE(line.Remove(waiters[3].get()));
  Add(&line, "b", "7");
  const auto removed = line.RemoveIf([](const WaitingLine::Waiter& waiter) {
    const std::string& name = static_cast<const Named&>(waiter).name;
    return name == "5" || name == "7";
  });
  EXPECT_EQ(removed.size(), 2u);
  EXPECT_EQ(line.size(), 1);
  line.Ended(*waiters[0], now_);
  EXPECT_THAT(Take(&line), ElementsAre("6"));
}

TEST_F(WaitingLineTest, CallersTakeTurnsHoweverManyCallsOneHas) {
  WaitingLine line(1, kNoTarget);
  for (int i = 0; i < 1000; ++i) Add(&line, "a", "flood", "flood");
  EXPECT_EQ(Run(&line), "flood");
  for (const char* name : {"1", "2"}) Add(&line, "a", name, "polite");
  EXPECT_EQ(line.callers_waiting(), 2);
  EXPECT_EQ(Run(&line), "1");
  EXPECT_EQ(Run(&line), "flood");
  EXPECT_EQ(Run(&line), "2");
  EXPECT_EQ(line.callers_waiting(), 1);
}

TEST_F(WaitingLineTest, TurnsAreOfEqualTimeNotOfEqualNumber) {
  WaitingLine line(1, kNoTarget);
  for (int i = 0; i < 3000; ++i) {
    Add(&line, "a", "slow", "slow");
    Add(&line, "a", "quick", "quick");
  }
  int slow = 0;
  constexpr int kRuns = 1100;
  for (int i = 0; i < kRuns; ++i) {
    const auto next = line.Next(now_, kCost);
    const bool is_slow = static_cast<const Named&>(*next).name == "slow";
    slow += is_slow ? 1 : 0;
    now_ += is_slow ? 10 * kCost : kCost;
    line.Ended(*next, now_);
  }
  EXPECT_NEAR(slow, kRuns / 11.0, 5) << "ten quick calls for each slow one";
}

TEST_F(WaitingLineTest, WhoHeldAWorkerForAnHourOwesAFewCalls) {
  WaitingLine line(1, kNoTarget);
  Add(&line, "a", "export", "long");
  Add(&line, "a", "quick", "others");
  EXPECT_EQ(Run(&line, std::chrono::hours(1)), "export");
  Add(&line, "a", "read", "long");
  for (int i = 0; i < 100; ++i) Add(&line, "a", "quick", "others");
  int before = 0;
  while (Run(&line) == "quick") ++before;
  EXPECT_LE(before, 20);
}

TEST_F(WaitingLineTest, KnowsWhoStartsAtOnce) {
  WaitingLine line(8, kNoTarget);
  for (int i = 0; i < 6; ++i) Add(&line, "a", "runs");
  EXPECT_TRUE(line.StartsAtOnce("b", 8)) << "beside six";
  EXPECT_FALSE(line.StartsAtOnce("a", 8)) << "which would be the seventh";
  EXPECT_FALSE(line.StartsAtOnce("b", 6)) << "all six are before it";
  EXPECT_EQ(Take(&line).size(), 6u);
  for (int i = 0; i < 20; ++i) Add(&line, "a", "waits");
  EXPECT_TRUE(line.StartsAtOnce("b", 2)) << "those that wait may not run";
  EXPECT_FALSE(line.StartsAtOnce("b", 0));
}

TEST_F(WaitingLineTest, ACallerWhoseEntityHasItsShareKeepsNobodyFromTheRest) {
  WaitingLine line(8, kNoTarget);
  for (int i = 0; i < 20; ++i) Add(&line, "locked", "locked", "flood");
  Take(&line);
  Add(&line, "locked", "waits", "polite");
  Add(&line, "other", "runs", "polite");
  EXPECT_THAT(Take(&line), ElementsAre("runs"));
}

TEST_F(WaitingLineTest, ALongQueueGivesUpItsNewest) {
  WaitingLine line(1, kNoTarget);
  for (const char* name : {"1", "2", "3"}) Add(&line, "a", name, "many");
  Add(&line, "a", "4", "few");
  EXPECT_EQ(line.RemoveFromLongest(3), nullptr);
  const auto removed = line.RemoveFromLongest(2);
  ASSERT_NE(removed, nullptr);
  EXPECT_EQ(static_cast<const Named&>(*removed).name, "3");
  EXPECT_EQ(line.size(), 3);
}

TEST_F(WaitingLineTest, OfAQueueThatStandsTheNewestIsNext) {
  constexpr Clock::duration kTarget = milliseconds(100);
  WaitingLine line(1, kTarget);
  WaitingLine::Caller* const caller = line.Find(CallerId("caller"));
  for (const char* name : {"1", "2", "3", "4", "5"}) Add(&line, "a", name);
  line.NoteWait(caller, now_, milliseconds(110));
  now_ += milliseconds(99);
  line.NoteWait(caller, now_, milliseconds(110));
  EXPECT_FALSE(caller->overloaded()) << "a burst";
  EXPECT_EQ(Run(&line), "1");
  line.NoteWait(caller, now_, milliseconds(110));
  EXPECT_TRUE(caller->overloaded());
  EXPECT_EQ(Run(&line), "2") << "has waited for 109 ms";
  now_ += milliseconds(40);
  EXPECT_EQ(Run(&line), "5");
  Add(&line, "a", "new");
  EXPECT_EQ(Run(&line), "new");
  line.NoteWait(caller, now_, milliseconds(60));
  EXPECT_TRUE(caller->overloaded());
  line.NoteWait(caller, now_, milliseconds(49));
  EXPECT_FALSE(caller->overloaded());
  EXPECT_EQ(Run(&line), "3");
  line.NoteWait(caller, now_, milliseconds(101));
  EXPECT_TRUE(caller->overloaded()) << "it stood not long ago";
}

TEST_F(WaitingLineTest, ForgetsCallersThatHaveNothingHere) {
  WaitingLine line(4, kNoTarget);
  WaitingLine::Caller* const stays = line.Find(CallerId("stays"));
  Add(&line, "a", "waits", "stays");
  for (int i = 0; i < 100000; ++i) line.Find(CallerId("caller " + std::to_string(i)));
  EXPECT_EQ(line.Find(CallerId("stays")), stays);
  EXPECT_EQ(stays->waiting(), 1);
  EXPECT_LE(line.callers_known(), 2048u);
}

}  // namespace
}  // namespace rowkeeper::exec
