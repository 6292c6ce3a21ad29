// Reads that run as one statement.
#include <atomic>
#include <future>
#include <thread>

#include "tests/pg/exec/executor_pg_fixture.h"

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;
using Cause = db::Cancellation::Cause;

class MergedReadsTest : public ExecutorPgTest {
 protected:
  /// Gets of these, of which all but the first few have to wait, and the tickets.
  std::vector<std::future<std::string>> SubmitAll(const std::vector<int>& ids, std::vector<Executor::Ticket>* tickets) {
    tickets->resize(ids.size());
    std::vector<std::future<std::string>> calls;
    for (size_t i = 0; i < ids.size(); ++i) calls.push_back(Submit(Get(ids[i]), &(*tickets)[i]));
    return calls;
  }

  std::vector<std::future<std::string>> SubmitAll(const std::vector<int>& ids) {
    std::vector<Executor::Ticket> tickets;
    return SubmitAll(ids, &tickets);
  }

  static std::vector<int> Numbers(int count) {
    std::vector<int> numbers;
    for (int i = 1; i <= count; ++i) numbers.push_back(i);
    return numbers;
  }

  void KillWaiters() {
    database_.Run(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND "
        "wait_event_type = 'Lock'");
  }

  bool IsIdle() const {
    const ExecutorStats stats = executor_->stats();
    return stats.queued + stats.running == 0;
  }
};

TEST_F(MergedReadsTest, EachGetsItsOwnRowOrNone) {
  Start(8, kOneLane, &still_);
  LockTable();
  std::vector<int> ids = Numbers(40);
  ids.insert(ids.end(), {7, 700, 7, 701});
  auto calls = SubmitAll(ids);
  blocker_.reset();
  for (size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(calls[i].get(), ids[i] <= 100 ? Cat(ids[i]) : "ROW_NOT_FOUND");
  const ExecutorStats stats = executor_->stats();
  EXPECT_GE(stats.merged_calls_total, 30u);
  EXPECT_LE(stats.merged_statements_total, stats.merged_calls_total / 2);
  EXPECT_EQ(stats.unmerged_calls.total(), 0u);
  EXPECT_TRUE(testing::Eventually([this] { return IsIdle(); }));
}

TEST_F(MergedReadsTest, ACallAloneIsItsOwnStatement) {
  Start(2, kOneLane);
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(Submit(Get(i)).get(), Cat(i));
  EXPECT_EQ(executor_->stats().merged_statements_total, 0u);
}

TEST_F(MergedReadsTest, ValuesOfAnyTextReachTheirOwnCall) {
  database_.Run("UPDATE article SET title = '{\"a\\b\", NULL}''; --' WHERE id = 3");
  Start(8, kOneLane);
  LockTable();
  auto calls = SubmitAll(Numbers(40));
  WaitForLockWaiters("6");
  blocker_.reset();
  for (int i = 1; i <= 40; ++i) EXPECT_EQ(calls[i - 1].get(), i == 3 ? "{\"a\\b\", NULL}'; --" : Cat(i));
}

TEST_F(MergedReadsTest, ACancelledOneIsAnsweredAtOnceAndTheOthersGetTheirs) {
  Start(4, kOneLane);
  LockTable();
  std::vector<Executor::Ticket> tickets;
  auto calls = SubmitAll(Numbers(20), &tickets);
  WaitForLockWaiters("3");
  for (size_t i = 0; i < 20; i += 2) tickets[i].Cancel(i % 4 == 0 ? Cause::kCaller : Cause::kDeadline);
  for (size_t i = 0; i < 20; i += 2) EXPECT_EQ(calls[i].get(), i % 4 == 0 ? "CANCELLED" : "DEADLINE_EXCEEDED");
  blocker_.reset();
  for (size_t i = 1; i < 20; i += 2) EXPECT_EQ(calls[i].get(), Cat(i + 1));
}

TEST_F(MergedReadsTest, WhenNobodyIsLeftTheStatementIsCancelled) {
  Start(4, kOneLane);
  LockTable();
  std::vector<Executor::Ticket> tickets;
  auto calls = SubmitAll(Numbers(30), &tickets);
  WaitForLockWaiters("3");
  for (Executor::Ticket& ticket : tickets) ticket.Cancel(Cause::kCaller);
  for (auto& call : calls) EXPECT_EQ(call.get(), "CANCELLED");
  WaitForLockWaiters("0");
  blocker_.reset();
  EXPECT_EQ(Submit(Get(5)).get(), "5");
  EXPECT_TRUE(testing::Eventually([this] { return IsIdle(); }));
}

TEST_F(MergedReadsTest, WhenTheirConnectionIsLostEachRunsAlone) {
  Start(4, kOneLane);
  LockTable();
  auto calls = SubmitAll(Numbers(30));
  WaitForLockWaiters("3");
  KillWaiters();
  blocker_.reset();
  for (int i = 1; i <= 30; ++i) EXPECT_EQ(calls[i - 1].get(), Cat(i));
  EXPECT_GT(executor_->stats().unmerged_calls.total(), 0u);
}

TEST_F(MergedReadsTest, AnErrorThatEachWouldHaveGotIsNotTriedAgain) {
  lock_timeout_ms_ = 300;
  Start(4, kOneLane);
  LockTable();
  auto calls = SubmitAll(Numbers(30));
  for (auto& call : calls) EXPECT_EQ(call.get(), "LOCK_TIMEOUT");
  EXPECT_EQ(executor_->stats().unmerged_calls.total(), 0u);
  blocker_.reset();
}

TEST_F(MergedReadsTest, RowsTooLargeForAQuickAnswerAreReadAllTheSame) {
  database_.Run("UPDATE article SET body = repeat('x', 100000)");
  Start(8, kOneLane);
  LockTable();
  auto calls = SubmitAll(Numbers(30));
  WaitForLockWaiters("6");
  blocker_.reset();
  for (int i = 1; i <= 30; ++i) EXPECT_EQ(calls[i - 1].get(), Cat(i));
}

TEST_F(MergedReadsTest, ARowThatWasWrittenBeforeIsSeen) {
  Start(8, kOneLane);
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!stop) EXPECT_NE(Submit(Get(50)).get(), "ROW_NOT_FOUND");
    });
  }
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(Submit(Rename(50, Cat("new", i))).get(), Cat("new", i));
    EXPECT_EQ(Submit(Get(50)).get(), Cat("new", i));
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
}

