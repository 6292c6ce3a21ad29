#include "server/exec/merge_lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace rowkeeper::exec {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using How = MergeLanes::End;

class MergeLanesTest : public ::testing::Test {
 protected:
  MergeLanes::Shared New() { return std::make_shared<MergeLanes::Call>(); }

  MergeLanes::Shared Join(bool* waits) {
    MergeLanes::Shared call = New();
    *waits = lanes_.Join(7, call, now_);
    return call;
  }

  MergeLanes::Shared Runs() {
    bool waits = false;
    MergeLanes::Shared call = Join(&waits);
    EXPECT_FALSE(waits);
    return call;
  }

  MergeLanes::Shared Waits() {
    bool waits = false;
    MergeLanes::Shared call = Join(&waits);
    EXPECT_TRUE(waits);
    return call;
  }

  std::vector<MergeLanes::Shared> Waiting(int count) {
    std::vector<MergeLanes::Shared> calls;
    for (int i = 0; i < count; ++i) calls.push_back(Waits());
    return calls;
  }

  /// What is to run next, which takes the lane over.
  MergeLanes::Together End(const MergeLanes::Shared& call, How how = How::kAlone,
                           microseconds took = microseconds(100)) {
    now_ += took;
    return Begin(lanes_.Ended(call.get(), how, now_));
  }

  /// Those of `next` that somebody waits for.
  MergeLanes::Together Begin(MergeLanes::Together next) {
    MergeLanes::Together open;
    while (open.empty() && !next.empty()) {
      for (const auto& given : next) {
        if (MergeLanes::IsOpen(*given)) open.push_back(given);
      }
      statement_ = New();
      if (open.empty()) {
        next = lanes_.Abandoned(7, next.size());
      } else {
        lanes_.Began(7, statement_, next.size(), now_);
      }
    }
    return open;
  }

  MergeLanes lanes_{{/*lanes=*/1, /*most_merged=*/8, /*most_weight=*/100, /*most_waiting=*/20}};
  Clock::time_point now_{seconds(1000)};
  MergeLanes::Shared statement_;
};

TEST_F(MergeLanesTest, ACallRunsAtOnceWhileALaneIsFree) {
  for (int i = 0; i < 10; ++i) EXPECT_THAT(End(Runs()), IsEmpty());
}

TEST_F(MergeLanesTest, FewCallsHaveALaneEach) {
  const auto first = Runs(), second = Runs();
  Waits();
  EXPECT_THAT(End(first), SizeIs(1));
}

TEST_F(MergeLanesTest, ThoseThatComeMeanwhileRunTogetherInTheirOrder) {
  const auto first = Runs(), second = Runs();
  const auto waiting = Waiting(3);
  EXPECT_EQ(lanes_.waiting(), 3);
  EXPECT_EQ(End(first), MergeLanes::Together(waiting.begin(), waiting.end()));
  EXPECT_EQ(lanes_.waiting(), 0);
  EXPECT_THAT(End(second), IsEmpty());
  EXPECT_THAT(End(statement_, How::kTogether), IsEmpty());
  Runs();
}

TEST_F(MergeLanesTest, OtherStatementsHaveLanesOfTheirOwn) {
  Runs(), Runs(), Waits();
  EXPECT_FALSE(lanes_.Join(8, New(), now_));
}

TEST_F(MergeLanesTest, EachStatementThatSucceedsAllowsOneMoreAndAFailureHalf) {
  const auto first = Runs(), second = Runs();
  Waiting(20);
  EXPECT_THAT(End(first), SizeIs(4));
  EXPECT_THAT(End(statement_, How::kTogether), SizeIs(5));
  EXPECT_THAT(End(statement_, How::kFailed), SizeIs(2));
  EXPECT_THAT(End(statement_, How::kTogether), SizeIs(3));
}

