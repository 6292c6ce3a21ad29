#include "server/base/text.h"
#include "tests/pg/uow/uow_fixture.h"

namespace rowkeeper::uow {
namespace {

using Isolation = sql::TransactionMode::Isolation;

TEST_F(UowTest, NobodyElseSeesWhatAUnitWritesBeforeItCommits) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 7 WHERE id = 1")), "OK");
  EXPECT_EQ(*Read(unit, "SELECT n FROM t WHERE id = 1"), "7");
  EXPECT_EQ(*Run(unit, "INSERT INTO t VALUES (11, 5) RETURNING id"), "11");
  EXPECT_EQ(Committed(1), "0");
  const auto info = Commit(unit);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->state, UnitState::kCommitted);
  EXPECT_EQ(info->end, EndCause::kCaller);
  EXPECT_EQ(Committed(1), "7");
  EXPECT_EQ(Committed(11), "5");
}

TEST_F(UowTest, RollbackUndoesEverything) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 7")), "OK");
  const auto state = Rollback(unit);
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(*state, UnitState::kRolledBack);
  EXPECT_EQ(Committed(1), "0");
  EXPECT_EQ(Reason(Run(unit, "SELECT 1")), "UNIT_OF_WORK_ENDED");
}

TEST_F(UowTest, RepeatedCommitAndRollbackAnswerWithTheStoredOutcome) {
  const std::string committed = Begin();
  ASSERT_EQ(Reason(Run(committed, "UPDATE t SET n = n + 1 WHERE id = 1")), "OK");
  const auto first = Commit(committed);
  const auto second = Commit(committed);
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_EQ(first->end_time, second->end_time);
  EXPECT_EQ(Committed(1), "1");
  EXPECT_EQ(*Rollback(committed), UnitState::kCommitted);

  const std::string rolled_back = Begin();
  EXPECT_EQ(*Rollback(rolled_back), UnitState::kRolledBack);
  EXPECT_EQ(*Rollback(rolled_back), UnitState::kRolledBack);
  EXPECT_EQ(Reason(Commit(rolled_back)), "UNIT_OF_WORK_ENDED");
}

TEST_F(UowTest, AFailedStatementSpoilsTheUnitAndCommitNeverSaysOk) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  EXPECT_EQ(Reason(Run(unit, "INSERT INTO t VALUES (1, 1)")), "UNIQUE_VIOLATION");
  EXPECT_EQ(Get(unit)->state, UnitState::kFailed);
  EXPECT_EQ(Reason(Run(unit, "SELECT 1")), "UNIT_OF_WORK_FAILED");
  EXPECT_EQ(Reason(Savepoint(unit)), "UNIT_OF_WORK_FAILED");
  const auto commit = Commit(unit);
  EXPECT_EQ(Reason(commit), "UNIT_OF_WORK_FAILED");
  EXPECT_TRUE(Mentions(commit.status(), "UNIQUE_VIOLATION"));
  EXPECT_EQ(Commit(unit).status(), commit.status());
  EXPECT_EQ(*Rollback(unit), UnitState::kRolledBack);
  EXPECT_NE(Get(unit)->failure, "");
  EXPECT_EQ(Committed(1), "0");
}

TEST_F(UowTest, AnErrorThatLeavesTheTransactionWellDoesNotFailTheUnit) {
  const std::string unit = Begin();
  UnitsOfWork::Step step;
  step.run = [](db::Connection&, db::Cancellation*) -> Text { return absl::NotFoundError("no such row"); };
  std::promise<Text> answer;
  units_->Execute(Ref(unit), step, {}, [&](Text result) { answer.set_value(std::move(result)); });
  EXPECT_EQ(answer.get_future().get().status().code(), absl::StatusCode::kNotFound);
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  EXPECT_EQ(Reason(Commit(unit)), "OK");
  EXPECT_EQ(Committed(1), "1");
}

TEST_F(UowTest, RollbackToASavepointHealsAFailedUnit) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  EXPECT_EQ(*Savepoint(unit, "outer; DROP TABLE t"), "outer; DROP TABLE t");
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 2 WHERE id = 1")), "OK");
  const std::string inner = *Savepoint(unit);
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 3 WHERE id = 1")), "OK");
  EXPECT_EQ(Get(unit)->savepoints, (std::vector<std::string>{"outer; DROP TABLE t", inner}));
  EXPECT_EQ(Reason(Run(unit, "SELECT 1/0")), "INVALID_FIELD");
  ASSERT_EQ(Reason(RollbackTo(unit, inner)), "OK");
  EXPECT_EQ(Get(unit)->state, UnitState::kOpen);
  EXPECT_EQ(Get(unit)->failure, "");
  EXPECT_EQ(*Read(unit, "SELECT n FROM t WHERE id = 1"), "2");
  ASSERT_EQ(Reason(RollbackTo(unit, "outer; DROP TABLE t")), "OK");
  EXPECT_EQ(Reason(RollbackTo(unit, inner)), "SAVEPOINT_NOT_FOUND");
  EXPECT_EQ(*Read(unit, "SELECT n FROM t WHERE id = 1"), "1");
  ASSERT_EQ(Reason(RollbackTo(unit, "outer; DROP TABLE t")), "OK");
  EXPECT_EQ(Reason(Commit(unit)), "OK");
  EXPECT_EQ(Committed(1), "1");
}

