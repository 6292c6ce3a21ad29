#include <optional>

#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

constexpr char kInsertStep[] = "INSERT INTO together (n) VALUES ($1::int)";
constexpr char kBeginText[] = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = 1234";

/// Statements that are sent with the next one.
class TogetherTest : public DbTest {
 protected:
  void SetUp() override {
    DbTest::SetUp();
    scratch().Run("DROP TABLE IF EXISTS together; CREATE TABLE together (n int PRIMARY KEY)");
    connection_ = Open();
    ASSERT_NE(connection_, nullptr);
    EXPECT_EQ(Named(kInsertStep, {"0"}), "OK");  // from now on it is prepared
    scratch().Run("TRUNCATE together");
  }

  static Query QueryOf(std::string_view sql, const std::vector<Param>& params) {
    Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    query.params = &params;
    return query;
  }
  std::string Named(std::string_view sql, const std::vector<Param>& params) {
    Query query = QueryOf(sql, params);
    query.name = testing::NameOf(sql);
    return Reason(connection_->Execute(query));
  }
  std::string EnqueueNamed(std::string_view sql, const std::vector<Param>& params) {
    Query query = QueryOf(sql, params);
    query.name = testing::NameOf(sql);
    const absl::Status status = connection_->Enqueue(query);
    return status.ok() ? "OK" : ErrorReason(status);
  }
  std::string Enqueue(std::string_view sql) {
    const std::vector<Param> none;
    Query query = QueryOf(sql, none);
    query.effect = Query::Effect::kRead;
    const absl::Status status = connection_->Enqueue(query);
    return status.ok() ? "OK" : ErrorReason(status);
  }
  std::string Do(std::string_view sql) { return Reason(Run(*connection_, sql)); }
  static std::string Rows() {
    return scratch().Value("SELECT coalesce(string_agg(n::text, ',' ORDER BY n), '') FROM together");
  }
  /// What other sessions see of this one.
  std::string State() const {
    return scratch().Value(Cat("SELECT state FROM pg_stat_activity WHERE pid = ", connection_->backend_pid()));
  }

  std::unique_ptr<Connection> connection_;
};

TEST_F(TogetherTest, BeginGoesWithTheFirstStatementWhateverItIs) {
  for (const bool named : {false, true}) {
    ASSERT_EQ(Enqueue(kBeginText), "OK");
    EXPECT_TRUE(connection_->in_transaction());
    EXPECT_EQ(State(), "idle") << "nothing was sent";
    EXPECT_EQ(named ? Named(kInsertStep, {"2"}) : Do("INSERT INTO together VALUES (1)"), "OK");
    EXPECT_EQ(State(), "idle in transaction");
    EXPECT_EQ(Value(*connection_, "SHOW transaction_isolation"), "repeatable read");
    EXPECT_EQ(Value(*connection_, "SHOW lock_timeout"), "1234ms");
    EXPECT_EQ(Do("COMMIT"), "OK");
    EXPECT_FALSE(connection_->in_transaction());
    EXPECT_EQ(Value(*connection_, "SHOW lock_timeout"), "5s");
  }
  EXPECT_EQ(Rows(), "1,2");
}

TEST_F(TogetherTest, BeginGoesBeforeAStatementThatIsPreparedFirst) {
  ASSERT_EQ(Enqueue(kBeginText), "OK");
  EXPECT_EQ(Named("INSERT INTO together VALUES (5)", {}), "OK");
  EXPECT_EQ(Do("ROLLBACK"), "OK");
  EXPECT_EQ(Rows(), "");
}

TEST_F(TogetherTest, ATransactionInWhichNothingIsExecutedIsNeverBegun) {
  for (const char* end : {"COMMIT", "ROLLBACK", ""}) {
    ASSERT_EQ(Enqueue(kBeginText), "OK");
    ASSERT_EQ(Enqueue("SAVEPOINT s1"), "OK");
    const std::string before =
        scratch().Value(Cat("SELECT query FROM pg_stat_activity WHERE pid = ", connection_->backend_pid()));
    if (*end == '\0') {
      EXPECT_TRUE(connection_->Reset().ok());
    } else {
      EXPECT_EQ(Do(end), "OK");
    }
    EXPECT_FALSE(connection_->in_transaction());
    EXPECT_EQ(scratch().Value(Cat("SELECT query FROM pg_stat_activity WHERE pid = ", connection_->backend_pid())),
              before);
    EXPECT_EQ(Named(kInsertStep, {"1"}), "OK") << "by itself";
    EXPECT_EQ(Rows(), "1");
    scratch().Run("TRUNCATE together");
  }
}

