// Calls that need no worker, and what happens to them when they do need one.
#include <future>
#include <thread>

#include "tests/pg/exec/executor_pg_fixture.h"

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;
using Cause = db::Cancellation::Cause;

class CallsSentAheadTest : public ExecutorPgTest {
 protected:
  /// So many connections, which have prepared the statement of Get.
  void StartWarm(int connections) {
    Start(connections);
    LockTable();
    std::vector<std::future<std::string>> calls;
    for (int i = 1; i <= connections; ++i) calls.push_back(Submit(Get(i)));
    WaitForLockWaiters(Cat(connections - connections / 4));  // no more of one entity run at once
    blocker_.reset();
    for (auto& call : calls) call.get();
    ASSERT_TRUE(testing::Eventually([this] { return pool_->stats().leased == 0 && executor_->stats().running == 0; }));
  }

  uint64_t sent_ahead() const { return executor_->stats().sent_ahead_total; }
};

TEST_F(CallsSentAheadTest, AReadNeedsNoWorkerOnceItsStatementIsPrepared) {
  StartWarm(1);
  const uint64_t before = sent_ahead();
  for (int i = 1; i <= 50; ++i) EXPECT_EQ(Submit(Get(i)).get(), Cat(i));
  EXPECT_EQ(Submit(Get(700)).get(), "ROW_NOT_FOUND");
  EXPECT_EQ(sent_ahead() - before, 51u);
}

TEST_F(CallsSentAheadTest, AWriteNeedsNoWorkerUnlessNoRowFits) {
  StartWarm(1);
  EXPECT_EQ(Submit(Rename(7, "seven")).get(), "seven");
  const uint64_t before = sent_ahead();
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(Submit(Rename(i, Cat("new", i))).get(), Cat("new", i));
  EXPECT_EQ(sent_ahead() - before, 20u);
  EXPECT_EQ(Submit(Rename(700, "seven hundred")).get(), "ROW_NOT_FOUND") << "a worker asks why";
  EXPECT_EQ(Submit(Get(7)).get(), "new7");
}

TEST_F(CallsSentAheadTest, CallsThatWaitAreSentWhenAnotherOneHasEnded) {
  StartWarm(2);
  const uint64_t before = sent_ahead();
  std::vector<std::future<std::string>> calls;
  LockTable();
  for (int i = 1; i <= 20; ++i) calls.push_back(Submit(Get(i)));
  EXPECT_EQ(executor_->stats().running, 2);
  EXPECT_EQ(executor_->stats().queued, 18);
  blocker_.reset();
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(calls[i - 1].get(), Cat(i));
  EXPECT_EQ(sent_ahead() - before, 20u);
  EXPECT_EQ(pool_->stats().opened_total, 2u);
}

TEST_F(CallsSentAheadTest, ACancelReachesWhatIsUnderWay) {
  StartWarm(1);
  for (const auto& [cause, reason] :
       {std::pair(Cause::kCaller, "CANCELLED"), {Cause::kDeadline, "DEADLINE_EXCEEDED"}}) {
    LockTable();
    Executor::Ticket ticket;
    auto blocked = Submit(Get(1), &ticket);
    WaitForLockWaiters("1");
    ticket.Cancel(cause);
    EXPECT_EQ(blocked.get(), reason);
    blocker_.reset();
    for (int i = 2; i < 12; ++i) EXPECT_EQ(Submit(Get(i)).get(), Cat(i));
  }
  EXPECT_EQ(pool_->stats().opened_total, 1u);
}

TEST_F(CallsSentAheadTest, WhenTheConnectionIsLostTheCallRunsAgain) {
  StartWarm(1);
  LockTable();
  auto blocked = Submit(Get(1));
  WaitForLockWaiters("1");
  database_.Run(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND "
      "wait_event_type = 'Lock'");
  blocker_.reset();
  EXPECT_EQ(blocked.get(), "1");
  EXPECT_GE(executor_->stats().retried_total, 1u);
}

TEST_F(CallsSentAheadTest, StoppingWaitsForWhatIsUnderWayAndForWhatNeedsAWorkerYet) {
  for (const bool lost : {false, true}) {
    StartWarm(1);
    LockTable();
    auto blocked = Submit(Get(1));
    WaitForLockWaiters("1");
    std::thread stop([this] { executor_.reset(); });
    EXPECT_EQ(blocked.wait_for(milliseconds(100)), std::future_status::timeout);
    if (lost) {
      database_.Run(
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = "
          "current_database() AND wait_event_type = 'Lock'");
    }
    blocker_.reset();
    EXPECT_EQ(blocked.get(), "1");
    stop.join();
  }
}

TEST_F(CallsSentAheadTest, WorkersAreThereForAllThatNeedThem) {
  constexpr int kConnections = 4;
  StartWarm(kConnections);
  LockTable();
  std::vector<Executor::Ticket> tickets(2 * kConnections);
  std::vector<std::future<std::string>> calls;
  for (Executor::Ticket& ticket : tickets) calls.push_back(Submit(Get(1), &ticket));
  WaitForLockWaiters("3");  // three quarters of the workers, for the entity
  for (Executor::Ticket& ticket : tickets) ticket.Cancel(Cause::kCaller);
  for (auto& call : calls) EXPECT_EQ(call.get(), "CANCELLED");
  blocker_.reset();
  EXPECT_EQ(Submit(Get(5)).get(), "5");
  EXPECT_TRUE(testing::Eventually([this] { return executor_->stats().running == 0; }));
}

TEST_F(CallsSentAheadTest, EveryCallEndsExactlyOnceWithItsOwnRowHoweverConnectionsAreLost) {
  StartWarm(3);
  ReadWhileConnectionsAreLost({/*calls=*/400, /*lose_every=*/20, /*most_open=*/1600});
}

}  // namespace
}  // namespace rowkeeper::exec
