#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "server/schema/migration_lock.h"
#include "tests/pg/schema/migration_fixture.h"
#include "tests/support/eventually.h"

/// Other sessions: runners, holders of locks, and files without a transaction.
namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class MigrationLockingTest : public MigrationTest {
 protected:
  std::unique_ptr<db::Connection> Session() const {
    db::ConnectionOptions options;
    options.url = database_.url();
    absl::StatusOr<std::unique_ptr<db::Connection>> connection = db::Connection::Open(options);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return *std::move(connection);
  }
};

TEST_F(MigrationLockingTest, FileWithoutTransactionRunsStatementByStatement) {
  WriteTable("20240101000000", "a");
  Write("20240102000000_index.sql",
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY ix_a ON a (id);\nCREATE TABLE b (id int);\n"
        "CREATE INDEX CONCURRENTLY ix_b ON b (id);\n"
        "-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY ix_b;\nDROP INDEX CONCURRENTLY ix_a;\n"
        "DROP TABLE b;\n");
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000,+20240102000000");
  EXPECT_TRUE(HasTable("ix_a") && HasTable("ix_b"));
  EXPECT_EQ(Summary(Runner().Down()), "-20240102000000");
  EXPECT_FALSE(HasTable("ix_a") || HasTable("ix_b") || HasTable("b"));
}

TEST_F(MigrationLockingTest, FailureWithoutTransactionSaysWhatIsInEffect) {
  Write("20240101000000_a.sql",
        "-- migrate:up transaction:false\nCREATE TABLE a (id int);\nCREATE TABLE b (id int);\nSELECT 1/0;\n"
        "-- migrate:down\nDROP TABLE a, b;\n");
  EXPECT_THAT(Summary(Runner().Up()), AllOf(HasSubstr("20240101000000_a.sql:4: "), HasSubstr("division by zero"),
                                            HasSubstr("the 2 statement(s) before it are in effect")));
  EXPECT_TRUE(HasTable("a"));
  EXPECT_EQ(Applied(), "");
}

TEST_F(MigrationLockingTest, OpenTransactionAtTheEndIsRefusedAndAClosedOneWorks) {
  Write("20240101000000_a.sql",
        "-- migrate:up transaction:false\nBEGIN;\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n");
  EXPECT_THAT(Summary(Runner().Up()), AllOf(HasSubstr("20240101000000_a.sql:2: "), HasSubstr("never committed")));
  Write("20240101000000_a.sql",
        "-- migrate:up transaction:false\nBEGIN;\nCREATE TABLE a (id int);\nCOMMIT;\n-- migrate:down\nDROP TABLE a;\n");
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000");
  EXPECT_TRUE(HasTable("a"));
}

