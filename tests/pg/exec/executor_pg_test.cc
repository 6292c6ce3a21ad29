#include <atomic>
#include <future>
#include <thread>

#include "tests/pg/exec/executor_pg_fixture.h"

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;
using Cause = db::Cancellation::Cause;

TEST_F(ExecutorPgTest, RunsCallsAndGivesTheirRows) {
  Start(2);
  EXPECT_EQ(Submit(Get(7)).get(), "7");
  EXPECT_EQ(Submit(Get(700)).get(), "ROW_NOT_FOUND");
  EXPECT_EQ(Submit(Rename(7, "seven")).get(), "seven");
  EXPECT_EQ(Submit(Get(7)).get(), "seven");
}

TEST_F(ExecutorPgTest, CancelEndsARunningStatementAndTheNextOneOnThatConnectionIsUnhurt) {
  Start(1);
  LockFirst();
  for (const auto& [cause, reason] :
       {std::pair(Cause::kCaller, "CANCELLED"), {Cause::kDeadline, "DEADLINE_EXCEEDED"}}) {
    Executor::Ticket ticket;
    auto blocked = Submit(Rename(1, "x"), &ticket);
    WaitForLockWaiters("1");
    ticket.Cancel(cause);
    ticket.Cancel(Cause::kCaller);
    EXPECT_EQ(blocked.get(), reason);
    for (int i = 2; i < 12; ++i) EXPECT_EQ(Submit(Get(i)).get(), Cat(i));
  }
  blocker_.reset();
  EXPECT_EQ(Submit(Get(1)).get(), "1");
  EXPECT_EQ(pool_->stats().opened_total, 1u);
}

TEST_F(ExecutorPgTest, EveryCallEndsExactlyOnceWithItsOwnRowHoweverOthersAreCancelled) {
  constexpr int kCallers = 4;
  constexpr int kCalls = 300;
  Start(3);
  std::vector<std::atomic<int>> ends(kCallers * kCalls);
  std::atomic<int> wrong{0};
  std::atomic<int> served{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      std::vector<Executor::Ticket> tickets;
      for (int i = 0; i < kCalls; ++i) {
        const int id = 1 + (caller * kCalls + i) % 100;
        tickets.push_back(executor_->Submit(Get(id), Clock::time_point::max(),
                                            [&, id, index = caller * kCalls + i](absl::StatusOr<Outcome> outcome) {
                                              ++ends[index];
                                              const std::string title = Title(outcome);
                                              served += title == Cat(id);
                                              wrong += title != Cat(id) && title != "CANCELLED";
                                            }));
        if (i % 3 == 0) tickets[i / 2].Cancel(Cause::kCaller);
        if (i % 7 == 0) tickets.back().Cancel(Cause::kCaller);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_TRUE(testing::Eventually([this] { return executor_->stats().queued + executor_->stats().running == 0; }));
  executor_.reset();
  for (const auto& count : ends) EXPECT_EQ(count, 1);
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(served, 0);
}

TEST_F(ExecutorPgTest, StoppingWaitsForTheStatementThatRuns) {
  Start(1);
  LockFirst();
  auto running = Submit(Rename(1, "renamed"));
  WaitForLockWaiters("1");
  auto waiting = Submit(Get(2));
  std::thread stop([this] { executor_.reset(); });
  EXPECT_EQ(waiting.get(), "SHUTTING_DOWN");
  EXPECT_EQ(running.wait_for(milliseconds(100)), std::future_status::timeout);
  blocker_.reset();
  EXPECT_EQ(running.get(), "renamed");
  stop.join();
}

}  // namespace
}  // namespace rowkeeper::exec
