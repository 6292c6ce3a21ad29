#include <atomic>
#include <future>

#include "server/base/error_details.h"
#include "tests/pg/exec/executor_pg_fixture.h"

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;
using Cause = db::Cancellation::Cause;

class ExecutorJobTest : public ExecutorPgTest {
 protected:
  static absl::Status Execute(db::Connection& connection, std::string_view text, db::Cancellation* cancellation) {
    db::Query query;
    query.result = ResultShape::Any();
    query.text = text;
    query.cancellation = cancellation;
    return connection.Execute(query).status();
  }

  /// Runs these statements one after the other, until one fails.
  static Executor::Job Statements(std::vector<std::string> texts) {
    return [texts = std::move(texts)](db::Connection& connection, db::Cancellation* cancellation) {
      for (const std::string& text : texts) {
        if (absl::Status status = Execute(connection, text, cancellation); !status.ok()) return status;
      }
      return absl::OkStatus();
    };
  }

  using ExecutorPgTest::Submit;
  std::future<std::string> Submit(Executor::Job job, Clock::time_point deadline = Clock::time_point::max(),
                                  Executor::Ticket* ticket = nullptr) {
    auto promise = std::make_shared<std::promise<std::string>>();
    Executor::Ticket submitted = executor_->Submit(std::move(job), {}, deadline, [promise](const absl::Status& status) {
      promise->set_value(status.ok() ? "OK" : ErrorReason(status));
    });
    if (ticket != nullptr) *ticket = submitted;
    return promise->get_future();
  }

  std::string Title(int id) { return database_.Value(Cat("SELECT title FROM article WHERE id = ", id)); }
};

TEST_F(ExecutorJobTest, RunsItsStatementsInOneTransactionOfItsOwn) {
  Start(2);
  EXPECT_EQ(Submit(Statements({"BEGIN", "UPDATE article SET title = 'a' WHERE id = 1",
                               "UPDATE article SET title = 'b' WHERE id = 2", "COMMIT"}))
                .get(),
            "OK");
  EXPECT_EQ(Title(1), "a");
  EXPECT_EQ(Title(2), "b");
}

TEST_F(ExecutorJobTest, WhatItLeavesOpenIsRolledBackAndNeverSeenByTheNext) {
  Start(1);
  EXPECT_EQ(Submit(Statements({"BEGIN", "UPDATE article SET title = 'gone' WHERE id = 1"})).get(), "OK");
  EXPECT_EQ(Submit(Statements({"BEGIN", "UPDATE article SET title = 'gone' WHERE id = 1", "SELECT nope"})).get(),
            "SCHEMA_MISMATCH");
  EXPECT_EQ(ExecutorPgTest::Submit(Get(1)).get(), "1");
  EXPECT_EQ(ExecutorPgTest::Submit(Rename(1, "kept")).get(), "kept");
  EXPECT_EQ(Title(1), "kept");
  EXPECT_EQ(pool_->stats().opened_total, 1u);
}

TEST_F(ExecutorJobTest, WhatItThrowsIsAnInternalErrorAndItsWorkIsRolledBack) {
  Start(1);
  const auto throws = [write = Statements({"BEGIN", "UPDATE article SET title = 'gone' WHERE id = 1"})](
                          db::Connection& connection, db::Cancellation* cancellation) -> absl::Status {
    EXPECT_TRUE(write(connection, cancellation).ok());
    throw std::runtime_error("oops");
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Submit(throws).get(), "INTERNAL");
  EXPECT_EQ(ExecutorPgTest::Submit(Rename(1, "kept")).get(), "kept");
  executor_->Submit([](db::Connection&, db::Cancellation*) { return absl::OkStatus(); }, {}, Clock::time_point::max(),
                    [](const absl::Status&) { throw std::bad_alloc(); });
  EXPECT_EQ(ExecutorPgTest::Submit(Get(1)).get(), "kept");
}

TEST_F(ExecutorJobTest, IsServedInTurnWithCalls) {
  Start(1);
  LockFirst();
  auto first = ExecutorPgTest::Submit(Rename(1, "first"));
  WaitForLockWaiters("1");
  auto second = Submit(Statements({"UPDATE article SET title = title || ' second' WHERE id = 1"}));
  auto third = ExecutorPgTest::Submit(Get(1));
  EXPECT_EQ(executor_->stats().queued, 2);
  blocker_.reset();
  EXPECT_EQ(first.get(), "first");
  EXPECT_EQ(second.get(), "OK");
  EXPECT_EQ(third.get(), "first second");
}

