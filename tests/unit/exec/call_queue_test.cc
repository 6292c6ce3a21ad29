#include "server/exec/call_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "server/base/error_details.h"
#include "server/base/text.h"

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct NamedCall : CallQueue::Waiter {
  std::string caller;
};

/// Calls that are all there at once.
class CallQueueTest : public ::testing::Test {
 protected:
  std::shared_ptr<NamedCall> Admit(CallQueue* queue, const std::string& caller, Clock::time_point deadline = kNever,
                                   CallQueue::Duration duration = CallQueue::Duration::kCall) {
    auto call = std::make_shared<NamedCall>();
    call->caller = caller;
    call->deadline = deadline;
    call->duration = duration;
    call->kind = "any method";
    queue->Admit(call, CallerId(caller), /*idle=*/0, now_, &refused_);
    return call;
  }

  /// Has calls of `service` run, one after the other, until the queue knows them.
  void Teach(CallQueue* queue, Clock::duration service) {
    for (int i = 0; i < 30; ++i) {
      Admit(queue, "teacher");
      const auto next = queue->Next(now_, &refused_);
      now_ += service;
      queue->Ended(*next, now_);
    }
    EXPECT_THAT(Refused(), IsEmpty());
  }

  /// Who was refused since the last time, and why.
  std::vector<std::string> Refused() {
    std::vector<std::string> refused;
    for (const CallQueue::Refusal& refusal : std::exchange(refused_, {})) {
      refused.push_back(Cat(static_cast<const NamedCall&>(*refusal.waiter).caller, " ", ErrorReason(refusal.status)));
    }
    return refused;
  }

  static constexpr Clock::time_point kNever = Clock::time_point::max();
  Clock::time_point now_ = Clock::time_point() + std::chrono::hours(1);
  CallQueue::Refusals refused_;
};

TEST_F(CallQueueTest, WhatIsNotKnownIsNoReasonToRefuse) {
  CallQueueOptions options;
  options.workers = 1;
  CallQueue queue(options);
  for (int i = 0; i < 1000; ++i) Admit(&queue, "a", now_ + milliseconds(1));
  EXPECT_THAT(Refused(), IsEmpty());
}

TEST_F(CallQueueTest, ADeadlineThatCannotBeMetIsToldAtOnceWithTheWait) {
  CallQueueOptions options;
  options.workers = 1;
  CallQueue queue(options);
  Teach(&queue, milliseconds(100));
  Admit(&queue, "a");
  ASSERT_NE(queue.Next(now_, &refused_), nullptr);
  for (int i = 0; i < 9; ++i) Admit(&queue, "a");
  EXPECT_THAT(Refused(), IsEmpty());
  Admit(&queue, "a", now_ + milliseconds(1300));
  ASSERT_EQ(refused_.size(), 1u);
  const auto retry = FindDetail<google::rpc::RetryInfo>(refused_[0].status);
  ASSERT_TRUE(retry.has_value());
  EXPECT_EQ(retry->retry_delay().seconds(), 1) << "ten calls of 100 ms are before it";
  EXPECT_THAT(Refused(), ElementsAre("a DEADLINE_UNREACHABLE"));
  Admit(&queue, "a", now_ + milliseconds(1400));
  Admit(&queue, "b", now_ + milliseconds(400));  // whose turn comes after one more
  EXPECT_THAT(Refused(), IsEmpty());
}

TEST_F(CallQueueTest, StreamsSayNothingAboutHowLongCallsTake) {
  CallQueueOptions options;
  options.workers = 4;
  CallQueue queue(options);
  Teach(&queue, milliseconds(1));
  for (int i = 0; i < 20; ++i) {
    Admit(&queue, "a", kNever, CallQueue::Duration::kStream);
    const auto stream = queue.Next(now_, &refused_);
    now_ += seconds(60);
    queue.Ended(static_cast<const CallQueue::Waiter&>(*stream), now_);
  }
  for (int i = 0; i < 100; ++i) Admit(&queue, "a", now_ + milliseconds(500));
  EXPECT_THAT(Refused(), IsEmpty());
}

