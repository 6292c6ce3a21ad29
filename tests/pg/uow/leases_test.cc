#include <thread>

#include "server/base/text.h"
#include "server/sql/transaction_sql.h"
#include "tests/pg/uow/uow_fixture.h"

namespace rowkeeper::uow {
namespace {

using std::chrono::milliseconds;

BeginOptions WithLimits(milliseconds idle, milliseconds total) {
  BeginOptions options;
  options.idle_limit = idle;
  options.total_limit = total;
  options.label = "nightly \"import\"";
  return options;
}

TEST_F(UowTest, AnIdleUnitIsRolledBackAndItsRowLocksAreFree) {
  const auto begin = Clock::now();
  const std::string unit = Begin(WithLimits(milliseconds(300), milliseconds(60000)));
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  const std::string other = Begin();
  EXPECT_EQ(Reason(Run(other, "UPDATE t SET n = 2 WHERE id = 1")), "OK");  // waits for the lock
  EXPECT_GT(Clock::now() - begin, milliseconds(290));
  EXPECT_LT(Clock::now() - begin, milliseconds(1300));
  const Text late = Run(unit, "SELECT 1");
  EXPECT_EQ(Reason(late), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(Mentions(late.status(), "IDLE_LIMIT"));
  EXPECT_TRUE(Mentions(late.status(), "no call came for 300ms"));
  EXPECT_EQ(Reason(Commit(unit)), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(*Rollback(unit), UnitState::kRolledBack);
  EXPECT_EQ(Get(unit)->end, EndCause::kIdleLimit);
  EXPECT_EQ(Reason(Commit(other)), "OK");
  EXPECT_EQ(Committed(1), "2");
}

TEST_F(UowTest, TheIdleLimitCountsFromTheEndOfTheLastCall) {
  const std::string unit = Begin(WithLimits(milliseconds(300), milliseconds(60000)));
  ASSERT_EQ(Reason(Run(unit, "SELECT pg_sleep(0.6)")), "OK");
  for (int i = 0; i < 4; ++i) {
    std::this_thread::sleep_for(milliseconds(150));
    ASSERT_EQ(Reason(Run(unit, "SELECT 1")), "OK");
  }
  EXPECT_EQ(Reason(Commit(unit)), "OK");
}

TEST_F(UowTest, GetDoesNotExtendTheLeaseAndSaysWhenItEnds) {
  const std::string unit = Begin(WithLimits(milliseconds(400), milliseconds(60000)));
  const auto before = Get(unit);
  std::this_thread::sleep_for(milliseconds(200));
  const auto after = Get(unit);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_LT(std::chrono::abs(after->expire_time - before->expire_time), milliseconds(20));
  EXPECT_EQ(before->total_expire_time - before->begin_time, milliseconds(60000));
  EXPECT_TRUE(Within(milliseconds(600), [&] { return Get(unit)->end == EndCause::kIdleLimit; }));
}

TEST_F(UowTest, TheTotalLimitStopsARunningStatementAndItsCallSaysSo) {
  const auto begin = Clock::now();
  const std::string unit = Begin(WithLimits(milliseconds(10000), milliseconds(400)));
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  auto running = Send(unit, "SELECT pg_sleep(20)");
  auto waiting = Send(unit, "SELECT 1");
  const Text result = running.get();
  EXPECT_LT(Clock::now() - begin, milliseconds(1400));
  EXPECT_EQ(Reason(result), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(Mentions(result.status(), "TOTAL_LIMIT"));
  EXPECT_NE(Reason(waiting.get()), "OK");
  EXPECT_TRUE(NothingLeased(milliseconds(500)));
  EXPECT_EQ(Committed(1), "0");
}

TEST_F(UowTest, TheTotalLimitEndsAUnitThatIsNeverIdle) {
  const std::string unit = Begin(WithLimits(milliseconds(10000), milliseconds(400)));
  std::string reason = "OK";
  EXPECT_TRUE(Within(milliseconds(1500), [&] {
    reason = Reason(Run(unit, "SELECT 1"));
    return reason != "OK";
  }));
  EXPECT_EQ(reason, "UNIT_OF_WORK_EXPIRED");
}

TEST_F(UowTest, LimitsDoNotEndAUnitWhoseCommitRuns) {
  database_->Run(
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION slow()");
  const std::string unit = Begin(WithLimits(milliseconds(10000), milliseconds(500)));
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  auto first = SendCommit(unit);
  auto second = SendCommit(unit);
  auto late = Send(unit, "SELECT 1");
  EXPECT_TRUE(Within(milliseconds(300), [&] { return Get(unit)->state == UnitState::kCommitting; }));
  EXPECT_EQ(*Rollback(unit), UnitState::kCommitted);
  EXPECT_EQ(Reason(first.get()), "OK");
  EXPECT_EQ(Reason(second.get()), "OK");
  EXPECT_EQ(Reason(late.get()), "UNIT_OF_WORK_ENDED");
  EXPECT_EQ(Committed(1), "1");
}

TEST_F(UowTest, EveryUnitTellsPostgresHowLongItMayIdleAndNoOtherTransactionInheritsIt) {
  UnitOptions options = FastOptions();
  options.backstop = milliseconds(200);
  Start(options);
  const std::string unit = Begin(WithLimits(milliseconds(700), milliseconds(60000)));
  EXPECT_EQ(*Read(unit, "SELECT current_setting('idle_in_transaction_session_timeout')"), "900ms");
  EXPECT_EQ(*Rollback(unit), UnitState::kRolledBack);
  const std::string after = Begin();
  EXPECT_NE(*Read(after, "SELECT current_setting('idle_in_transaction_session_timeout')"), "900ms");
}

TEST_F(UowTest, PostgresItselfFreesTheRowLocksOfATransactionThatItsServerForgets) {
  db::ConnectionOptions options;
  options.url = database_->url();
  const auto forgotten = db::Connection::Open(options);
  ASSERT_TRUE(forgotten.ok()) << forgotten.status();
  for (const std::string& sql : {sql::BeginTransaction({}, milliseconds(700)), std::string("UPDATE t SET n = 9")}) {
    db::Query query;
    query.text = sql;
    ASSERT_TRUE((*forgotten)->Execute(query).ok()) << sql;
  }
  const auto idle = Clock::now();
  const std::string unit = Begin();
  EXPECT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");  // waits for the lock
  EXPECT_GT(Clock::now() - idle, milliseconds(600));
  EXPECT_LT(Clock::now() - idle, milliseconds(1700));
  EXPECT_EQ(Reason(Commit(unit)), "OK");
  EXPECT_EQ(Committed(1), "1");
  EXPECT_EQ(Committed(2), "0");
}

TEST_F(UowTest, AUnitWhoseConnectionDiesWhileIdleGivesItsPlaceBack) {
  const std::string unit = Begin();
  const std::string pid = *Read(unit, "SELECT pg_backend_pid()");
  database_->Run(Cat("SELECT pg_terminate_backend(", pid, ")"));
  EXPECT_TRUE(NothingLeased(milliseconds(2000)));
  const Text late = Run(unit, "SELECT 1");
  EXPECT_EQ(Reason(late), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(Mentions(late.status(), "CONNECTION_LOST"));
  EXPECT_EQ(*Rollback(unit), UnitState::kRolledBack);
}

TEST_F(UowTest, ACallThatLosesTheConnectionEndsTheUnit) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  const Text result = Run(unit, "SELECT pg_terminate_backend(pg_backend_pid())");
  EXPECT_EQ(Reason(result), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(Get(unit)->end, EndCause::kConnectionLost);
  EXPECT_EQ(Reason(Run(unit, "SELECT 1")), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Reason(Commit(unit)), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(*Rollback(unit), UnitState::kRolledBack);
  EXPECT_TRUE(NothingLeased(milliseconds(500)));
}

TEST_F(UowTest, CommitOnADeadConnectionCommitsNothingAndSaysSo) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  const std::string pid = *Read(unit, "SELECT pg_backend_pid()");
  database_->Run(Cat("SELECT pg_terminate_backend(", pid, ")"));
  EXPECT_EQ(Reason(Commit(unit)), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(Reason(Commit(unit)), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(*Rollback(unit), UnitState::kRolledBack);
  EXPECT_EQ(Get(unit)->end, EndCause::kConnectionLost);
  EXPECT_EQ(Reason(Run(unit, "SELECT 1")), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Committed(1), "0");
}

TEST_F(UowTest, EndedUnitsAreForgottenAfterAWhile) {
  UnitOptions options = FastOptions();
  options.remember = milliseconds(200);
  options.remembered = 2;
  Start(options);
  const std::string first = Begin();
  const std::string second = Begin();
  const std::string third = Begin();
  for (const std::string& unit : {first, second, third}) ASSERT_EQ(Reason(Commit(unit)), "OK");
  EXPECT_EQ(Reason(Commit(first)), "UNIT_OF_WORK_NOT_FOUND");
  EXPECT_EQ(Reason(Commit(third)), "OK");
  EXPECT_TRUE(Within(milliseconds(1000), [&] { return Reason(Commit(third)) == "UNIT_OF_WORK_NOT_FOUND"; }));
  EXPECT_EQ(*Rollback(third), UnitState::kUnspecified);
}

}  // namespace
}  // namespace rowkeeper::uow
