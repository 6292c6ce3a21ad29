#include <future>

#include "server/uow/transaction.h"
#include "tests/pg/uow/commit_point.h"
#include "tests/pg/uow/uow_fixture.h"

namespace rowkeeper::uow {
namespace {

using std::chrono::milliseconds;
using CommitState = CommitResolver::CommitState;

class CommitResolverTest : public UowTest {
 protected:
  void SetUp() override {
    UowTest::SetUp();
    options_.url = database_->url();
    auto opened = db::Connection::Open(options_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    connection_ = *std::move(opened);
  }

  db::Rows Run(const std::string& sql) { return RunSql(*connection_, sql); }

  /// Of a transaction that is open and has written.
  CommitPoint Write() { return BeginAndWrite(*connection_, "UPDATE t SET n = n + 1 WHERE id = 1"); }

  CommitState Resolve(const CommitPoint& point) {
    return CommitResolver(options_, milliseconds(5000), &clock()).Resolve(point);
  }
  std::future<CommitState> StartResolving(const CommitPoint& point, milliseconds limit) {
    return std::async(std::launch::async, [=] { return CommitResolver(options_, limit, &fake_clock_).Resolve(point); });
  }
  /// Whether it comes to an end within `limit`. Each step of `step` leaves the database a millisecond to answer.
  bool EndsWithin(milliseconds limit, const std::future<CommitState>& outcome, milliseconds step = milliseconds(10)) {
    return fake_clock_.AdvanceUntil([&outcome] { return IsReady(outcome); }, limit, step);
  }

  /// Whether it has not come to an end after `time`.
  bool LastsFor(milliseconds time, const std::future<CommitState>& outcome, milliseconds step = milliseconds(10)) {
    fake_clock_.AdvanceInSteps(time, step);
    return !IsReady(outcome);
  }

  db::ConnectionOptions options_;
  std::unique_ptr<db::Connection> connection_;
};

TEST_F(CommitResolverTest, TellsCommittedFromRolledBack) {
  const CommitPoint committed = Write();
  Run("COMMIT");
  const CommitPoint rolled_back = Write();
  Run("ROLLBACK");
  const CommitPoint lost = Write();
  connection_.reset();
  EXPECT_EQ(Resolve(committed), CommitState::kCommitted);
  EXPECT_EQ(Resolve(rolled_back), CommitState::kAborted);
  EXPECT_EQ(Resolve(lost), CommitState::kAborted);
}

TEST_F(CommitResolverTest, ACheckpointInBetweenDoesNotHideACommitOfTheSameIncarnation) {
  CommitPoint point = Write();
  if (point.incarnation.empty()) GTEST_SKIP() << "PostgreSQL before 15";
  Run("COMMIT");
  Run("CHECKPOINT");
  EXPECT_EQ(Resolve(point), CommitState::kCommitted);
  for (const char* other : {"", "another"}) {
    point.incarnation = other;
    EXPECT_EQ(Resolve(point), CommitState::kUnknown) << "a restart cannot be excluded";
  }
}

TEST_F(CommitResolverTest, TheSameCheckpointMeansThatThereWasNoRestart) {
  Run("CHECKPOINT");  // so that none comes by the clock in the meantime
  CommitPoint point = Write();
  Run("COMMIT");
  point.incarnation.clear();
  const CommitState outcome = Resolve(point);
  const std::string checkpoint = database_->Value("SELECT checkpoint_lsn FROM pg_control_checkpoint()");
  EXPECT_EQ(outcome, checkpoint == point.checkpoint ? CommitState::kCommitted : CommitState::kUnknown);
}

TEST_F(CommitResolverTest, WaitsForATransactionThatStillRuns) {
  const CommitPoint point = Write();
  auto outcome = StartResolving(point, std::chrono::hours(1));
  EXPECT_TRUE(LastsFor(milliseconds(1000), outcome));
  Run("COMMIT");
  EXPECT_TRUE(EndsWithin(std::chrono::minutes(30), outcome));
  EXPECT_EQ(outcome.get(), CommitState::kCommitted);
}

TEST_F(CommitResolverTest, GivesUpAtItsLimit) {
  const CommitPoint point = Write();
  for (const std::string& url : {options_.url, std::string("postgresql://postgres@127.0.0.1:1/none")}) {
    options_.url = url;
    auto outcome = StartResolving(point, milliseconds(500));
    EXPECT_TRUE(EndsWithin(std::chrono::hours(1), outcome));
    EXPECT_EQ(outcome.get(), CommitState::kUnknown);
  }
}

TEST_F(CommitResolverTest, EndsTheSessionOfATransactionThatNobodyWillEnd) {
  const CommitPoint point = Write();
  auto outcome = StartResolving(point, std::chrono::minutes(3));
  EXPECT_TRUE(LastsFor(std::chrono::seconds(119), outcome, milliseconds(500)));
  EXPECT_TRUE(connection_->SocketLooksAlive()) << "two thirds of the limit have not passed";
  EXPECT_TRUE(EndsWithin(std::chrono::minutes(1), outcome));
  EXPECT_EQ(outcome.get(), CommitState::kAborted);
  EXPECT_FALSE(connection_->SocketLooksAlive());
}

TEST_F(CommitResolverTest, EndsNoSessionThatMayBeAnothersOne) {
  CommitPoint point = Write();
  point.timeline = "000000FF";
  const auto resolve = [this](const CommitPoint& of) {
    auto outcome = StartResolving(of, std::chrono::minutes(1));
    EXPECT_TRUE(EndsWithin(std::chrono::hours(1), outcome, milliseconds(100)));
    return outcome.get();
  };
  EXPECT_EQ(resolve(point), CommitState::kUnknown);
  point = Write();
  point.checkpoint = "0/1";
  point.incarnation = "another";
  EXPECT_EQ(resolve(point), CommitState::kUnknown);
  EXPECT_TRUE(connection_->SocketLooksAlive());
}

TEST_F(CommitResolverTest, StopsAskingWhenItIsToGiveUp) {
  const CommitPoint point = Write();
  CommitResolver resolver(options_, std::chrono::hours(24), &fake_clock_);
  auto outcome = std::async(std::launch::async, [&] { return resolver.Resolve(point); });
  EXPECT_TRUE(LastsFor(milliseconds(1000), outcome));
  resolver.GiveUp();
  EXPECT_TRUE(EndsWithin(milliseconds(3600000), outcome));
  EXPECT_EQ(outcome.get(), CommitState::kUnknown);
  Run("COMMIT");
  EXPECT_EQ(resolver.Resolve(point), CommitState::kCommitted);
}

TEST_F(CommitResolverTest, DoesNotBelieveACommitThatMayBeAnothersOne) {
  const CommitPoint point = Write();
  Run("COMMIT");
  CommitPoint other_timeline = point;
  other_timeline.timeline = "000000FF";
  EXPECT_EQ(Resolve(other_timeline), CommitState::kUnknown);
  CommitPoint not_reached = point;
  not_reached.transaction_id = std::to_string(std::stoull(point.transaction_id) + (1u << 30));
  EXPECT_EQ(Resolve(not_reached), CommitState::kUnknown);
}

TEST_F(CommitResolverTest, BelievesThatATransactionWasRolledBackAfterAStandbyTookOver) {
  CommitPoint point = Write();
  Run("ROLLBACK");
  point.timeline = "000000FF";
  EXPECT_EQ(Resolve(point), CommitState::kAborted);
}

/// The backend dies while COMMIT runs: the connection is lost, and PostgreSQL has rolled back.
TEST_F(CommitResolverTest, ACommitWhoseBackendWasTerminatedCommittedNothingAndSaysSo) {
  database_->Run(
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION slow()");
  const std::string unit = Begin();
  ASSERT_EQ(Reason(UowTest::Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  const std::string pid = *Read(unit, "SELECT pg_backend_pid()");
  auto commit = SendCommit(unit);
  EXPECT_TRUE(Within(milliseconds(20000), [&] {
    return database_->Value(
               "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = 'COMMIT' AND pid = " + pid) ==
           "1";
  }));
  database_->Run("SELECT pg_terminate_backend(" + pid + ")");
  EXPECT_EQ(Reason(commit.get()), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Reason(Commit(unit)), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Get(unit)->end, EndCause::kConnectionLost);
  EXPECT_EQ(*Rollback(unit), UnitState::kRolledBack);
  EXPECT_EQ(Committed(1), "0");
}

}  // namespace
}  // namespace rowkeeper::uow
