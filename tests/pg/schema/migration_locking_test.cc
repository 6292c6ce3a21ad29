#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <future>
#include <set>
#include <thread>

#include "server/schema/migration_lock.h"
#include "tests/pg/schema/migration_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clock.h"

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
        "-- migrate:up\nCREATE TABLE a (id int);\nSELECT pg_sleep(2);\n-- migrate:down\nDROP TABLE a;\n");
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
        "-- migrate:up transaction:false\nINSERT INTO runs VALUES (1);\nSELECT pg_sleep(6);\n-- migrate:down\nSELECT "
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
  EXPECT_THAT(notices, ::testing::Contains(HasSubstr("attempt 1 of 2")));
  EXPECT_FALSE(HasTable("b"));
}

TEST_F(MigrationLockingTest, WhoIsInTheWayIsToldWithoutValuesWhileItWaits) {
  WriteTable("20240101000000", "a");
  Summary(Runner().Up());
  const std::string change = "ALTER TABLE a ADD n int;\n-- migrate:down\nALTER TABLE a DROP n;\n";
  for (const std::string& file :
       {"-- migrate:up\n" + change, "-- migrate:up transaction:false\n" + change,
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON a (id);\n" + change}) {
    SCOPED_TRACE(file);
    Write("20240102000000_alter.sql", file);
    std::unique_ptr<db::Connection> session = Session();
    ASSERT_TRUE(session
                    ->ExecuteScript("SET application_name = 'nightly report'; BEGIN; LOCK TABLE a IN ROW EXCLUSIVE "
                                    "MODE",
                                    nullptr)
                    .ok());
    ASSERT_TRUE(
        session->ExecuteScript("SELECT count(*) FROM a WHERE id = 4711 /* 4712 */ AND 'hush' <> ''", nullptr).ok());
    const std::string pid = std::to_string(session->backend_pid());
    std::vector<std::string> notices;
    MigratorOptions options = Options();
    options.lock_timeout_ms = 60000;
    options.attempts = 50;
    options.observer.notice = [&](const std::string& line) {
      notices.push_back(line);
      if (line.find("in the way: ") != std::string::npos) session.reset();
    };
    EXPECT_EQ(Summary(Migrator(options).Up()), "+20240102000000");
    EXPECT_THAT(notices, ::testing::Contains(AllOf(
                             HasSubstr("20240102000000_alter.sql: waiting for a lock; in the way: PostgreSQL process " +
                                       pid + ", nightly report, idle in transaction, transaction open for "),
                             ::testing::EndsWith(" s: SELECT count(*) FROM a WHERE id = ? AND ? <> ?"))));
    Summary(Runner().Down());
    database_.Run("DROP INDEX IF EXISTS i");
  }
}

TEST_F(MigrationLockingTest, AStatementThatRunsForLongTellsHowLong) {
  WriteTable("20240101000000", "a");
  Summary(Runner().Up());
  for (const char* option : {"", " transaction:false"}) {
    SCOPED_TRACE(option);
    Write("20240102000000_long.sql",
          Cat("-- migrate:up", option, "\nSELECT 1;\nSELECT FROM a\n;\n-- migrate:down\nSELECT 1;\n"));
    std::unique_ptr<db::Connection> session = Session();
    ASSERT_TRUE(session->ExecuteScript("BEGIN; LOCK TABLE a IN ACCESS EXCLUSIVE MODE", nullptr).ok());
    testing::FakeClock clock;
    MigratorOptions options = Options();
    options.lock_timeout_ms = 0;
    options.clock = &clock;
    absl::Mutex mutex;
    std::vector<std::string> told;
    options.observer.notice = [&](const std::string& line) {
      const absl::MutexLock lock(&mutex);
      if (line.find("20240102000000_long.sql:3: still running after ") != std::string::npos) told.push_back(line);
    };
    auto summary = std::async(std::launch::async, [&] { return Summary(Migrator(options).Up()); });
    const auto has_told = [&](size_t count) {
      return [&, count] {
        const absl::MutexLock lock(&mutex);
        return told.size() >= count;
      };
    };
    EXPECT_TRUE(clock.AdvanceUntil(has_told(2), std::chrono::hours(2), std::chrono::milliseconds(500)));
    session.reset();
    EXPECT_TRUE(
        clock.AdvanceUntil([&] { return summary.wait_for(std::chrono::seconds(0)) == std::future_status::ready; },
                           std::chrono::hours(2), std::chrono::milliseconds(500)));
    EXPECT_EQ(summary.get(), "+20240102000000");
    EXPECT_NE(told.at(0), told.at(1)) << "it has run for longer";
    Summary(Runner().Down());
  }
}

TEST_F(MigrationLockingTest, WhatMayLockTablesWaitsASecondAtMostAndRowsAsLongAsIsAllowed) {
  MigratorOptions options = Options();
  options.lock_timeout_ms = 60000;
  // A script that has the name in it decides by itself.
  const std::string from = " FROM pg_settings WHERE name = 'lock' || '_timeout'";
  const std::string look = "INSERT INTO seen SELECT setting" + from + ";\n", rest = "-- migrate:down\nSELECT 1;\n";
  const struct {
    const char* version;
    std::string file;
    const char* seen;
  } cases[] = {
      {"20240101000001", "-- migrate:up\n" + look, "60000"},
      {"20240101000002", "-- migrate:up\n" + look + "CREATE TABLE b (id int);\n", "1000"},
      {"20240101000003", "-- migrate:up\nSET LOCAL lock_timeout = '3s';\nCREATE TABLE c (id int);\n" + look, "3000"},
      {"20240101000004", "-- migrate:up transaction:false\n" + look + "CREATE TABLE d (id int);\n", "60000"},
      {"20240101000005", "-- migrate:up transaction:false\nSET lock_timeout = '3s';\nCREATE TABLE e (id int);\n" + look,
       "3000"},
      {"20240101000006",
       "-- migrate:up transaction:false\nCREATE TABLE f AS SELECT setting AS t" + from +
           ";"
           "\nINSERT INTO seen SELECT t FROM f;\n",
       "1000"},
  };
  database_.Run("CREATE TABLE seen (t text)");
  for (const auto& [version, file, seen] : cases) {
    SCOPED_TRACE(file);
    Write(std::string(version) + "_look.sql", file + rest);
    EXPECT_EQ(Summary(Migrator(options).Up()), std::string("+") + version);
    EXPECT_EQ(database_.Value("DELETE FROM seen RETURNING t"), seen);
  }
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
