// Statements that ignore their cancellation: they are ended, nobody else's is, and none is run again.
#include "server/db/deaf_statement.h"

#include <thread>

#include "absl/synchronization/notification.h"
#include "server/base/database_errors.h"
#include "server/exec/executor.h"
#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class DeafStatementTest : public DbTest {
 protected:
  void SetUp() override {
    DbTest::SetUp();
    scratch().Run(
        "CREATE OR REPLACE FUNCTION deaf() RETURNS int LANGUAGE plpgsql AS $$ BEGIN LOOP BEGIN PERFORM "
        "pg_sleep(30); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$");
    options_ = Options();
    options_.answer_limit_ms = 700;
    options_.statement_timeout_ms = 200;
    options_.counters = counters_;
  }

  static Query Deaf() {
    Query query;
    query.result = ResultShape::Any();
    query.text = "SELECT deaf()";
    query.effect = Query::Effect::kRead;
    return query;
  }
  /// How many processes run it.
  static std::string Running() {
    return scratch().Value(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%deaf()%' AND pid <> pg_backend_pid()");
  }
  static bool EventuallyRunning(const std::string& count) {
    return testing::Eventually([&count] { return Running() == count; });
  }

  ConnectionOptions options_;
  const std::shared_ptr<SessionCounters> counters_ = std::make_shared<SessionCounters>();
};

TEST_F(DeafStatementTest, OneThatIsGivenUpIsEndedAndOverdue) {
  auto connection = Open(options_);
  ASSERT_NE(connection, nullptr);
  const auto rows = connection->Execute(Deaf());
  EXPECT_EQ(Reason(rows), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(IsOverdue(rows.status()));
  EXPECT_TRUE(connection->broken());
  EXPECT_TRUE(EventuallyRunning("0"));
  EXPECT_TRUE(testing::Eventually([this] { return counters_->terminated.value() == 1; }));
}

TEST_F(DeafStatementTest, OneWhoseCallerLeftIsEnded) {
  options_.answer_limit_ms = 20000;
  auto connection = Open(options_);
  ASSERT_NE(connection, nullptr);
  Cancellation cancellation;
  std::thread caller([&] {
    EXPECT_TRUE(EventuallyRunning("1"));
    cancellation.Cancel(Cancellation::Cause::kCaller);
  });
  Query query = Deaf();
  query.cancellation = &cancellation;
  EXPECT_EQ(Reason(connection->Execute(query)), "CANCELLED");
  caller.join();
  EXPECT_TRUE(EventuallyRunning("0"));
}

TEST_F(DeafStatementTest, NoStatementThatBeganLaterIsEnded) {
  options_.answer_limit_ms = 0;
  auto connection = Open(options_);
  ASSERT_NE(connection, nullptr);
  const int pid = connection->backend_pid();
  std::thread runs([&] { EXPECT_EQ(Reason(connection->Execute(Deaf())), "DATABASE_UNAVAILABLE"); });
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

TEST_F(DeafStatementTest, TheExecutorRunsItOnce) {
  Timers timers(&Clock::System());
  Pool pool({}, options_);
  exec::Executor executor({}, nullptr, &pool, &timers);
  std::atomic<int> runs{0};
  absl::Status end;
  absl::Notification done;
  executor.Submit(
      [&runs](Connection& connection, Cancellation* cancellation) {
        ++runs;
        Query query = Deaf();
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