TEST_F(MergeLanesTest, NeverMoreAreMergedThanMay) {
  const auto first = Runs(), second = Runs();
  Waiting(20);
  End(first);
  for (int i = 0; i < 20; ++i) {
    Waiting(static_cast<int>(20 - lanes_.waiting()));
    End(statement_, How::kTogether);
  }
  Waiting(20 - lanes_.waiting());
  EXPECT_THAT(End(statement_, How::kTogether), SizeIs(8));
}

TEST_F(MergeLanesTest, WhereOnlyFailuresCameNothingWaitsForAWhile) {
  const auto first = Runs(), second = Runs();
  Waiting(8);
  End(first);
  End(statement_, How::kFailed);
  End(statement_, How::kFailed);
  Runs(), Runs();
  now_ += seconds(11);
  Waits();
}

TEST_F(MergeLanesTest, WhereItFailsAgainAndAgainThePausesGrow) {
  const auto fail = [this] {
    const auto first = Runs(), second = Runs();
    Waiting(8);
    End(first);
    End(statement_, How::kFailed);
    End(statement_, How::kInVain);
    End(statement_);
    End(second);
  };
  fail();
  now_ += seconds(11);
  fail();
  now_ += seconds(11);
  for (int i = 0; i < 10; ++i) Runs();
  now_ += seconds(10);
  Waits();
  EXPECT_EQ(lanes_.halvings().failed, 2u);
  EXPECT_EQ(lanes_.halvings().in_vain, 2u);
}

TEST_F(MergeLanesTest, HeavyCallsAreFewerInAStatement) {
  const auto first = Runs(), second = Runs();
  const auto waiting = Waiting(3);
  for (const auto& call : waiting) call->share.weight = 60;  // 100 at most
  EXPECT_THAT(End(first), SizeIs(1));
  EXPECT_THAT(End(statement_), SizeIs(1));
  waiting[2]->share.weight = 1000;
  EXPECT_THAT(End(statement_), SizeIs(1)) << "one that is too heavy runs by itself";
  EXPECT_THAT(End(second), IsEmpty());
}

TEST_F(MergeLanesTest, HeavyCallsThatTakeLongerTogetherThanOneByOneAreMergedLess) {
  for (int i = 0; i < 20; ++i) End(Runs(), How::kAlone, milliseconds(2));
  std::vector<MergeLanes::Shared> running;
  for (int i = 0; i < 6; ++i) running.push_back(Runs());
  Waiting(12);
  EXPECT_THAT(End(running[0], How::kAlone, microseconds(1)), SizeIs(4));
  statement_->share.weight = 10;
  EXPECT_THAT(End(statement_, How::kTogether, milliseconds(13)), SizeIs(5)) << "less than twice four times 2 ms";
  EXPECT_EQ(lanes_.halvings().slow, 0u);
  statement_->share.weight = 10;
  EXPECT_THAT(End(statement_, How::kTogether, milliseconds(22)), SizeIs(2));
  EXPECT_EQ(lanes_.halvings().slow, 1u);
}

TEST_F(MergeLanesTest, MoreThanMayWaitRunAlone) {
  Runs(), Runs();
  Waiting(20);
  Runs();
}

TEST_F(MergeLanesTest, StatementsThatTakeLongHaveMoreLanes) {
  End(Runs(), How::kAlone, milliseconds(3));
  for (int i = 0; i < 8; ++i) Runs();
  Waits();
}

TEST_F(MergeLanesTest, OneQuickStatementTellsThatTheWayIsShort) {
  for (int i = 0; i < 100; ++i) End(Runs(), How::kAlone, milliseconds(i == 50 ? 0 : 3));
  Runs(), Runs();
  Waits();
}

TEST_F(MergeLanesTest, WhatWaitsForTooLongIsTakenOver) {
  Clock::time_point next;
  const auto first = Runs(), second = Runs();
  EXPECT_THAT(lanes_.Overdue(now_ + seconds(1), &next), IsEmpty());
  EXPECT_EQ(next, Clock::time_point::max());
  const auto waiting = Waiting(2);
  now_ += milliseconds(6);
  Waits();
  EXPECT_THAT(lanes_.Overdue(now_, &next), IsEmpty());
  EXPECT_EQ(next, MergeLanes::OverdueFrom(now_ - milliseconds(6)));
  now_ += milliseconds(6);
  EXPECT_THAT(lanes_.Overdue(now_, &next), ::testing::ElementsAre(SizeIs(3)));
  EXPECT_EQ(next, Clock::time_point::max());
}

