// Statements that ignore their cancellation: they are ended, nobody else's is, and none is run again.
#include "server/db/runaway_statement.h"

#include <thread>

#include "absl/synchronization/notification.h"
#include "server/base/database_errors.h"
#include "server/db/run_detached.h"
#include "server/exec/executor.h"
#include "server/observe/call_context.h"
#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RunawayStatementTest : public DbTest {
 protected:
  void SetUp() override {
    DbTest::SetUp();
    scratch().Run(
        "CREATE OR REPLACE FUNCTION runaway() RETURNS int LANGUAGE plpgsql AS $$ BEGIN LOOP BEGIN PERFORM "
        "pg_sleep(30); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$");
    options_ = Options();
    options_.answer_limit_ms = 700;
    options_.statement_timeout_ms = 30000;  // not what ends them
    options_.counters = counters_;
  }
  /// Who follows a statement uses what goes when the process ends.
  void TearDown() override { EXPECT_TRUE(AwaitDetached(seconds(60))); }

  static Query Runaway() {
    Query query;
    query.result = ResultShape::Any();
    query.text = "SELECT runaway()";
    query.effect = Query::Effect::kRead;
    return query;
  }
  /// How many processes run it. A session that ran it last tells its text, too: it ignores nothing before its first
  /// wait.
  static std::string Running() {
    return scratch().Value(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%runaway()%' AND state = 'active' AND pid <> "
        "pg_backend_pid()");
  }
  static bool EventuallyRunning(const std::string& count) {
    return testing::Eventually([&count] { return Running() == count; });
  }

  ConnectionOptions options_;
  const std::shared_ptr<SessionCounters> counters_ = std::make_shared<SessionCounters>();
};

TEST_F(RunawayStatementTest, OneThatIsGivenUpIsEndedAndOverdue) {
  auto connection = Open(options_);
  ASSERT_NE(connection, nullptr);
  const auto rows = connection->Execute(Runaway());
  EXPECT_EQ(Reason(rows), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(IsOverdue(rows.status()));
  EXPECT_TRUE(connection->broken());
  EXPECT_TRUE(EventuallyRunning("0"));
  EXPECT_TRUE(testing::Eventually([this] { return counters_->terminated.value() == 1; }));
}

TEST_F(RunawayStatementTest, OneWhoseCallerLeftIsEnded) {
  options_.answer_limit_ms = 20000;
  auto connection = Open(options_);
  ASSERT_NE(connection, nullptr);
  Cancellation cancellation;
  std::thread caller([&] {
    EXPECT_TRUE(EventuallyRunning("1"));
    cancellation.Cancel(Cancellation::Cause::kCaller);
  });
  Query query = Runaway();
  query.cancellation = &cancellation;
  EXPECT_EQ(Reason(connection->Execute(query)), "CANCELLED");
  caller.join();
  EXPECT_TRUE(EventuallyRunning("0"));
}

/// More than are seen to at once, of a database that takes no connections when they are given up.
TEST_F(RunawayStatementTest, AllAreEndedOnceTheDatabaseAnswers) {
  constexpr int kStatements = 12;
  options_.answer_limit_ms = 3000;
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < kStatements; ++i) {
    connections.push_back(Open(options_));
    ASSERT_NE(connections.back(), nullptr);
  }
  testing::ScratchDatabase other("runaway_other");
  ASSERT_TRUE(other.ok());
  const std::string name = scratch().Value("SELECT current_database()");
  const auto processes = [&other, &name] {
    return other.Value(Cat("SELECT count(*) FROM pg_stat_activity WHERE datname = '", name,
                           "' AND query LIKE '%runaway()%' AND state = 'active'"));
  };
  std::vector<std::thread> callers;
  callers.reserve(kStatements);
  for (const auto& connection : connections) {
    callers.emplace_back([&connection] { EXPECT_EQ(Reason(connection->Execute(Runaway())), "DATABASE_UNAVAILABLE"); });
  }
  EXPECT_TRUE(testing::Eventually([&] { return processes() == std::to_string(kStatements); }));
  other.Run(Cat("ALTER DATABASE ", name, " ALLOW_CONNECTIONS false"));
  for (std::thread& caller : callers) caller.join();
  EXPECT_FALSE(AwaitDetached(seconds(3))) << "they are tried again until there is an answer";
  EXPECT_EQ(processes(), std::to_string(kStatements)) << "nobody could be asked to end one";
  EXPECT_EQ(counters_->terminated.value(), 0u);
  other.Run(Cat("ALTER DATABASE ", name, " ALLOW_CONNECTIONS true"));
  EXPECT_TRUE(testing::Within(seconds(60), [&] { return counters_->terminated.value() == kStatements; }));
  EXPECT_TRUE(testing::Eventually([&] { return processes() == "0"; }));
}