TEST_F(UowTest, ReleaseKeepsWhatWasDoneAndForgetsInnerSavepoints) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Savepoint(unit, "a")), "OK");
  EXPECT_EQ(Reason(Savepoint(unit, "a")), "INVALID_FIELD");
  ASSERT_EQ(Reason(Savepoint(unit, "b")), "OK");
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 3 WHERE id = 1")), "OK");
  ASSERT_EQ(Reason(Release(unit, "a")), "OK");
  EXPECT_EQ(Reason(Release(unit, "b")), "SAVEPOINT_NOT_FOUND");
  EXPECT_EQ(Reason(RollbackTo(unit, "a")), "SAVEPOINT_NOT_FOUND");
  EXPECT_TRUE(Get(unit)->savepoints.empty());
  EXPECT_EQ(Reason(Commit(unit)), "OK");
  EXPECT_EQ(Committed(1), "3");
}

TEST_F(UowTest, AReadOnlyUnitRefusesWritesAndStaysWell) {
  BeginOptions options;
  options.mode.read_only = true;
  const std::string unit = Begin(options);
  EXPECT_EQ(Reason(Run(unit, "UPDATE t SET n = 1")), "UNIT_OF_WORK_READ_ONLY");
  EXPECT_EQ(*Read(unit, "SELECT current_setting('transaction_read_only')"), "on");
  EXPECT_EQ(Reason(Commit(unit)), "OK");
}

TEST_F(UowTest, BeginSetsTheIsolationThatWasAskedFor) {
  for (const auto& [isolation, name] : {std::pair(Isolation::kReadCommitted, "read committed"),
                                        {Isolation::kRepeatableRead, "repeatable read"},
                                        {Isolation::kSerializable, "serializable"}}) {
    const std::string unit = Begin(isolation);
    EXPECT_EQ(*Read(unit, "SELECT current_setting('transaction_isolation')"), name);
    EXPECT_EQ(*Read(unit, "SELECT current_setting('idle_in_transaction_session_timeout')"), "15s");
    EXPECT_EQ(Reason(Commit(unit)), "OK");
  }
}

TEST_F(UowTest, WriteSkewIsRefusedAtCommitAndTheRefusalIsRepeated) {
  const std::string one = Begin(Isolation::kSerializable);
  const std::string two = Begin(Isolation::kSerializable);
  EXPECT_EQ(*Read(one, "SELECT sum(n) FROM t"), "0");
  EXPECT_EQ(*Read(two, "SELECT sum(n) FROM t"), "0");
  ASSERT_EQ(Reason(Run(one, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  ASSERT_EQ(Reason(Run(two, "UPDATE t SET n = 1 WHERE id = 2")), "OK");
  EXPECT_EQ(Reason(Commit(one)), "OK");
  EXPECT_EQ(Reason(Commit(two)), "SERIALIZATION_FAILURE");
  EXPECT_EQ(Reason(Commit(two)), "SERIALIZATION_FAILURE");
  EXPECT_EQ(*Rollback(two), UnitState::kRolledBack);
  EXPECT_EQ(Reason(Run(two, "SELECT 1")), "UNIT_OF_WORK_ENDED");
  EXPECT_EQ(database_->Value("SELECT sum(n) FROM t"), "1");
}

TEST_F(UowTest, ADeferredConstraintIsRefusedAtCommit) {
  database_->Run("CREATE TABLE u (t_id int REFERENCES t DEFERRABLE INITIALLY DEFERRED)");
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "INSERT INTO u VALUES (99)")), "OK");
  EXPECT_EQ(Reason(Commit(unit)), "REFERENCE_VIOLATION");
  EXPECT_EQ(Reason(Commit(unit)), "REFERENCE_VIOLATION");
  EXPECT_EQ(database_->Value("SELECT count(*) FROM u"), "0");
}

TEST_F(UowTest, AUnitThatWroteNothingCommitsWithoutAFence) {
  const std::string unit = Begin();
  const std::string last = "SELECT query FROM pg_stat_activity WHERE pid = ";
  const std::string pid = *Read(unit, "SELECT pg_backend_pid()");
  EXPECT_EQ(Reason(Commit(unit)), "OK");
  EXPECT_EQ(database_->Value(Cat(last, pid)), "COMMIT");
}

TEST_F(UowTest, BeginRefusesLimitsAndModesThatMakeNoSense) {
  BeginOptions options;
  options.idle_limit = std::chrono::milliseconds(99);
  options.total_limit = std::chrono::hours(1);
  options.label = std::string(201, 'x');
  options.mode.deferrable = true;
  const auto begun = TryBegin(options);
  EXPECT_EQ(Reason(begun), "INVALID_FIELD");
  for (const char* field : {"idle_limit", "total_limit", "label", "transaction.deferrable"}) {
    EXPECT_TRUE(Mentions(begun.status(), field)) << field;
  }
  EXPECT_TRUE(units_->List().empty());
}

}  // namespace
}  // namespace rowkeeper::uow
