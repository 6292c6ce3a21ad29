#include <chrono>
#include <thread>

#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

/// What a unit of work's transaction looks like on the connection.
class TransactionTest : public DbTest {
 protected:
  void SetUp() override {
    DbTest::SetUp();
    scratch().Run("DROP TABLE IF EXISTS steps; CREATE TABLE steps (n int PRIMARY KEY)");
    connection_ = Open();
    ASSERT_NE(connection_, nullptr);
  }

  /// "OK" or the error's reason, "!" when the transaction is failed afterwards.
  std::string Do(std::string_view sql) {
    const std::string reason = Reason(Run(*connection_, sql));
    return connection_->in_failed_transaction() ? reason + "!" : reason;
  }
  static std::string Count() { return scratch().Value("SELECT count(*) FROM steps"); }

  static constexpr char kBegin[] =
      "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; SET LOCAL idle_in_transaction_session_timeout = 15000";
  std::unique_ptr<Connection> connection_;
};

TEST_F(TransactionTest, BeginSetsItsModeAndItsIdleLimitForTheTransactionAlone) {
  EXPECT_EQ(Do(kBegin), "OK");
  EXPECT_EQ(Value(*connection_, "SHOW transaction_isolation"), "serializable");
  EXPECT_EQ(Value(*connection_, "SHOW idle_in_transaction_session_timeout"), "15s");
  EXPECT_EQ(Do("INSERT INTO steps VALUES (1)"), "OK");
  EXPECT_EQ(Count(), "0");
  EXPECT_EQ(Do("COMMIT"), "OK");
  EXPECT_EQ(Count(), "1");
  EXPECT_EQ(Value(*connection_, "SHOW idle_in_transaction_session_timeout"), "0");
}

TEST_F(TransactionTest, SessionsOwnIdleLimitIsThatOfTheOptions) {
  ConnectionOptions options = Options();
  options.idle_in_transaction_ms = 60000;
  auto limited = Open(options);
  ASSERT_NE(limited, nullptr);
  EXPECT_EQ(Value(*limited, "SHOW idle_in_transaction_session_timeout"), "1min");
}

TEST_F(TransactionTest, BeginWhoseTailFailsLeavesNothingToTheNextUser) {
  EXPECT_NE(Do("BEGIN; SET LOCAL statement_timeout = 'nonsense'"), "OK");
  EXPECT_FALSE(Run(*connection_, "SELECT 1").ok()) << "PostgreSQL is in a failed transaction";
  EXPECT_TRUE(connection_->Reset().ok());
  EXPECT_EQ(Do("INSERT INTO steps VALUES (1)"), "OK");
  EXPECT_EQ(Count(), "1");
}

TEST_F(TransactionTest, SavepointsGoBackAndTheTransactionGoesOn) {
  ASSERT_EQ(Do(kBegin), "OK");
  EXPECT_EQ(Do("INSERT INTO steps VALUES (1)"), "OK");
  EXPECT_EQ(Do("SAVEPOINT s1"), "OK");
  EXPECT_EQ(Do("INSERT INTO steps VALUES (1)"), "UNIQUE_VIOLATION!");
  EXPECT_EQ(Do("SELECT 1"), "INTERNAL!");
  EXPECT_EQ(Do("COMMIT"), "INTERNAL!");
  EXPECT_EQ(Do("RELEASE SAVEPOINT s1"), "INTERNAL!");
  EXPECT_EQ(Do("ROLLBACK TO SAVEPOINT s1"), "OK");
  EXPECT_EQ(Do("INSERT INTO steps VALUES (2)"), "OK");
  EXPECT_EQ(Do("RELEASE SAVEPOINT s1"), "OK");
  EXPECT_EQ(Do("INSERT INTO steps VALUES (3)"), "OK");
  EXPECT_EQ(Do("COMMIT"), "OK");
  EXPECT_EQ(scratch().Value("SELECT string_agg(n::text, ',' ORDER BY n) FROM steps"), "1,2,3");
}

TEST_F(TransactionTest, SavepointThatIsNotThereFailsTheTransaction) {
  ASSERT_EQ(Do(kBegin), "OK");
  EXPECT_EQ(Do("ROLLBACK TO SAVEPOINT s1"), "INTERNAL!");
  EXPECT_EQ(Do("COMMIT"), "INTERNAL!");
  EXPECT_EQ(Do("ROLLBACK"), "OK");
}

TEST_F(TransactionTest, CancelledStatementFailsTheTransactionAndOneThatNeverRanDoesNot) {
  ASSERT_EQ(Do(kBegin), "OK");
  ASSERT_EQ(Do("SAVEPOINT s1"), "OK");
  Cancellation cancellation;
  Query query;
  query.result = ResultShape::Any();
  query.text = "SELECT pg_sleep(10)";
  query.cancellation = &cancellation;
  std::thread caller([this, &cancellation] {
    AwaitSleep(connection_->backend_pid());
    cancellation.Cancel(Cancellation::Cause::kCaller);
  });
  EXPECT_EQ(Reason(connection_->Execute(query)), "CANCELLED");
  caller.join();
  EXPECT_TRUE(connection_->in_failed_transaction());
  EXPECT_EQ(Do("ROLLBACK TO SAVEPOINT s1"), "OK");
  EXPECT_EQ(Reason(connection_->Execute(query)), "CANCELLED");
  EXPECT_FALSE(connection_->in_failed_transaction());
  EXPECT_EQ(Do("INSERT INTO steps VALUES (1)"), "OK");
  EXPECT_EQ(Do("COMMIT"), "OK");
}

TEST_F(TransactionTest, IdleLimitEndsTheConnection) {
  ASSERT_EQ(Do("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL idle_in_transaction_session_timeout = 20"),
            "OK");
  ASSERT_EQ(Do("INSERT INTO steps VALUES (1)"), "OK");
  EXPECT_TRUE(testing::Eventually([this] { return !connection_->SocketLooksAlive(); }));
  EXPECT_EQ(Do("INSERT INTO steps VALUES (2)"), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
  EXPECT_EQ(Count(), "0");
}

TEST_F(TransactionTest, WriteInAReadOnlyTransactionDoesNotBreakTheConnection) {
  ASSERT_EQ(
      Do("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 15000"),
      "OK");
  EXPECT_EQ(Do("INSERT INTO steps VALUES (1)"), "INTERNAL!");
  EXPECT_FALSE(connection_->broken());
  EXPECT_EQ(Do("ROLLBACK"), "OK");
  EXPECT_EQ(Do("INSERT INTO steps VALUES (1)"), "OK");
}

TEST_F(TransactionTest, WriteInATransactionOnAReadOnlyServerBreaksTheConnection) {
  ASSERT_EQ(Do("SET default_transaction_read_only = on"), "OK");
  ASSERT_EQ(Do("BEGIN"), "OK");
  EXPECT_EQ(Do("INSERT INTO steps VALUES (1)"), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
}

TEST_F(TransactionTest, FailedTransactionThatNobodyBeganBreaksTheConnection) {
  // Only the first statement of a text is looked at; a pooler's leftovers look the same.
  ASSERT_FALSE(Run(*connection_, "SELECT 1; BEGIN; SELECT 1/0").ok());
  EXPECT_EQ(Do("SELECT 1"), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
}

}  // namespace
}  // namespace rowkeeper::db