TEST_F(TogetherTest, AFailureOfTheFirstStatementFailsTheTransaction) {
  for (const bool named : {false, true}) {
    scratch().Run("INSERT INTO together VALUES (7)");
    ASSERT_EQ(Enqueue(kBeginText), "OK");
    EXPECT_EQ(named ? Named(kInsertStep, {"7"}) : Do("INSERT INTO together VALUES (7)"), "UNIQUE_VIOLATION");
    EXPECT_TRUE(connection_->in_failed_transaction());
    EXPECT_EQ(Named(kInsertStep, {"8"}), "INTERNAL");
    EXPECT_EQ(Do("COMMIT"), "INTERNAL");
    EXPECT_EQ(Do("ROLLBACK"), "OK");
    EXPECT_FALSE(connection_->broken());
    EXPECT_EQ(Rows(), "7");
    scratch().Run("TRUNCATE together");
  }
}

TEST_F(TogetherTest, WhereBeginFailsNothingRunsByItself) {
  for (const bool named : {false, true}) {
    connection_ = Open();
    EXPECT_EQ(Named(kInsertStep, {named ? "2" : "1"}), "OK");
    ASSERT_EQ(Enqueue("BEGIN NONSENSE"), "OK");
    EXPECT_NE(named ? Named(kInsertStep, {"3"}) : Do("INSERT INTO together VALUES (3)"), "OK");
    EXPECT_NE(Named(kInsertStep, {"4"}), "OK");
    EXPECT_TRUE(connection_->broken());
  }
  EXPECT_EQ(Rows(), "1,2");
}

TEST_F(TogetherTest, WhatIsQueuedBeforeCommitIsCommittedOrNothingIs) {
  ASSERT_EQ(Enqueue(kBeginText), "OK");
  EXPECT_EQ(Named(kInsertStep, {"1"}), "OK");
  EXPECT_EQ(EnqueueNamed(kInsertStep, {"2"}), "OK");
  EXPECT_EQ(Do("COMMIT"), "OK");
  EXPECT_EQ(Rows(), "1,2");

  ASSERT_EQ(Enqueue(kBeginText), "OK");
  EXPECT_EQ(Named(kInsertStep, {"3"}), "OK");
  EXPECT_EQ(EnqueueNamed(kInsertStep, {"1"}), "OK") << "it is not sent yet";
  EXPECT_EQ(Do("COMMIT"), "UNIQUE_VIOLATION");
  EXPECT_TRUE(connection_->Reset().ok());
  EXPECT_EQ(Rows(), "1,2");
  EXPECT_EQ(Named(kInsertStep, {"4"}), "OK");
  EXPECT_EQ(Rows(), "1,2,4");

  ASSERT_EQ(Enqueue(kBeginText), "OK");
  EXPECT_EQ(EnqueueNamed(kInsertStep, {"5"}), "OK");
  EXPECT_EQ(Do("COMMIT"), "OK") << "nothing of the transaction was sent before";
  EXPECT_EQ(Rows(), "1,2,4,5");
}

TEST_F(TogetherTest, WhatIsQueuedAndRolledBackIsNeverSent) {
  ASSERT_EQ(Enqueue(kBeginText), "OK");
  EXPECT_EQ(Named(kInsertStep, {"1"}), "OK");
  EXPECT_EQ(EnqueueNamed(kInsertStep, {"2"}), "OK");
  EXPECT_EQ(Do("ROLLBACK"), "OK");
  EXPECT_EQ(Named(kInsertStep, {"3"}), "OK");
  EXPECT_EQ(Rows(), "3");
}

TEST_F(TogetherTest, ASavepointThatWasQueuedIsThereToGoBackTo) {
  ASSERT_EQ(Enqueue(kBeginText), "OK");
  EXPECT_EQ(Named(kInsertStep, {"1"}), "OK");
  EXPECT_EQ(Enqueue("SAVEPOINT s1"), "OK");
  EXPECT_EQ(Named(kInsertStep, {"1"}), "UNIQUE_VIOLATION");
  EXPECT_EQ(Do("ROLLBACK TO SAVEPOINT s1"), "OK");
  EXPECT_EQ(Enqueue("RELEASE SAVEPOINT s1"), "OK");
  EXPECT_EQ(Named(kInsertStep, {"2"}), "OK");
  EXPECT_EQ(Do("COMMIT"), "OK");
  EXPECT_EQ(Rows(), "1,2");
}