TEST_F(MergeLanesTest, AWithdrawnCallIsNotGiven) {
  const auto first = Runs(), second = Runs();
  const auto waiting = Waiting(3);
  EXPECT_FALSE(lanes_.Withdraw(first.get())) << "it runs alone";
  EXPECT_TRUE(lanes_.Withdraw(waiting[1].get()));
  EXPECT_FALSE(lanes_.Withdraw(waiting[1].get()));
  EXPECT_EQ(End(first), (MergeLanes::Together{waiting[0], waiting[2]}));
}

TEST_F(MergeLanesTest, WhoeverIsAnsweredEarlyIsNotAnsweredTwice) {
  const auto first = Runs(), second = Runs();
  const auto waiting = Waiting(3);
  const MergeLanes::Together together = End(first);
  EXPECT_TRUE(lanes_.Withdraw(waiting[1].get()));
  EXPECT_EQ(MergeLanes::Release(together), (MergeLanes::Together{waiting[0], nullptr, waiting[2]}));
  EXPECT_FALSE(lanes_.Withdraw(waiting[0].get())) << "somebody answers it already";
  EXPECT_THAT(MergeLanes::Release(together), ::testing::Each(nullptr));
}

TEST_F(MergeLanesTest, WhenAllThatWaitAreWithdrawnTheLaneIsFree) {
  const auto first = Runs(), second = Runs();
  const auto waiting = Waiting(2);
  for (const auto& call : waiting) lanes_.Withdraw(call.get());
  EXPECT_THAT(End(first), IsEmpty());
  EXPECT_THAT(End(second), IsEmpty());
  Runs(), Runs();
}

TEST_F(MergeLanesTest, ALaneGoesOnAfterThoseThatNobodyWaitsFor) {
  const auto first = Runs(), second = Runs();
  const auto waiting = Waiting(6);
  for (int i = 0; i < 4; ++i) lanes_.Withdraw(waiting[static_cast<size_t>(i)].get());
  EXPECT_EQ(End(first), (MergeLanes::Together{waiting[4], waiting[5]}));
  End(statement_, How::kTogether);
  End(second);
  Runs(), Runs();
  Waits();
}

TEST_F(MergeLanesTest, ItIsKnownBeforeWhetherACallWouldWait) {
  EXPECT_FALSE(lanes_.WouldWait(7, now_));
  Runs();
  EXPECT_FALSE(lanes_.WouldWait(7, now_));
  Runs();
  EXPECT_TRUE(lanes_.WouldWait(7, now_));
  EXPECT_FALSE(lanes_.WouldWait(8, now_));
  Waiting(20);
  EXPECT_FALSE(lanes_.WouldWait(7, now_)) << "no more may wait";
}

TEST_F(MergeLanesTest, AllThatWaitCanBeTakenOut) {
  Runs(), Runs();
  const auto waiting = Waiting(3);
  lanes_.Withdraw(waiting[0].get());
  EXPECT_EQ(MergeLanes::Release(lanes_.Clear()), (MergeLanes::Together{nullptr, waiting[1], waiting[2]}));
  EXPECT_EQ(lanes_.waiting(), 0);
  Waits();
}

TEST_F(MergeLanesTest, ACallEndsOnce) {
  const auto first = Runs(), second = Runs();
  Waiting(2);
  EXPECT_THAT(End(first), SizeIs(2));
  Waiting(2);
  EXPECT_THAT(End(first), IsEmpty());
  EXPECT_THAT(End(New()), IsEmpty()) << "it was never in a lane";
}

TEST_F(MergeLanesTest, WithoutLanesNothingWaits) {
  MergeLanes none({/*lanes=*/0});
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(none.Join(7, New(), now_));
}

}  // namespace
}  // namespace rowkeeper::exec