TEST_F(MigrationLockingTest, TwoRunnersAtOnceApplyEverythingOnce) {
  Write("20240101000000_slow.sql",
        "-- migrate:up\nCREATE TABLE a (id int);\nSELECT pg_sleep(0.4);\n-- migrate:down\nDROP TABLE a;\n");
  WriteTable("20240102000000", "b");
  Write("20240103000000_index.sql",
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY ix_b ON b (id);\n-- migrate:down\nDROP INDEX "
        "ix_b;\n");
  std::vector<std::string> summaries(4);
  std::vector<std::thread> threads;
  std::atomic<int> waited{0};
  for (std::string& summary : summaries) {
    threads.emplace_back([this, &summary, &waited] {
      MigratorOptions options = Options();
      options.observer.notice = [&](const std::string&) { ++waited; };
      summary = Summary(Migrator(options).Up());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::sort(summaries.begin(), summaries.end());
  EXPECT_EQ(summaries[3], "+20240101000000,+20240102000000,+20240103000000");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(summaries[i], "");
  EXPECT_GE(waited, 1);
}

constexpr char kEndTheHolderOfTheLock[] =
    "SELECT pg_terminate_backend(l.pid, 5000) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE "
    "l.locktype "
    "= 'advisory' AND l.granted AND d.datname = current_database()";

TEST_F(MigrationLockingTest, IdleSessionTimeoutOfTheDatabaseDoesNotTakeTheLockAway) {
  database_.Run("CREATE TABLE runs (n int)");
  database_.Run("ALTER DATABASE \"" + database_.name() + "\" SET idle_session_timeout = '1s'");
  Write("20240101000000_slow.sql",
        "-- migrate:up transaction:false\nINSERT INTO runs VALUES (1);\nSELECT pg_sleep(3);\n-- migrate:down\nSELECT "
        "1;\n");
  std::string second;
  std::thread other([&] {
    EXPECT_TRUE(testing::Eventually([this] {
      return database_.Value(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = "
                 "'PgSleep'") == "1";
    }));
    second = Summary(Runner().Up());
  });
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000");
  other.join();
  EXPECT_EQ(second, "");
  EXPECT_EQ(database_.Value("SELECT count(*) FROM runs"), "1");
}

TEST_F(MigrationLockingTest, LockThatIsLostBetweenFilesStopsTheRunner) {
  WriteTable("20240101000000", "a");
  WriteTable("20240102000000", "b");
  MigratorOptions options = Options();
  options.observer.step = [this](const MigrationStep&) { database_.Run(kEndTheHolderOfTheLock); };
  EXPECT_THAT(Summary(Migrator(options).Up()),
              AllOf(HasSubstr("20240102000000_b.sql:"), HasSubstr("held the lock of the migration runners was lost"),
                    HasSubstr("nothing of this file was applied")));
  EXPECT_TRUE(HasTable("a"));
  EXPECT_FALSE(HasTable("b"));
  EXPECT_EQ(Applied(), "20240101000000");
}

TEST_F(MigrationLockingTest, LockThatIsLostDuringAFileKeepsItFromBeingRecorded) {
  const std::string body = std::string("CREATE TABLE a (id int);\n") + kEndTheHolderOfTheLock;
  const std::string down = ";\n-- migrate:down\nDROP TABLE a;\n";
  Write("20240101000000_a.sql", "-- migrate:up\n" + body + down);
  EXPECT_THAT(Summary(Runner().Up()), AllOf(HasSubstr("20240101000000_a.sql:"), HasSubstr("was lost"),
                                            HasSubstr("nothing of this file was applied")));
  EXPECT_FALSE(HasTable("a"));
  Write("20240101000000_a.sql", "-- migrate:up transaction:false\n" + body + down);
  EXPECT_THAT(Summary(Runner().Up()), AllOf(HasSubstr("20240101000000_a.sql:"), HasSubstr("was lost"),
                                            HasSubstr("the file ran, but could not be recorded")));
  EXPECT_EQ(Applied(), "");
}

TEST_F(MigrationLockingTest, LockThatIsLostKeepsInitDataFromBeingCommitted) {
  database_.Run("CREATE TABLE d (n int)");
  Write("init_data/a.sql", std::string("INSERT INTO d VALUES (1);\n") + kEndTheHolderOfTheLock + ";\n");
  EXPECT_THAT(Summary(ApplyInitData(Options())), AllOf(HasSubstr("a.sql:"), HasSubstr("was lost")));
  EXPECT_EQ(database_.Value("SELECT count(*) FROM d"), "0");
}

TEST_F(MigrationLockingTest, RunnerThatWaitsInVainNamesTheOther) {
  WriteTable("20240101000000", "a");
  absl::StatusOr<MigrationLock> held = MigrationLock::Acquire(Options());
  ASSERT_TRUE(held.ok()) << held.status();
  MigratorOptions options = Options();
  options.runner_timeout = std::chrono::seconds(1);
  EXPECT_THAT(Summary(Migrator(options).Up()),
              AllOf(HasSubstr("another migration runner (rowkeeper migrate, PostgreSQL process "), HasSubstr("1 s")));
}

TEST_F(MigrationLockingTest, LockOfAnotherDatabaseDoesNotMatter) {
  WriteTable("20240101000000", "a");
  testing::ScratchDatabase other("migration");
  MigratorOptions elsewhere = Options();
  elsewhere.database_url = other.url();
  absl::StatusOr<MigrationLock> held = MigrationLock::Acquire(elsewhere);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000");
}

TEST_F(MigrationLockingTest, LockedTableIsTriedAgainAndThenAnError) {
  WriteTable("20240101000000", "a");
  Summary(Runner().Up());
  Write("20240102000000_alter.sql",
        "-- migrate:up\nCREATE TABLE b (id int);\nALTER TABLE a ADD n int;\n-- migrate:down\nALTER TABLE a DROP n;\n");
  std::unique_ptr<db::Connection> session = Session();
  ASSERT_TRUE(session->ExecuteScript("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE", nullptr).ok());
  std::vector<std::string> notices;
  MigratorOptions options = Options();
  options.observer.notice = [&](const std::string& line) { notices.push_back(line); };
  EXPECT_THAT(Summary(Migrator(options).Up()),
              AllOf(HasSubstr("20240102000000_alter.sql:3: "), HasSubstr("lock timeout")));
  EXPECT_THAT(notices, ::testing::ElementsAre(HasSubstr("attempt 1 of 2")));
  EXPECT_FALSE(HasTable("b"));
}

TEST_F(MigrationLockingTest, LockThatIsGivenUpInTimeOnlyDelays) {
  WriteTable("20240101000000", "a");
  Summary(Runner().Up());
  Write("20240102000000_alter.sql",
        "-- migrate:up\nALTER TABLE a ADD n int;\n-- migrate:down\nALTER TABLE a DROP n;\n");
  Write("20240103000000_alter.sql",
        "-- migrate:up transaction:false\nALTER TABLE a ADD m int;\n-- migrate:down\nALTER TABLE a DROP m;\n");
  MigratorOptions options = Options();
  options.attempts = 50;
  for (const char* expected : {"+20240102000000", "+20240103000000"}) {
    std::unique_ptr<db::Connection> session = Session();
    ASSERT_TRUE(session->ExecuteScript("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE", nullptr).ok());
    std::thread release([&] {
      std::set<std::string> attempts;
      EXPECT_TRUE(testing::Eventually([this, &attempts] {
        const std::string begun = database_.Value(
            "SELECT coalesce(max(query_start)::text, '') FROM pg_stat_activity WHERE datname = current_database() AND "
            "wait_event_type = 'Lock'");
        if (!begun.empty()) attempts.insert(begun);
        return attempts.size() == 2;
      })) << "it is not tried again";
      session.reset();
    });
    EXPECT_EQ(Summary(Migrator(options).Up({1, ""})), expected);
    release.join();
  }
}

TEST_F(MigrationLockingTest, ConcurrentlyWaitsBeyondLockTimeout) {
  WriteTable("20240101000000", "a");
  Summary(Runner().Up());
  Write("20240102000000_index.sql",
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY ix_a ON a (id);\n-- migrate:down\nDROP INDEX "
        "ix_a;\n");
  std::unique_ptr<db::Connection> session = Session();
  ASSERT_TRUE(session->ExecuteScript("BEGIN; INSERT INTO a VALUES (1)", nullptr).ok());
  std::thread release([&] {
    EXPECT_TRUE(testing::Eventually([this] {
      return database_.Value(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = "
                 "'Lock' "
                 "AND clock_timestamp() - query_start > interval '0.6 s'") == "1";
    }));
    session.reset();
  });
  EXPECT_EQ(Summary(Runner().Up()), "+20240102000000");
  release.join();
  EXPECT_EQ(database_.Value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_a'::regclass"), "t");
}

}  // namespace
}  // namespace rowkeeper::schema