TEST_F(ExecutorJobTest, RunsAgainAfterAConflictAsOftenAsACallDoes) {
  Start(1);
  std::atomic<int> runs{0};
  const auto conflict_until = [&runs](int last) {
    return [&runs, last](db::Connection& connection, db::Cancellation* cancellation) -> absl::Status {
      if (absl::Status begun = Execute(connection, "BEGIN", cancellation); !begun.ok()) return begun;
      const absl::Status update =
          Execute(connection, "UPDATE article SET title = title || '+' WHERE id = 1", cancellation);
      if (!update.ok()) return update;
      const std::string raise = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$";
      return Execute(connection, ++runs < last ? raise : "COMMIT", cancellation);
    };
  };
  EXPECT_EQ(Submit(conflict_until(3)).get(), "OK");
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(Title(1), "1+");
  EXPECT_EQ(executor_->stats().retried_total, 2u);
  runs = 0;
  EXPECT_EQ(Submit(conflict_until(100)).get(), "SERIALIZATION_FAILURE");
  EXPECT_EQ(runs, 1 + ExecutorOptions().conflict_retries);
  EXPECT_EQ(Title(1), "1+");
}

TEST_F(ExecutorJobTest, RunsAgainOnAnotherConnectionWhenItsOwnDiedBeforeCommit) {
  Start(2);
  std::atomic<int> runs{0};
  std::vector<int> backends;
  const auto job = [&](db::Connection& connection, db::Cancellation* cancellation) -> absl::Status {
    backends.push_back(connection.backend_pid());
    const bool first = ++runs == 1;
    const std::string end = first ? "SELECT pg_terminate_backend(pg_backend_pid())" : "COMMIT";
    return Statements({"BEGIN", "UPDATE article SET title = title || '+' WHERE id = 1", end})(connection, cancellation);
  };
  EXPECT_EQ(Submit(job).get(), "OK");
  ASSERT_EQ(backends.size(), 2u);
  EXPECT_NE(backends[0], backends[1]);
  EXPECT_EQ(Title(1), "1+");
}

TEST_F(ExecutorJobTest, IsNotRunAgainWhenNobodyKnowsWhatBecameOfIt) {
  Start(1);
  std::atomic<int> runs{0};
  const auto job = [&](db::Connection& connection, db::Cancellation* cancellation) {
    ++runs;
    return Execute(connection, "SELECT pg_terminate_backend(pg_backend_pid())", cancellation);
  };
  EXPECT_EQ(Submit(job).get(), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(runs, 1);
}

TEST_F(ExecutorJobTest, CancelEndsTheStatementThatItRunsAndIsSeenByTheJob) {
  Start(1);
  LockFirst();
  std::atomic<bool> seen{false};
  const auto job = [&](db::Connection& connection, db::Cancellation* cancellation) {
    const absl::Status status = Execute(connection, "UPDATE article SET title = 'x' WHERE id = 1", cancellation);
    seen = cancellation->cancelled();
    return status;
  };
  Executor::Ticket ticket;
  auto blocked = Submit(job, Clock::time_point::max(), &ticket);
  WaitForLockWaiters("1");
  ticket.Cancel(Cause::kDeadline);
  EXPECT_EQ(blocked.get(), "DEADLINE_EXCEEDED");
  EXPECT_TRUE(seen);
  for (int i = 2; i < 12; ++i) EXPECT_EQ(ExecutorPgTest::Submit(Get(i)).get(), Cat(i));
  EXPECT_EQ(pool_->stats().opened_total, 1u);
}

TEST_F(ExecutorJobTest, WaitsAreBoundedAsThoseOfCalls) {
  Start(1);
  LockFirst();
  auto running = ExecutorPgTest::Submit(Rename(1, "renamed"));
  WaitForLockWaiters("1");
  std::atomic<int> runs{0};
  const auto job = [&runs](db::Connection&, db::Cancellation*) {
    ++runs;
    return absl::OkStatus();
  };
  auto late = Submit(job, Clock::System().Now() + milliseconds(20));
  EXPECT_EQ(late.get(), "DEADLINE_EXCEEDED");
  Executor::Ticket ticket;
  auto cancelled = Submit(job, Clock::time_point::max(), &ticket);
  ticket.Cancel(Cause::kCaller);
  EXPECT_EQ(cancelled.get(), "CANCELLED");
  auto waiting = Submit(job);
  std::thread stop([this] { executor_.reset(); });
  EXPECT_EQ(waiting.get(), "SHUTTING_DOWN");
  blocker_.reset();
  EXPECT_EQ(running.get(), "renamed");
  stop.join();
  EXPECT_EQ(runs, 0);
}

}  // namespace
}  // namespace rowkeeper::exec