TEST_F(MergedReadsTest, StoppingAnswersWhatWaitsForItsLane) {
  Start(4, kOneLane);
  LockTable();
  auto calls = SubmitAll(Numbers(100));
  WaitForLockWaiters("3");
  std::thread stop([this] { executor_.reset(); });
  int refused = 0;
  EXPECT_TRUE(testing::Eventually([&] {
    for (auto& call : calls) {
      if (call.valid() && call.wait_for(milliseconds(0)) == std::future_status::ready) {
        refused += call.get() == "SHUTTING_DOWN" ? 1 : 0;
      }
    }
    return refused > 0;
  }));
  blocker_.reset();
  stop.join();
  for (size_t i = 0; i < calls.size(); ++i) {
    if (!calls[i].valid()) continue;
    const std::string answer = calls[i].get();
    EXPECT_TRUE(answer == Cat(i + 1) || answer == "SHUTTING_DOWN") << answer;
  }
}

TEST_F(MergedReadsTest, EveryCallEndsExactlyOnceWithItsOwnRowHoweverConnectionsAreLost) {
  Start(6, kOneLane);
  // How many of those below meet depends on the machine; these do.
  LockTable();
  auto first = SubmitAll(Numbers(20));
  blocker_.reset();
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(first[i - 1].get(), Cat(i));
  EXPECT_GT(MergesTried(), 0u);
  ReadWhileConnectionsAreLost({/*calls=*/600, /*lose_every=*/200, /*most_open=*/40});
}

}  // namespace
}  // namespace rowkeeper::exec
