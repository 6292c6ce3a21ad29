#include <future>

#include "server/base/errors.h"
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
  const std::string unit = Begin(WithLimits(milliseconds(300), milliseconds(60000)));
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  const std::string other = Begin();
  auto waits = Send(other, "UPDATE t SET n = 2 WHERE id = 1");
  WaitForLockWaiter();
  Advance(milliseconds(299));
  EXPECT_EQ(Get(unit)->end, EndCause::kNone);
  Advance(milliseconds(1));
  EXPECT_EQ(Get(unit)->end, EndCause::kIdleLimit);
  EXPECT_EQ(Reason(waits.get()), "OK");
  const Text late = Run(unit, "SELECT 1");
  EXPECT_EQ(Reason(late), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(Mentions(late.status(), "IDLE_LIMIT"));
  EXPECT_TRUE(Mentions(late.status(), "no call came for 300ms"));
  EXPECT_EQ(Reason(Commit(unit)), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(*Rollback(unit), UnitState::kRolledBack);
  EXPECT_EQ(Reason(Commit(other)), "OK");
  EXPECT_EQ(Committed(1), "2");
}

TEST_F(UowTest, TheIdleLimitCountsFromTheEndOfTheLastCall) {
  const std::string holder = LockRow(1);
  const std::string unit = Begin(WithLimits(milliseconds(300), milliseconds(60000)));
  auto running = Send(unit, "UPDATE t SET n = 1 WHERE id = 1");
  Advance(milliseconds(5000));
  EXPECT_FALSE(IsReady(running));
  EXPECT_EQ(*Rollback(holder), UnitState::kRolledBack);
  EXPECT_EQ(Reason(running.get()), "OK");
  for (int i = 0; i < 4; ++i) {
    Advance(milliseconds(299));
    ASSERT_EQ(Reason(Run(unit, "SELECT 1")), "OK");
  }
  Advance(milliseconds(299));
  EXPECT_EQ(Reason(Commit(unit)), "OK");
}

TEST_F(UowTest, GetDoesNotExtendTheLeaseAndSaysWhenItEnds) {
  const std::string unit = Begin(WithLimits(milliseconds(400), milliseconds(60000)));
  const auto before = Get(unit);
  Advance(milliseconds(200));
  const auto after = Get(unit);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_EQ(after->expire_time, before->expire_time);
  EXPECT_EQ(before->expire_time - before->begin_time, milliseconds(400));
  EXPECT_EQ(before->total_expire_time - before->begin_time, milliseconds(60000));
  Advance(milliseconds(200));
  const auto ended = Get(unit);
  EXPECT_EQ(ended->end, EndCause::kIdleLimit);
  EXPECT_EQ(ended->end_time, before->expire_time);
}

TEST_F(UowTest, TheTotalLimitStopsARunningStatementAndItsCallSaysSo) {
  const std::string unit = Begin(WithLimits(milliseconds(10000), milliseconds(400)));
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  auto running = Send(unit, "SELECT pg_sleep(20)");
  Advance(milliseconds(399));
  EXPECT_FALSE(IsReady(running));
  auto waiting = Send(unit, "SELECT 1");
  Advance(milliseconds(1));
  const Text result = running.get();
  EXPECT_EQ(Reason(result), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(Mentions(result.status(), "TOTAL_LIMIT"));
  EXPECT_EQ(Reason(waiting.get()), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(NothingLeased(milliseconds(20000)));
  EXPECT_EQ(Committed(1), "0");
}

TEST_F(UowTest, TheTotalLimitEndsAUnitThatIsNeverIdle) {
  const std::string unit = Begin(WithLimits(milliseconds(10000), milliseconds(400)));
  for (int i = 0; i < 3; ++i) {
    Advance(milliseconds(100));
    EXPECT_EQ(Reason(Run(unit, "SELECT 1")), "OK");
  }
  Advance(milliseconds(100));
  EXPECT_EQ(Reason(Run(unit, "SELECT 1")), "UNIT_OF_WORK_EXPIRED");
}

TEST_F(UowTest, LimitsDoNotEndAUnitWhoseCommitRuns) {
  CommitWaitsForRow(10);
  const std::string holder = LockRow(10);
  const std::string unit = Begin(WithLimits(milliseconds(10000), milliseconds(500)));
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  auto first = SendCommit(unit);
  auto second = SendCommit(unit);
  auto late = Send(unit, "SELECT 1");
  WaitForLockWaiter();
  Advance(milliseconds(9000));
  EXPECT_EQ(Get(unit)->state, UnitState::kCommitting);
  EXPECT_EQ(*Rollback(holder), UnitState::kRolledBack);
  EXPECT_EQ(*Rollback(unit), UnitState::kCommitted);
  EXPECT_EQ(Reason(first.get()), "OK");
  EXPECT_EQ(Reason(second.get()), "OK");
  EXPECT_EQ(Reason(late.get()), "UNIT_OF_WORK_ENDED");
  EXPECT_EQ(Committed(1), "1");
}

/// Runs until it is let go, whatever becomes of its call.
struct Stubborn {
  std::promise<void> began;
  std::promise<void> let_go;

  UnitsOfWork::Step Step() {
    UnitsOfWork::Step step;
    step.name = "stubborn";
    step.run = [this](db::Connection& /*connection*/, db::Cancellation* /*cancellation*/) {
      began.set_value();
      let_go.get_future().wait();
      return Cancelled();
    };
    return step;
  }
};

TEST_F(UowTest, AnOperatorIsToldWhetherItWasHeWhoEndedTheUnit) {
  using Ended = UnitsOfWork::OperatorEnd;
  const std::string unit = Begin();
  const std::string id = Get(unit)->id;
  Stubborn stubborn;
  std::promise<void> answered;
  units_->Execute(Ref(unit), stubborn.Step(), {}, [&answered](const Text& /*result*/) { answered.set_value(); });
  stubborn.began.get_future().wait();
  EXPECT_EQ(units_->EndByOperator("another"), Ended::kNotOpen);
  EXPECT_EQ(units_->EndByOperator(id), Ended::kEnded);
  EXPECT_EQ(units_->EndByOperator(id), Ended::kEndsAlready) << "asked before";
  stubborn.let_go.set_value();
  answered.get_future().wait();
  EXPECT_EQ(Get(unit)->end, EndCause::kOperator);
  EXPECT_TRUE(NothingLeased(milliseconds(20000)));
  EXPECT_EQ(units_->EndByOperator(id), Ended::kNotOpen);
}

TEST_F(UowTest, AUnitThatItsTimeEndsIsNotEndedByAnOperator) {
  using Ended = UnitsOfWork::OperatorEnd;
  const std::string unit = Begin(WithLimits(milliseconds(10000), milliseconds(400)));
  Stubborn stubborn;
  std::promise<void> answered;
  units_->Execute(Ref(unit), stubborn.Step(), {}, [&answered](const Text& /*result*/) { answered.set_value(); });
  stubborn.began.get_future().wait();
  Advance(milliseconds(400));
  EXPECT_EQ(units_->EndByOperator(Get(unit)->id), Ended::kEndsAlready);
  stubborn.let_go.set_value();
  answered.get_future().wait();
  EXPECT_EQ(Get(unit)->end, EndCause::kTotalLimit);
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
  const auto busy = Clock::System().Now();  // PostgreSQL's limit, not ours
  for (const std::string& sql : {sql::BeginTransaction({}, milliseconds(2500)), std::string("UPDATE t SET n = 9")}) {
    db::Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    ASSERT_TRUE((*forgotten)->Execute(query).ok()) << sql;
  }
  const std::string unit = Begin();
  EXPECT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");  // waits for the lock
  EXPECT_GE(Clock::System().Now() - busy, milliseconds(2500));
  EXPECT_EQ(Reason(Commit(unit)), "OK");
  EXPECT_EQ(Committed(1), "1");
  EXPECT_EQ(Committed(2), "0");
}

TEST_F(UowTest, AUnitWhoseConnectionDiesWhileIdleGivesItsPlaceBack) {
  UnitOptions options = FastOptions();
  options.max_idle_limit = options.max_total_limit = std::chrono::hours(24);
  Start(options);
  const std::string unit = Begin(WithLimits(std::chrono::hours(24), std::chrono::hours(24)));
  const std::string pid = *Read(unit, "SELECT pg_backend_pid()");
  database_->Run(Cat("SELECT pg_terminate_backend(", pid, ")"));
  EXPECT_TRUE(Within(milliseconds(20000), [this] {
    Advance(milliseconds(1000));  // once a second the connections of idle units are looked at
    return pool_->stats().leased == 0;
  }));
  const Text late = Run(unit, "SELECT 1");
  EXPECT_EQ(Reason(late), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(Mentions(late.status(), "CONNECTION_LOST"));
  EXPECT_EQ(*Rollback(unit), UnitState::kRolledBack);
}

TEST_F(UowTest, ACallThatLosesTheConnectionEndsTheUnit) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  const Text result = Run(unit, "SELECT pg_terminate_backend(pg_backend_pid())");
  EXPECT_EQ(Reason(result), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Get(unit)->end, EndCause::kConnectionLost);
  EXPECT_EQ(Reason(Run(unit, "SELECT 1")), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Reason(Commit(unit)), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(*Rollback(unit), UnitState::kRolledBack);
  EXPECT_TRUE(NothingLeased(milliseconds(20000)));
}

TEST_F(UowTest, CommitOnADeadConnectionCommitsNothingAndSaysSo) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  const std::string pid = *Read(unit, "SELECT pg_backend_pid()");
  database_->Run(Cat("SELECT pg_terminate_backend(", pid, ")"));
  EXPECT_EQ(Reason(Commit(unit)), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Reason(Commit(unit)), "UNIT_OF_WORK_EXPIRED");
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
  Advance(milliseconds(1000));  // once a second the old ones are looked for
  EXPECT_EQ(Reason(Commit(third)), "UNIT_OF_WORK_NOT_FOUND");
  EXPECT_EQ(*Rollback(third), UnitState::kUnspecified);
}

}  // namespace
}  // namespace rowkeeper::uow
