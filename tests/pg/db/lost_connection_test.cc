#include <chrono>
#include <thread>

#include "server/base/error_details.h"
#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

class LostConnectionTest : public DbTest {
 protected:
  void SetUp() override {
    DbTest::SetUp();
    connection_ = Open();
    ASSERT_NE(connection_, nullptr);
  }

  /// Kills the backend while it runs a statement.
  std::string ReasonWhenKilled(std::string_view sql, Query::Effect effect) {
    std::thread killer([pid = connection_->backend_pid()] {
      AwaitSleep(pid);
      Kill(pid);
    });
    const auto result = Run(*connection_, sql, {}, effect);
    killer.join();
    return Reason(result);
  }

  std::unique_ptr<Connection> connection_;
};

TEST_F(LostConnectionTest, ReadOfAKilledBackendIsUnavailable) {
  EXPECT_EQ(ReasonWhenKilled("SELECT pg_sleep(10)", Query::Effect::kRead), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
}

TEST_F(LostConnectionTest, WriteOfAKilledBackendHasAnUnknownOutcome) {
  EXPECT_EQ(ReasonWhenKilled("SELECT pg_sleep(10)", Query::Effect::kWrite), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_TRUE(connection_->broken());
}

TEST_F(LostConnectionTest, WriteInsideATransactionProvablyDidNothing) {
  ASSERT_TRUE(Run(*connection_, "BEGIN").ok());
  EXPECT_EQ(ReasonWhenKilled("SELECT pg_sleep(10)", Query::Effect::kWrite), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
}

TEST_F(LostConnectionTest, CommitOnADeadConnectionHasAnUnknownOutcome) {
  ASSERT_TRUE(Run(*connection_, "CREATE TEMP TABLE t (n int)").ok());
  ASSERT_TRUE(Run(*connection_, "BEGIN").ok());
  Kill(connection_->backend_pid());
  EXPECT_EQ(Reason(Run(*connection_, "COMMIT")), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_TRUE(connection_->broken());
}

TEST_F(LostConnectionTest, WriteOnAConnectionKilledWhileIdleIsProvablyNotExecuted) {
  EXPECT_TRUE(connection_->SocketLooksAlive());
  Kill(connection_->backend_pid());
  EXPECT_FALSE(connection_->SocketLooksAlive());
  EXPECT_EQ(Reason(Run(*connection_, "CREATE TABLE never (n int)")), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
}

TEST_F(LostConnectionTest, BrokenConnectionNeverComesBack) {
  Kill(connection_->backend_pid());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Reason(Run(*connection_, "SELECT 1", {}, Query::Effect::kRead)), "DATABASE_UNAVAILABLE");
    EXPECT_TRUE(connection_->broken());
  }
  EXPECT_FALSE(connection_->Ping().ok());
  EXPECT_FALSE(connection_->Reset().ok());
  EXPECT_FALSE(connection_->ExecuteScript("SELECT 1", nullptr).ok());
}

TEST_F(LostConnectionTest, PingFindsAKilledBackend) {
  EXPECT_TRUE(connection_->Ping().ok());
  Kill(connection_->backend_pid());
  EXPECT_EQ(ErrorReason(connection_->Ping()), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
}

TEST_F(LostConnectionTest, BackendIsStillNamedWhenItIsGone) {
  const int pid = connection_->backend_pid();
  EXPECT_EQ(std::to_string(pid), Value(*connection_, "SELECT pg_backend_pid()"));
  Kill(pid);
  ASSERT_FALSE(connection_->Ping().ok());
  EXPECT_EQ(connection_->backend_pid(), pid);
}

TEST_F(LostConnectionTest, PingOfAHungBackendEnds) {
  const HungBackend hung(connection_->backend_pid());
  if (!hung.ok()) GTEST_SKIP() << "the database server is on another machine or belongs to another user";
  const auto begin = std::chrono::steady_clock::now();
  const absl::Status status = connection_->Ping();
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(ErrorReason(status), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
  EXPECT_GE(took, std::chrono::seconds(1));
  EXPECT_LT(took, std::chrono::seconds(10));
}

TEST_F(LostConnectionTest, IdleInTransactionTimeoutBreaksTheConnection) {
  ASSERT_TRUE(Run(*connection_, "SET idle_in_transaction_session_timeout = '20ms'").ok());
  ASSERT_TRUE(Run(*connection_, "BEGIN").ok());
  EXPECT_TRUE(testing::Eventually([this] { return !connection_->SocketLooksAlive(); }));
  EXPECT_EQ(Reason(Run(*connection_, "INSERT INTO nowhere VALUES (1)")), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
}

}  // namespace
}  // namespace rowkeeper::db
