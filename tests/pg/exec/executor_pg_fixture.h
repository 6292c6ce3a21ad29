#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/db/current_names.h"
#include "server/exec/executor.h"
#include "server/sql/ddl.h"
#include "tests/support/fake_clock.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::exec {

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

  static constexpr MergeLanesOptions kOneLane{/*lanes=*/1};

  void Start(int connections) { Start(connections, MergeLanesOptions{/*lanes=*/0}); }
  void Start(int connections, const MergeLanesOptions& lanes) { Start(connections, lanes, &timers_); }
  void Start(int connections, const MergeLanesOptions& lanes, Timers* timers) {
    db::ConnectionOptions connection;
    connection.url = database_.url();
    connection.lock_timeout_ms = lock_timeout_ms_;
    db::PoolOptions pool;
    pool.pool_size = connections;
    pool.max_overflow = 0;
    pool.pre_ping_idle = std::chrono::minutes(10);  // however slow the machine is, idle connections are taken at once
    pool_ = std::make_unique<db::Pool>(pool, connection);
    ExecutorOptions options;
    options.workers = connections;
    options.lanes = lanes;
    executor_ = std::make_unique<Executor>(options, &runner_, pool_.get(), timers);
  }

  /// Of the articles', or "TaskRepository.Count".
  const plan::MethodPlan& Plan(const std::string& name) const {
    const bool of_articles = name.find('.') == std::string::npos;
    for (const auto& plan : plans_) {
      if (plan->full_name == Cat("tracker.v1.", of_articles ? "ArticleRepository." : "", name)) return *plan;
    }
    std::abort();
  }

  /// A call with these values for the inputs of these names.
  plan::Call Call(const std::string& method, const std::map<std::string, std::string>& values,
                  int64_t version = 0) const {
    plan::Request request = RequestOf(method, values);
    if (auto* masked = plan::PartOf<plan::WithUpdateMask>(&request.family)) masked->update_mask = {"title"};
    if (version != 0) request.as<plan::WriteRequest>().version = version;
    return Bound(method, std::move(request));
  }
  plan::Request RequestOf(const std::string& method, const std::map<std::string, std::string>& values) const {
    const plan::MethodPlan& plan = Plan(method);
    plan::Request request = plan::EmptyRequest(plan);
    for (size_t i = 0; i < plan.inputs.size(); ++i) {
      const auto found = values.find(plan.inputs[i].name);
      if (found != values.end()) request.arguments[i] = {true, found->second};
    }
    return request;
  }
  plan::Call Bound(const std::string& method, plan::Request request) const {
    const plan::MethodPlan& plan = Plan(method);
    auto call = plan::Bind(plan, std::move(request), {}, tokens_);
    EXPECT_TRUE(call.ok()) << call.status();
    return *std::move(call);
  }
  plan::Call Get(int id) const { return Call("GetById", {{"id", Cat(id)}}); }
  /// `version`: which the row must have; 0: any.
  plan::Call Rename(int id, const std::string& title, int64_t version = 0) const {
    return Call("Update", {{"article.id", Cat(id)}, {"article.title", title}}, version);
  }

  /// The title in an outcome, or the reason of the error.
  static std::string Title(const absl::StatusOr<Outcome>& outcome) {
    if (!outcome.ok()) return ErrorReason(outcome.status());
    return outcome->row_count == 0 ? "no row" : std::string(outcome->rows.cell(0, 1));
  }

  /// What a call gave, in words.
  using Telling = std::string (*)(const absl::StatusOr<Outcome>&);

  std::future<std::string> Submit(plan::Call call, Executor::Ticket* ticket = nullptr, Telling tell = Title) {
    auto promise = std::make_shared<std::promise<std::string>>();
    Executor::Ticket submitted =
        executor_->Submit(std::move(call), Clock::time_point::max(),
                          [promise, tell](absl::StatusOr<Outcome> outcome) { promise->set_value(tell(outcome)); });
    if (ticket != nullptr) *ticket = submitted;
    return promise->get_future();
  }

  /// Locks article 1 until blocker_ is reset.
  void LockFirst() { Block("BEGIN; SELECT FROM article WHERE id = 1 FOR UPDATE"); }

  /// Until blocker_ is reset no read ends.
  void LockTable(const std::string& table = "article") {
    Block(Cat("BEGIN; LOCK TABLE ", table, " IN ACCESS EXCLUSIVE MODE").c_str());
  }

  void Block(const char* script) {
    db::ConnectionOptions options;
    options.url = database_.url();
    auto connection = db::Connection::Open(options);
    ASSERT_TRUE(connection.ok()) << connection.status();
    blocker_ = *std::move(connection);
    const absl::Status locked = blocker_->ExecuteScript(script, /*position=*/nullptr);
    ASSERT_TRUE(locked.ok()) << locked;
  }

  void WaitForLockWaiters(const std::string& count) {
    EXPECT_TRUE(testing::Eventually([&] {
      return database_.Value(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "wait_event_type = 'Lock'") == count;
    })) << "not "
        << count << " statements wait for a lock";
  }

  /// Merges that were tried. Those that are lost, or slow on a busy machine, make the next calls run alone for a while.
  uint64_t MergesTried() const {
    const ExecutorStats stats = executor_->stats();
    return stats.merged_calls_total + stats.merge_halvings.failed + stats.merge_halvings.slow;
  }

  /// So that what waits for a lane has waited for too long.
  void PassTime() {
    still_clock_.Advance(std::chrono::milliseconds(20));
    still_.Settle();
  }

  struct Reads {
    /// Of each of four callers.
    int calls;
    /// After so many of one caller a connection is lost.
    int lose_every;
    /// That wait for their answers.
    int most_open;
  };

  /// Many reads, some of them cancelled and some of rows that are not there: each ends once, with its own row or none.
  void ReadWhileConnectionsAreLost(const Reads& reads) {
    constexpr int kCallers = 4;
    std::vector<std::atomic<int>> ends(static_cast<size_t>(kCallers * reads.calls));
    std::atomic<int> wrong{0}, served{0}, open{0};
    const auto read = [&](int number) {
      const int id = 1 + number % 110;
      ++open;
      return executor_->Submit(Get(id), Clock::time_point::max(), [&, id, number](absl::StatusOr<Outcome> outcome) {
        ++ends[static_cast<size_t>(number)];
        --open;
        const std::string title = Title(outcome);
        const std::string right = id <= 100 ? Cat(id) : "ROW_NOT_FOUND";
        served += title == right;
        wrong += title != right && title != "CANCELLED" && title != "DATABASE_UNAVAILABLE";
      });
    };
    std::vector<std::thread> callers;
    for (int caller = 0; caller < kCallers; ++caller) {
      callers.emplace_back([&, caller] {
        for (int i = 0; i < reads.calls; ++i) {
          EXPECT_TRUE(testing::Eventually([&] { return open < reads.most_open; }));
          Executor::Ticket ticket = read(caller * reads.calls + i);
          if (caller == 0 && i % reads.lose_every == reads.lose_every / 2) LoseConnection();
          if (i % 3 == 0) ticket.Cancel(db::Cancellation::Cause::kCaller);
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_TRUE(
        testing::Eventually([&] { return executor_->stats().queued + executor_->stats().running + open == 0; }));
    for (const auto& count : ends) EXPECT_EQ(count, 1);
    EXPECT_EQ(wrong, 0);
    EXPECT_GT(served, 0);
  }

  void LoseConnection() {
    database_.Run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
        "pid <> pg_backend_pid() LIMIT 1");
  }

  testing::ScratchDatabase database_{"exec"};
  const std::unique_ptr<const catalogue::Catalogue> catalogue_ = testing::CompileExample("tracker/v1");
  catalogue::Diagnostics diagnostics_;
  const std::vector<std::unique_ptr<const plan::MethodPlan>> plans_ = plan::CompilePlans(*catalogue_, &diagnostics_);
  const plan::PageTokens tokens_{plan::PageTokens::RandomKey()};
  const ErrorContexts errors_{*catalogue_};
  const std::shared_ptr<db::CurrentNames> names_ = std::make_shared<db::CurrentNames>(*catalogue_);
  StatementCache statements_{StatementCache::kMostKept, names_};
  const Runner runner_{{errors_, tokens_, &statements_, &Clock::System()}};
  std::unique_ptr<db::Connection> blocker_;
  /// 0: none.
  int lock_timeout_ms_ = 0;
  Timers timers_{&Clock::System()};
  /// Whose time stands still until PassTime: nothing that waits for a lane is taken over before.
  testing::FakeClock still_clock_;
  Timers still_{&still_clock_};
  std::unique_ptr<db::Pool> pool_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace rowkeeper::exec