TEST_F(CallQueueTest, AFullQueueMakesRoomForWhoHasLess) {
  CallQueueOptions options;
  options.limit = 4;
  CallQueue queue(options);
  for (int i = 0; i < 4; ++i) Admit(&queue, "many");
  Admit(&queue, "many");
  EXPECT_THAT(Refused(), ElementsAre("many QUEUE_FULL"));
  Admit(&queue, "few");
  EXPECT_THAT(Refused(), ElementsAre("many QUEUE_FULL"));
  Admit(&queue, "few");
  Admit(&queue, "few");
  EXPECT_THAT(Refused(), ElementsAre("many QUEUE_FULL", "few QUEUE_FULL")) << "two each";
  EXPECT_EQ(queue.size(), 4);
}

TEST_F(CallQueueTest, OfAnOverloadedCallerWhatHasWaitedForTwiceTheTargetIsRefused) {
  CallQueueOptions options;
  options.workers = 1;
  options.target = milliseconds(500);
  options.timeout = seconds(30);
  CallQueue queue(options);
  Teach(&queue, milliseconds(100));
  for (int i = 0; i < 60; ++i) Admit(&queue, "a");
  EXPECT_THAT(Refused(), IsEmpty()) << "a burst is no overload";
  now_ += milliseconds(1001);
  Admit(&queue, "a");
  EXPECT_THAT(Refused(), ElementsAre("a OVERLOADED")) << "the queue has stood for the target";
  EXPECT_NE(queue.Next(now_, &refused_), nullptr);
  EXPECT_THAT(Refused(), ::testing::AllOf(::testing::SizeIs(59), ::testing::Each("a OVERLOADED")));
}

TEST_F(CallQueueTest, StatementsThatRunAwayAreCallsOfTheirCaller) {
  CallQueueOptions options;
  options.workers = 8;
  options.per_caller = 3;
  CallQueue queue(options);
  queue.NoteRunaway(CallerId("a"), 1);
  for (int i = 0; i < 3; ++i) Admit(&queue, "a");
  EXPECT_THAT(Refused(), ElementsAre("a CALLER_LIMIT")) << "two wait and one has run away";
  queue.NoteRunaway(CallerId("a"), 2);
  queue.Clear();
  Admit(&queue, "a");
  ASSERT_EQ(refused_.size(), 1u) << "a quarter of the workers";
  EXPECT_EQ(ErrorMetadataValue(refused_[0].status, "limit"), "runaway-statements");
  EXPECT_THAT(Refused(), ElementsAre("a CALLER_LIMIT"));
  Admit(&queue, "b");
  Admit(&queue, "");
  EXPECT_THAT(Refused(), IsEmpty());
  queue.NoteRunaway(CallerId("a"), 0);
  for (int i = 0; i < 3; ++i) Admit(&queue, "a");
  EXPECT_THAT(Refused(), IsEmpty());
}

TEST_F(CallQueueTest, OneStatementThatRunsAwayLocksNobodyOutOfAFewWorkers) {
  for (const int workers : {1, 2, 4, 7}) {
    CallQueueOptions options;
    options.workers = workers;
    CallQueue queue(options);
    queue.NoteRunaway(CallerId("a"), 1);
    Admit(&queue, "a");
    EXPECT_THAT(Refused(), IsEmpty()) << workers;
    queue.NoteRunaway(CallerId("a"), 2);
    Admit(&queue, "a");
    EXPECT_THAT(Refused(), ElementsAre("a CALLER_LIMIT")) << workers;
    queue.NoteNoRunaway();
    Admit(&queue, "a");
    EXPECT_THAT(Refused(), IsEmpty()) << workers;
  }
}

TEST_F(CallQueueTest, ACallerHasAsManyCallsAsOneMayWaitingAndRunning) {
  CallQueueOptions options;
  options.per_caller = 2;
  CallQueue queue(options);
  Admit(&queue, "a");
  const auto running = queue.Next(now_, &refused_);
  Admit(&queue, "a");
  Admit(&queue, "a");
  Admit(&queue, "b");
  EXPECT_THAT(Refused(), ElementsAre("a CALLER_LIMIT"));
  for (int i = 0; i < 5; ++i) Admit(&queue, "");
  EXPECT_THAT(Refused(), IsEmpty()) << "the server itself";
  queue.Ended(static_cast<const CallQueue::Waiter&>(*running), now_);
  Admit(&queue, "a");
  EXPECT_THAT(Refused(), IsEmpty());
}

}  // namespace
}  // namespace rowkeeper::exec