TEST_F(RunawayStatementTest, NoStatementThatBeganLaterIsEnded) {
  options_.answer_limit_ms = 0;
  auto connection = Open(options_);
  ASSERT_NE(connection, nullptr);
  const int pid = connection->backend_pid();
  std::thread runs([&] { EXPECT_EQ(Reason(connection->Execute(Runaway())), "DATABASE_UNAVAILABLE"); });
  EXPECT_TRUE(EventuallyRunning("1"));
  const Clock::time_point now = Clock::System().Now();
  const std::string started = scratch().Value("SELECT extract(epoch FROM pg_postmaster_start_time())");
  EXPECT_FALSE(Terminate(options_.url, {pid, started, seconds(60), now})) << "it has not run for 30 s";
  EXPECT_FALSE(Terminate(options_.url, {pid, started, seconds(2), now - seconds(60)}))
      << "that one was given up a minute ago";
  EXPECT_FALSE(Terminate(options_.url, {pid + 1000000, started, milliseconds(1), now})) << "no such process";
  EXPECT_FALSE(Terminate(options_.url, {pid, "1.000000", milliseconds(2), Clock::System().Now()})) << "another server";
  EXPECT_EQ(Running(), "1");
  EXPECT_TRUE(Terminate(options_.url, {pid, started, milliseconds(2), Clock::System().Now()}));
  runs.join();
  EXPECT_TRUE(EventuallyRunning("0"));
}

/// PostgreSQL makes one query of many words without a look at what it is asked to do.
constexpr char kRunawayToItsEnd[] =
    "SELECT length(websearch_to_tsquery('simple', '\"' || repeat('a ', 160000) || '\"')::text)";

struct Owner : MemoryOwner {
  explicit Owner(std::shared_ptr<MemoryAccount> of) : account(std::move(of)) {}
  std::shared_ptr<MemoryAccount> Account() override { return account; }
  const std::shared_ptr<MemoryAccount> account;
};

TEST_F(RunawayStatementTest, OneThatGoesOnCountsAgainstItsCallerUntilItHasEnded) {
  const CallerId caller("caller"), other("other");
  Owner owner(MemoryBudget(1).AccountOf(caller));
  Timers timers(&Clock::System());
  Pool pool({}, options_);
  exec::ExecutorOptions options;
  options.workers = 4;
  options.runaways = &counters_->runaways;
  exec::Executor executor(options, nullptr, &pool, &timers);
  struct Source : exec::Executor::CallerSource {
    explicit Source(CallerId who) : id(std::move(who)) {}
    CallerId Identify() override { return id; }
    const CallerId id;
  };
  Source source(caller), other_source(other);
  observe::CallContext context;
  context.memory_owner = &owner;
  const auto run = [&](Source* who, const std::string& text) {
    exec::Executor::Terms terms(Clock::time_point::max(), who);
    if (who == &source) terms.context = &context;
    absl::Status end;
    absl::Notification done;
    executor.Submit(
        [&text](Connection& connection, Cancellation* cancellation) {
          Query query;
          query.result = ResultShape::Any();
          query.text = text;
          query.effect = Query::Effect::kRead;
          query.cancellation = cancellation;
          return connection.Execute(query).status();
        },
        {}, terms,
        [&](const absl::Status& status) {
          end = status;
          done.Notify();
        });
    done.WaitForNotification();
    return end;
  };
  EXPECT_EQ(ErrorReason(run(&source, kRunawayToItsEnd)), "DATABASE_UNAVAILABLE");
  ASSERT_TRUE(testing::Eventually([&] { return counters_->runaways.RunningOf(caller) == 1; }));
  EXPECT_TRUE(run(&source, "SELECT 1").ok()) << "one alone locks nobody out";
  EXPECT_EQ(ErrorReason(run(&source, kRunawayToItsEnd)), "DATABASE_UNAVAILABLE");
  ASSERT_TRUE(testing::Eventually([&] { return counters_->runaways.RunningOf(caller) == 2; }));
  const absl::Status refused = run(&source, "SELECT 1");
  EXPECT_EQ(ErrorReason(refused), "CALLER_LIMIT");
  EXPECT_EQ(ErrorMetadataValue(refused, "limit"), "runaway-statements");
  EXPECT_TRUE(run(&other_source, "SELECT 1").ok());
  const auto running = [] {
    return scratch().Value(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%websearch%' AND state = 'active' "
        "AND pid <> pg_backend_pid()");
  };
  EXPECT_EQ(running(), "2");
  ASSERT_TRUE(testing::Within(std::chrono::seconds(120), [&] { return counters_->runaways.running() == 0; }));
  EXPECT_EQ(running(), "0");
  EXPECT_TRUE(run(&source, "SELECT 1").ok());
}

TEST_F(RunawayStatementTest, TheExecutorRunsItOnce) {
  Timers timers(&Clock::System());
  Pool pool({}, options_);
  exec::Executor executor({}, nullptr, &pool, &timers);
  std::atomic<int> runs{0};
  absl::Status end;
  absl::Notification done;
  executor.Submit(
      [&runs](Connection& connection, Cancellation* cancellation) {
        ++runs;
        Query query = Runaway();
        query.cancellation = cancellation;
        return connection.Execute(query).status();
      },
      {}, Clock::time_point::max(),
      [&](const absl::Status& status) {
        end = status;
        done.Notify();
      });
  done.WaitForNotification();
  EXPECT_EQ(ErrorReason(end), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace rowkeeper::db
