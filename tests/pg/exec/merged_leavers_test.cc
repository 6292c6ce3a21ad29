// Callers who leave between the moment when their call becomes part of a statement and that when it is sent.
#include <future>

#include "absl/synchronization/notification.h"
#include "tests/pg/exec/executor_pg_fixture.h"

namespace rowkeeper::exec {
namespace {

using Cause = db::Cancellation::Cause;

/// Time stands still, so what waits for a lane is taken over when the test says so, and then waits for a worker.
class MergedLeaversTest : public ExecutorPgTest {
 protected:
  static constexpr int kWorkers = 8;

  void SetUp() override {
    ExecutorPgTest::SetUp();
    database_.Run("SELECT setval(pg_get_serial_sequence('article', 'id'), 1000)");
    Start(kWorkers, kOneLane, &still_);
    LockTable();
  }
  void TearDown() override {
    Release();
    executor_.reset();
    ExecutorPgTest::TearDown();
  }

  /// `call` twice, which takes both lanes of its statement; then four of `calls`, which become one statement, for which
  /// there is no worker.
  void Merge(const plan::Call& call, const std::vector<plan::Call>& calls) {
    for (int i = 0; i < 2; ++i) first_.push_back(Submit(call));
    WaitForLockWaiters("2");
    tickets_.resize(calls.size());
    for (size_t i = 0; i < calls.size(); ++i) answers_.push_back(Submit(calls[i], &tickets_[i]));
    ASSERT_EQ(executor_->stats().queued, static_cast<int>(calls.size())) << "they wait for a lane";
    for (int i = 2; i < kWorkers; ++i) {
      executor_->Submit(
          [this](db::Connection&, db::Cancellation*) {
            free_.WaitForNotification();
            return absl::OkStatus();
          },
          i % 2 == 0 ? "one" : "another", Clock::time_point::max(),
          [](const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; });
    }
    ASSERT_TRUE(testing::Eventually([this] { return executor_->stats().running == kWorkers; }));
    PassTime();
    ASSERT_EQ(executor_->stats().queued, 1) << "they are one statement, which waits for a worker";
  }
  void Release() {
    if (!free_.HasBeenNotified()) free_.Notify();
    blocker_.reset();
  }

  absl::Notification free_;
  std::vector<std::future<std::string>> first_, answers_;
  std::vector<Executor::Ticket> tickets_;
};

TEST_F(MergedLeaversTest, NothingIsWrittenForOneWhoLeftAndTheOthersWriteAlone) {
  const auto create = [this](const std::string& title) { return Call("Create", {{"article.title", title}}); };
  Merge(create("first"), {create("a"), create("b"), create("c"), create("d")});
  tickets_[1].Cancel(Cause::kCaller);
  EXPECT_EQ(answers_[1].get(), "CANCELLED") << "at once";
  Release();
  EXPECT_EQ(answers_[0].get(), "a");
  EXPECT_EQ(answers_[2].get(), "c");
  EXPECT_EQ(answers_[3].get(), "d");
  for (auto& answer : first_) EXPECT_EQ(answer.get(), "first");
  EXPECT_EQ(database_.Value("SELECT string_agg(title, ' ' ORDER BY title) FROM article WHERE id > 1000"),
            "a c d first first");
  EXPECT_EQ(executor_->stats().merged_statements_total, 0u);
  EXPECT_EQ(executor_->stats().unmerged_calls.left, 3u);
  EXPECT_EQ(executor_->stats().unmerged_calls.total(), 3u);
}

TEST_F(MergedLeaversTest, WhoReadsStaysWithTheOthersWhenOneHasLeft) {
  Merge(Get(9), {Get(1), Get(2), Get(3), Get(4)});
  tickets_[1].Cancel(Cause::kDeadline);
  EXPECT_EQ(answers_[1].get(), "DEADLINE_EXCEEDED");
  Release();
  EXPECT_EQ(answers_[0].get(), "1");
  EXPECT_EQ(answers_[2].get(), "3");
  EXPECT_EQ(answers_[3].get(), "4");
  EXPECT_EQ(executor_->stats().merged_statements_total, 1u);
  EXPECT_EQ(executor_->stats().merged_calls_total, 3u);
  EXPECT_EQ(executor_->stats().unmerged_calls.total(), 0u);
}

TEST_F(MergedLeaversTest, WhenAllHaveLeftNothingIsSent) {
  const auto create = [this](const std::string& title) { return Call("Create", {{"article.title", title}}); };
  Merge(create("first"), {create("a"), create("b"), create("c"), create("d")});
  for (Executor::Ticket& ticket : tickets_) ticket.Cancel(Cause::kCaller);
  for (auto& answer : answers_) EXPECT_EQ(answer.get(), "CANCELLED");
  Release();
  for (auto& answer : first_) EXPECT_EQ(answer.get(), "first");
  EXPECT_TRUE(testing::Eventually([this] { return executor_->stats().queued + executor_->stats().running == 0; }));
  EXPECT_EQ(database_.Value("SELECT count(*) FROM article WHERE id > 1000"), "2");
  EXPECT_EQ(executor_->stats().merged_statements_total, 0u);
  EXPECT_EQ(executor_->stats().unmerged_calls.total(), 0u);
}

}  // namespace
}  // namespace rowkeeper::exec
