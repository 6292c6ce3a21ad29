#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>

#include "absl/strings/str_join.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/exec/executor.h"
#include "server/sql/ddl.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;
using Cause = db::Cancellation::Cause;
using Clock = Executor::Clock;

/// Articles 1 to 100, whose title is their number.
class ExecutorPgTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(database_.ok());
    std::vector<const catalogue::Entity*> entities;
    for (const auto& entity : catalogue_->entities()) entities.push_back(entity.get());
    database_.Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
    database_.Run("INSERT INTO article (id, title, body) SELECT n, n, '' FROM generate_series(1, 100) AS n");
  }

  void Start(int connections) {
    db::ConnectionOptions connection;
    connection.url = database_.url();
    connection.lock_timeout_ms = 0;
    db::PoolOptions pool;
    pool.pool_size = connections;
    pool.max_overflow = 0;
    pool_ = std::make_unique<db::Pool>(pool, connection);
    ExecutorOptions options;
    options.workers = connections;
    executor_ = std::make_unique<Executor>(options, &runner_, pool_.get());
  }

  const plan::MethodPlan& Plan(const std::string& name) const {
    for (const auto& plan : plans_) {
      if (plan->full_name == "tracker.v1.ArticleRepository." + name) return *plan;
    }
    std::abort();
  }

  /// A call with these values for the inputs of these names.
  plan::Call Call(const std::string& method, const std::map<std::string, std::string>& values) const {
    const plan::MethodPlan& plan = Plan(method);
    plan::Request request;
    request.arguments.resize(plan.inputs.size());
    request.update_mask = {"title"};
    for (size_t i = 0; i < plan.inputs.size(); ++i) {
      const auto found = values.find(plan.inputs[i].name);
      if (found != values.end()) request.arguments[i] = {true, found->second};
    }
    auto call = plan::Bind(plan, std::move(request), {}, tokens_);
    EXPECT_TRUE(call.ok()) << call.status();
    return *std::move(call);
  }
  plan::Call Get(int id) const { return Call("GetById", {{"id", Cat(id)}}); }
  plan::Call Rename(int id, const std::string& title) const {
    return Call("Update", {{"article.id", Cat(id)}, {"article.title", title}});
  }

  /// The title in an outcome, or the reason of the error.
  static std::string Title(const absl::StatusOr<Outcome>& outcome) {
    if (!outcome.ok()) return ErrorReason(outcome.status());
    return outcome->row_count == 0 ? "no row" : std::string(outcome->rows.cell(0, 1));
  }

  std::future<std::string> Submit(plan::Call call, Executor::Ticket* ticket = nullptr) {
    auto promise = std::make_shared<std::promise<std::string>>();
    Executor::Ticket submitted =
        executor_->Submit(std::move(call), Clock::time_point::max(),
                          [promise](absl::StatusOr<Outcome> outcome) { promise->set_value(Title(outcome)); });
    if (ticket != nullptr) *ticket = submitted;
    return promise->get_future();
  }

  /// Locks article 1 until blocker_ is reset.
  void LockFirst() {
    db::ConnectionOptions options;
    options.url = database_.url();
    auto connection = db::Connection::Open(options);
    ASSERT_TRUE(connection.ok()) << connection.status();
    blocker_ = *std::move(connection);
    const absl::Status locked =
        blocker_->ExecuteScript("BEGIN; SELECT FROM article WHERE id = 1 FOR UPDATE", /*position=*/nullptr);
    ASSERT_TRUE(locked.ok()) << locked;
  }

  void WaitForLockWaiters(const std::string& count) {
    const auto until = Clock::now() + std::chrono::seconds(10);
    while (Clock::now() < until) {
      if (database_.Value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                          "wait_event_type = 'Lock'") == count) {
        return;
      }
      std::this_thread::sleep_for(milliseconds(5));
    }
    FAIL() << "not " << count << " statements wait for a lock";
  }

  testing::ScratchDatabase database_{"exec"};
  const std::unique_ptr<const catalogue::Catalogue> catalogue_ = testing::CompileExample("tracker/v1");
  catalogue::Diagnostics diagnostics_;
  const std::vector<std::unique_ptr<const plan::MethodPlan>> plans_ = plan::CompilePlans(*catalogue_, &diagnostics_);
  const plan::PageTokens tokens_{plan::PageTokens::RandomKey()};
  const ErrorContexts errors_{*catalogue_};
  StatementCache statements_;
  const Runner runner_{errors_, tokens_, &statements_};
  std::unique_ptr<db::Connection> blocker_;
  std::unique_ptr<db::Pool> pool_;
  std::unique_ptr<Executor> executor_;
};

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
  while (executor_->stats().queued + executor_->stats().running > 0) std::this_thread::sleep_for(milliseconds(1));
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
