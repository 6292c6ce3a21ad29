#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <random>
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

/// PostgreSQL says that it ends the session, and what the session was at is undone by then.
TEST_F(LostConnectionTest, WriteWhoseEndPostgresqlAnnouncesHasWrittenNothing) {
  scratch().Run("CREATE TABLE IF NOT EXISTS entries (n bigint)");
  std::thread killer([pid = connection_->backend_pid()] {
    AwaitSleep(pid);
    Kill(pid);
  });
  const auto result = Run(*connection_, "WITH w AS (INSERT INTO entries VALUES ($1)) SELECT pg_sleep(10)", {"-1"});
  killer.join();
  EXPECT_EQ(Reason(result), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
  EXPECT_EQ(scratch().Value("SELECT count(*) FROM entries WHERE n = -1"), "0");
}

/// Sessions are ended at any moment of an INSERT, its commit and its answer, with as much logged in between as can be.
/// ROWKEEPER_STORM_SECONDS: for how long (default 3).
TEST_F(LostConnectionTest, WhatIsToldOfAnEndedSessionIsSo) {
  scratch().Run("CREATE TABLE IF NOT EXISTS entries (n bigint)");
  const char* const setting = std::getenv("ROWKEEPER_STORM_SECONDS");
  const auto until =
      std::chrono::steady_clock::now() + std::chrono::seconds(setting == nullptr ? 3 : std::atoi(setting));
  std::atomic<int> victim{0};
  std::atomic<bool> stop{false};
  std::thread killer([&] {
    const auto connection = Open();
    std::minstd_rand random(7);
    while (!stop) {
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
      if (const int pid = victim.exchange(0); pid != 0) {
        (void)Run(*connection, "SELECT pg_terminate_backend($1::int)", {Cat(pid)}, Query::Effect::kRead);
      }
    }
  });
  std::map<std::string, int> told;
  std::string stored, absent;
  int64_t n = 0;
  while (std::chrono::steady_clock::now() < until) {
    const auto connection = Open();
    for (const char* set :
         {"SET log_duration = on", "SET log_min_duration_statement = 0", "SET client_min_messages = log"}) {
      ASSERT_TRUE(Run(*connection, set).ok());
    }
    victim = connection->backend_pid();
    while (!connection->broken()) {
      const auto answer = Run(*connection, "INSERT INTO entries VALUES ($1)", {Cat(++n)});
      ++told[Reason(answer)];
      if (answer.ok()) stored += Cat(stored.empty() ? "" : ",", n);
      if (Reason(answer) == "DATABASE_UNAVAILABLE") absent += Cat(absent.empty() ? "" : ",", n);
    }
  }
  stop = true;
  killer.join();
  EXPECT_GT(told["DATABASE_UNAVAILABLE"], 3);
  EXPECT_EQ(told["COMMIT_OUTCOME_UNKNOWN"], 0) << "PostgreSQL says each time that it ends the session";
  EXPECT_EQ(scratch().Value(Cat("SELECT count(*) FROM unnest('{", stored,
                                "}'::bigint[]) AS told(n) WHERE (SELECT "
                                "count(*) FROM entries WHERE entries.n = told.n) <> 1")),
            "0");
  EXPECT_EQ(scratch().Value(Cat("SELECT count(*) FROM entries WHERE n = ANY ('{", absent, "}'::bigint[])")), "0");
  for (const auto& [reason, count] : told) RecordProperty(reason, count);
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