TEST_F(TogetherTest, AStatementThatTheServerHasForgottenIsPreparedAgain) {
  EXPECT_EQ(Do("DEALLOCATE ALL"), "OK");
  ASSERT_EQ(Enqueue(kBeginText), "OK");
  EXPECT_EQ(Named(kInsertStep, {"1"}), "OK");
  EXPECT_EQ(Enqueue("SAVEPOINT s1"), "OK");
  EXPECT_EQ(Do("DEALLOCATE ALL"), "OK");
  EXPECT_EQ(Enqueue("SAVEPOINT s2"), "OK");
  EXPECT_EQ(Named(kInsertStep, {"2"}), "OK");
  EXPECT_EQ(Value(*connection_, "SHOW lock_timeout"), "1234ms");
  EXPECT_EQ(Do("COMMIT"), "OK");
  EXPECT_EQ(Rows(), "1,2");
}

TEST_F(TogetherTest, OneThatIsQueuedAndForgottenIsPreparedForTheNextTry) {
  for (const char* reason : {"SERIALIZATION_FAILURE", "OK"}) {
    ASSERT_EQ(Enqueue(kBeginText), "OK");
    EXPECT_EQ(Named("SELECT 1", {}), "OK");
    if (std::string_view(reason) != "OK") {
      EXPECT_EQ(Do("DEALLOCATE ALL"), "OK");
    }
    EXPECT_EQ(EnqueueNamed(kInsertStep, {"1"}), "OK");
    EXPECT_EQ(Do("COMMIT"), reason);
    EXPECT_TRUE(connection_->Reset().ok());
  }
  EXPECT_EQ(Rows(), "1");
}

TEST_F(TogetherTest, TheFirstWriteTellsTheTransactionsId) {
  const std::vector<Param> none;
  const auto id = [this] {
    const std::optional<CommitPoint> point = connection_->commit_point();
    return point.has_value() ? point->transaction_id : "";
  };
  for (int i = 1; i <= 3; ++i) {
    ASSERT_EQ(Enqueue(kBeginText), "OK");
    EXPECT_EQ(Named("DELETE FROM together WHERE n = 99", {}), "OK");
    EXPECT_EQ(id(), "") << "nothing was written";
    EXPECT_EQ(Named(kInsertStep, {Cat(i)}), "OK");
    EXPECT_EQ(id(), Value(*connection_, "SELECT pg_current_xact_id_if_assigned()"));
    EXPECT_NE(connection_->commit_point()->checkpoint, "");
    EXPECT_EQ(Do("COMMIT"), "OK");
    EXPECT_FALSE(connection_->commit_point().has_value());
    EXPECT_EQ(Named("SELECT 1", {}), "OK");
    EXPECT_FALSE(connection_->commit_point().has_value()) << "it runs by itself";
  }
}

TEST_F(TogetherTest, AQuestionForTheIdThatTheServerHasForgottenIsPreparedForTheNextTry) {
  const auto write = [this](const char* number) {
    EXPECT_EQ(Enqueue(kBeginText), "OK");
    const std::string reason = Named(kInsertStep, {number});
    EXPECT_EQ(connection_->commit_point().has_value(), reason == "OK");
    EXPECT_EQ(Do(reason == "OK" ? "COMMIT" : "ROLLBACK"), "OK");
    return reason;
  };
  EXPECT_EQ(write("1"), "OK");
  EXPECT_EQ(Do("DEALLOCATE ALL"), "OK");
  EXPECT_EQ(write("2"), "OK");
  EXPECT_EQ(Do("DEALLOCATE rowkeeper_transaction_id"), "OK");
  EXPECT_EQ(write("3"), "SERIALIZATION_FAILURE") << "to be run again";
  EXPECT_EQ(write("3"), "OK");
  EXPECT_EQ(Do(Cat("DEALLOCATE ", testing::NameOf(kInsertStep)->str())), "OK");
  EXPECT_EQ(write("4"), "SERIALIZATION_FAILURE") << "the question is there, which nobody expected";
  EXPECT_EQ(write("4"), "OK");
  EXPECT_EQ(Rows(), "1,2,3,4");
}

}  // namespace
}  // namespace rowkeeper::db
