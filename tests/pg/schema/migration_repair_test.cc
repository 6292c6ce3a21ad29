#include "server/schema/migration_repair.h"

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/pg/schema/migration_fixture.h"
#include "tests/support/eventually.h"

/// Files without a transaction that were interrupted, or of which a statement failed.
namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using InDoubt = RepairOptions::InDoubt;

constexpr char kDown[] = "-- migrate:down\nSELECT 1;\n";

class MigrationRepairTest : public MigrationTest {
 protected:
  void WriteSteps(const std::string& version, const std::string& statements) {
    Write(version + "_steps.sql", "-- migrate:up transaction:false\n" + statements + kDown);
  }
  std::string Repaired(InDoubt in_doubt = InDoubt::kRefuse) { return Summary(RepairMigrations(Options(), {in_doubt})); }
  /// "in effect of all: interrupted; first: cleanup" of the only repair.
  std::string Planned() {
    const auto repairs = PlanRepair(Options(), {});
    if (!repairs.ok()) return std::string(repairs.status().message());
    if (repairs->size() != 1) return std::to_string(repairs->size()) + " repairs";
    const Repair& repair = repairs->front();
    std::string text =
        std::to_string(repair.in_effect) + " of " + std::to_string(repair.statements) + ": " + repair.interrupted + ";";
    for (const std::string& statement : repair.cleanup) text += " " + statement;
    return text;
  }
  /// Rows with equal values, so that no unique index can be built.
  void MakeDoubles() {
    database_.Run("CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1); CREATE TABLE log (n int)");
  }
  std::string InvalidIndexes() { return database_.Value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"); }
  /// Runs `up` and ends its session when `seen`, a query of one cell, gives "t".
  std::string UpEndedWhen(const std::string& seen) {
    std::thread ender([&] {
      EXPECT_TRUE(testing::Eventually([&] { return database_.Value(seen) == "t"; })) << seen;
      database_.Run(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
          "application_name = 'rowkeeper migrate' AND state = 'active'");
    });
    const std::string summary = Summary(Runner().Up());
    ender.join();
    return summary;
  }
};

// The table of unfinished files belongs to who runs migrations, and could not be written by another role.
TEST_F(MigrationRepairTest, FileThatLimitsItsOwnRightsRunsWithoutNotes) {
  const std::string role = database_.name() + "_owner";
  database_.Run("CREATE ROLE " + role + "; GRANT ALL ON SCHEMA public TO " + role);
  const std::vector<std::string> limited = {
      "SET ROLE " + role + ";\nCREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY a_id ON a (id);\nRESET ROLE;\n",
      "BEGIN;\nSET LOCAL ROLE " + role + ";\nCREATE TABLE b (id int);\nCOMMIT;\n",
      "SELECT set_config('role', '" + role + "', false);\nCREATE TABLE c (id int);\nRESET ROLE;\n",
      "SET SESSION AUTHORIZATION " + role + ";\nCREATE TABLE d (id int);\nRESET SESSION AUTHORIZATION;\n",
      "DO $$ BEGIN EXECUTE 'SET ROLE " + role + "'; END $$;\nCREATE TABLE e (id int);\nRESET ROLE;\n",
      "BEGIN READ ONLY;\nSELECT 1;\nCOMMIT;\n",
      "SET default_transaction_read_only = on;\nSELECT 1;\nSET default_transaction_read_only = off;\n"};
  for (size_t i = 0; i < limited.size(); ++i) WriteSteps("2026010100000" + std::to_string(i), limited[i]);
  EXPECT_THAT(Summary(Runner().Up()), ::testing::Not(HasSubstr("42501")));
  EXPECT_EQ(database_.Value("SELECT count(*) FROM schema_migrations"), "7");
  EXPECT_EQ(database_.Value("SELECT string_agg(relname, '' ORDER BY relname) FROM pg_class WHERE relowner = '" + role +
                            "'::regrole AND relkind = 'r'"),
            "abcde");
  EXPECT_EQ(database_.Value("SELECT to_regclass('schema_migrations_unfinished') IS NULL"), "t");
  database_.Run("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

// A word in the name of a setting is no role.
TEST_F(MigrationRepairTest, FileThatSetsSomethingElseIsNoted) {
  MakeDoubles();
  WriteSteps("20260101000000",
             "SET session_replication_role = 'origin';\nCREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);\n");
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("rowkeeper migrate repair"));
  EXPECT_THAT(Planned(), HasSubstr("1 of 2"));
}

TEST_F(MigrationRepairTest, FileThatFailsIsFinishedWhenTheReasonIsGone) {
  MakeDoubles();
  WriteSteps("20240101000000",
             "INSERT INTO log VALUES (1);\nCREATE INDEX CONCURRENTLY ix_a ON a (id);\n"
             "CREATE UNIQUE INDEX CONCURRENTLY ux_a ON a (id);\nINSERT INTO log VALUES (2);\n");
  EXPECT_THAT(Summary(Runner().Up()), AllOf(HasSubstr("_steps.sql:4: "), HasSubstr("could not create unique index"),
                                            HasSubstr("rowkeeper migrate repair")));
  EXPECT_THAT(Summary(Runner().Up()),
              AllOf(HasSubstr("was interrupted: 2 of its 4 statements are in effect"), HasSubstr("migrate repair")));
  EXPECT_THAT(Summary(Runner().PlanUp()), HasSubstr("was interrupted"));
  EXPECT_EQ(database_.Value("SELECT string_agg(n::text, ',') FROM log"), "1");
  EXPECT_THAT(Planned(), AllOf(HasSubstr("2 of 4: "), HasSubstr("_steps.sql:4: interrupted here: it left an invalid"),
                               HasSubstr("DROP INDEX CONCURRENTLY IF EXISTS public.ux_a")));
  EXPECT_THAT(Repaired(), HasSubstr("could not create unique index"));
  database_.Run("DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a)");
  EXPECT_EQ(Repaired(), "+20240101000000");
  EXPECT_EQ(database_.Value("SELECT string_agg(n::text, ',' ORDER BY n) FROM log"), "1,2");
  EXPECT_TRUE(HasTable("ix_a") && HasTable("ux_a"));
  EXPECT_EQ(InvalidIndexes(), "0");
  EXPECT_FALSE(HasTable("schema_migrations_unfinished"));
  EXPECT_EQ(Applied(), "20240101000000");
  EXPECT_EQ(Summary(Runner().Up()), "");
  EXPECT_EQ(Repaired(), "");
}

TEST_F(MigrationRepairTest, IndexWhoseBuildWasInterruptedIsBuiltAgain) {
  database_.Run("CREATE TABLE a (id int); CREATE TABLE log (n int)");
  WriteSteps("20240101000000",
             "INSERT INTO log VALUES (1);\nCREATE INDEX CONCURRENTLY ix_a ON a (id);\nINSERT INTO log VALUES (2);\n");
  db::ConnectionOptions options;
  options.url = database_.url();
  auto reader = db::Connection::Open(options);
  ASSERT_TRUE(reader.ok()) << reader.status();
  ASSERT_TRUE((*reader)->ExecuteScript("BEGIN; INSERT INTO a VALUES (1)", nullptr).ok());
  EXPECT_THAT(UpEndedWhen("SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE relid = 'a'::regclass AND "
                          "phase LIKE 'waiting for %')"),
              HasSubstr("_steps.sql:3: "));
  ASSERT_TRUE((*reader)->ExecuteScript("COMMIT", nullptr).ok());
  EXPECT_EQ(InvalidIndexes(), "1");
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("was interrupted: 1 of its 3"));
  EXPECT_EQ(Repaired(), "+20240101000000");
  EXPECT_EQ(InvalidIndexes(), "0");
  EXPECT_EQ(database_.Value("SELECT string_agg(n::text, ',' ORDER BY n) FROM log"), "1,2");
}

TEST_F(MigrationRepairTest, IndexThatSomebodyMadeMeanwhileUnderTheNameIsShownAndNotTakenForTheBuiltOne) {
  database_.Run("CREATE TABLE a (id int, n int); CREATE TABLE log (n int)");
  const std::string statements =
      "INSERT INTO log VALUES (1);\nCREATE INDEX CONCURRENTLY ix_a ON a (id DESC) WHERE n > 0;\n";
  WriteSteps("20240101000000", statements);
  const auto files = ReadMigrationDirectory(directory_);
  ASSERT_TRUE(files.ok()) << files.status();
  // As a runner leaves it that was killed in the second statement.
  database_.Run("CREATE TABLE schema_migrations (version varchar(255) PRIMARY KEY); INSERT INTO log VALUES (1)");
  {
    db::ConnectionOptions options;
    options.url = database_.url();
    auto killed = db::Connection::Open(options);
    ASSERT_TRUE(killed.ok()) << killed.status();
    const UnfinishedBlocks blocks({"public", "schema_migrations"});
    ASSERT_TRUE((*killed)->ExecuteScript(blocks.Begin(files->front(), Direction::kUp, 1), nullptr).ok());
  }
  database_.Run("CREATE INDEX ix_a ON a (id)");
  EXPECT_THAT(Repaired(), AllOf(HasSubstr("_steps.sql:3: "), HasSubstr("is another one: CREATE INDEX ix_a ON public.a"),
                                HasSubstr("--in-doubt again")));
  EXPECT_THAT(Repaired(InDoubt::kRunAgain), HasSubstr("already exists"));
  database_.Run("DROP INDEX ix_a; CREATE INDEX ix_a ON a (id DESC NULLS FIRST) WHERE n > 0");
  database_.Run("UPDATE schema_migrations_unfinished SET failed = false");
  EXPECT_THAT(Planned(), HasSubstr("2 of 2: "));
  EXPECT_EQ(Repaired(), "+20240101000000");
}

TEST_F(MigrationRepairTest, StatementThatMayRunInATransactionIsInEffectWithItsNoteOrNotAtAll) {
  database_.Run("CREATE TABLE a (id int); CREATE TABLE log (n int)");
  WriteSteps("20240101000000",
             "INSERT INTO log VALUES (1);\nINSERT INTO log SELECT 2 FROM pg_sleep(60);\nINSERT INTO log VALUES (3);\n");
  EXPECT_THAT(UpEndedWhen("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                          "wait_event = 'PgSleep')"),
              HasSubstr("_steps.sql:3: "));
  EXPECT_EQ(database_.Value("SELECT in_effect FROM schema_migrations_unfinished"), "1");
  WriteSteps("20240101000000",
             "INSERT INTO log VALUES (1);\nINSERT INTO log VALUES (2); -- faster\nINSERT INTO log VALUES (3);\n");
  EXPECT_EQ(Repaired(), "+20240101000000");
  EXPECT_EQ(database_.Value("SELECT string_agg(n::text, ',' ORDER BY n) FROM log"), "1,2,3");
}

TEST_F(MigrationRepairTest, FileThatMayRunAgainNeedsNoRepair) {
  MakeDoubles();
  WriteSteps("20240101000000",
             "SET lock_timeout = 0;\nDROP INDEX CONCURRENTLY IF EXISTS ux_a;\n"
             "CREATE UNIQUE INDEX CONCURRENTLY ux_a ON a (id);\n");
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("could not create unique index"));
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("could not create unique index"));
  EXPECT_EQ(Summary(Runner().PlanUp()), "+20240101000000");
  database_.Run("DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a)");
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000");
  EXPECT_EQ(InvalidIndexes(), "0");
  EXPECT_FALSE(HasTable("schema_migrations_unfinished"));
}

TEST_F(MigrationRepairTest, FileWhoseFirstStatementFailedAndLeftNothingIsRunAgainWhenItIsMended) {
  database_.Run("CREATE TABLE a (id int)");
  WriteSteps("20240101000000", "CREATE INDEX CONCURRENTLY ix_a ON a (idd);\n");
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("column \"idd\" does not exist"));
  WriteSteps("20240101000000", "CREATE INDEX CONCURRENTLY ix_a ON a (id);\n");
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000");
}

TEST_F(MigrationRepairTest, IndexOfSomebodyElseIsNotTakenForTheOneThatFailed) {
  database_.Run("CREATE TABLE a (id int, n int); CREATE INDEX ix_a ON a (n); CREATE TABLE log (n int)");
  WriteSteps("20240101000000", "INSERT INTO log VALUES (1);\nCREATE INDEX CONCURRENTLY ix_a ON a (id);\n");
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("already exists"));
  EXPECT_THAT(Repaired(), HasSubstr("already exists"));
  database_.Run("DROP INDEX ix_a");
  EXPECT_EQ(Repaired(), "+20240101000000");
  EXPECT_EQ(database_.Value("SELECT count(*) FROM log"), "1");
}

TEST_F(MigrationRepairTest, StatementsInEffectMustNotBeEditedAndStampForgetsThem) {
  MakeDoubles();
  WriteSteps("20240101000000", "INSERT INTO log VALUES (1);\nCREATE UNIQUE INDEX CONCURRENTLY ux_a ON a (id);\n");
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("could not create unique index"));
  WriteSteps("20240101000000", "INSERT INTO log VALUES (7);\nCREATE INDEX CONCURRENTLY ux_a ON a (id);\n");
  EXPECT_THAT(Repaired(), AllOf(HasSubstr("were edited since"), HasSubstr("migrate stamp")));
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("was interrupted"));
  Remove("20240101000000_steps.sql");
  EXPECT_THAT(Repaired(), HasSubstr("version 20240101000000 was interrupted, and has no file"));
  WriteSteps("20240101000000", "INSERT INTO log VALUES (7);\nCREATE INDEX CONCURRENTLY ix_a ON a (id);\n");
  EXPECT_EQ(Summary(Runner().PlanStamp("base")), "?20240101000000");
  EXPECT_EQ(Summary(Runner().Stamp("base")), "?20240101000000");
  EXPECT_FALSE(HasTable("schema_migrations_unfinished"));
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000");
  EXPECT_EQ(database_.Value("SELECT string_agg(n::text, ',' ORDER BY n) FROM log"), "1,7");
}

TEST_F(MigrationRepairTest, WhatTheDatabaseDoesNotTellIsForTheOperatorToSay) {
  database_.Run("CREATE TABLE log (n int)");
  const std::string batches =
      "INSERT INTO log VALUES (0);\nDO $$ BEGIN INSERT INTO log VALUES (1); COMMIT; PERFORM 1 / (SELECT count(*) - 2 "
      "FROM log); END $$;\nINSERT INTO log VALUES (9);\n";
  WriteSteps("20240101000000", batches);
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("division by zero"));
  EXPECT_THAT(Repaired(),
              AllOf(HasSubstr("_steps.sql:3: "), HasSubstr("--in-doubt done"), HasSubstr("--in-doubt again")));
  EXPECT_EQ(database_.Value("SELECT string_agg(n::text, ',' ORDER BY n) FROM log"), "0,1");
  EXPECT_EQ(Repaired(InDoubt::kRunAgain), "+20240101000000");
  EXPECT_EQ(database_.Value("SELECT string_agg(n::text, ',' ORDER BY n) FROM log"), "0,1,1,9");
  database_.Run("TRUNCATE log");
  WriteSteps("20240102000000", batches);
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("division by zero"));
  EXPECT_EQ(Repaired(InDoubt::kInEffect), "+20240102000000");
  EXPECT_EQ(database_.Value("SELECT string_agg(n::text, ',' ORDER BY n) FROM log"), "0,1,9");
}

TEST_F(MigrationRepairTest, SettingsOfTheSessionHoldForTheRest) {
  database_.Run("CREATE SCHEMA other; CREATE TABLE other.a (id int); INSERT INTO other.a VALUES (1), (1)");
  WriteSteps("20240101000000",
             "SET search_path = other;\nCREATE TABLE b (n int);\nCREATE UNIQUE INDEX CONCURRENTLY ux_a ON a (id);\n"
             "CREATE TABLE c (n int);\n");
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("could not create unique index"));
  database_.Run("DELETE FROM other.a WHERE ctid = (SELECT min(ctid) FROM other.a)");
  EXPECT_EQ(Repaired(), "+20240101000000");
  EXPECT_TRUE(HasTable("other.b") && HasTable("other.c") && HasTable("other.ux_a"));
  EXPECT_EQ(InvalidIndexes(), "0");
}

TEST_F(MigrationRepairTest, TemporaryTableOfTheSessionThatEndedIsAReasonToRefuse) {
  MakeDoubles();
  WriteSteps("20240101000000",
             "CREATE TEMP TABLE t AS SELECT 1 AS n;\nCREATE UNIQUE INDEX CONCURRENTLY ux_a ON a (id);\n"
             "INSERT INTO log SELECT n FROM t;\n");
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("could not create unique index"));
  EXPECT_THAT(Repaired(), AllOf(HasSubstr("_steps.sql:2: "), HasSubstr("ended with its session")));
}

TEST_F(MigrationRepairTest, TransactionOfTheFileCountsWhenItWasCommitted) {
  database_.Run("CREATE TABLE log (n int)");
  WriteSteps(
      "20240101000000",
      "BEGIN;\nINSERT INTO log VALUES (1);\nCOMMIT;\nBEGIN ISOLATION LEVEL REPEATABLE READ;\n"
      "INSERT INTO log VALUES (2);\nINSERT INTO log SELECT 1 / (SELECT count(*) FROM log WHERE n = 7);\nCOMMIT;\n"
      "INSERT INTO log VALUES (3);\n");
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("division by zero"));
  EXPECT_EQ(database_.Value("SELECT in_effect FROM schema_migrations_unfinished"), "3");
  EXPECT_THAT(Planned(), HasSubstr("3 of 8: "));
  database_.Run("INSERT INTO log VALUES (7)");
  EXPECT_EQ(Repaired(), "+20240101000000");
  EXPECT_EQ(database_.Value("SELECT string_agg(n::text, ',' ORDER BY n) FROM log"), "1,1,2,3,7");
}

TEST_F(MigrationRepairTest, DownBlockIsFinishedToo) {
  database_.Run("CREATE TABLE a (id int); CREATE TABLE log (n int)");
  Write("20240101000000_steps.sql",
        "-- migrate:up\nCREATE INDEX ix_a ON a (id);\n-- migrate:down transaction:false\nINSERT INTO log VALUES (1);\n"
        "DROP INDEX CONCURRENTLY ix_a;\nINSERT INTO log SELECT 1 / (SELECT count(*) - 1 FROM log);\n");
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000");
  EXPECT_THAT(Summary(Runner().Down()), HasSubstr("division by zero"));
  EXPECT_THAT(Summary(Runner().Down()), HasSubstr("was interrupted: 2 of its 3"));
  EXPECT_THAT(Summary(Runner().PlanDown()), HasSubstr("was interrupted: 2 of its 3"));
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("was interrupted: 2 of its 3"));
  database_.Run("INSERT INTO log VALUES (5)");
  EXPECT_EQ(Repaired(), "-20240101000000");
  EXPECT_EQ(Applied(), "");
  EXPECT_FALSE(HasTable("ix_a"));
}

TEST_F(MigrationRepairTest, StatusTellsOfAnInterruptionAndOfARunnerAtWork) {
  MakeDoubles();
  WriteSteps("20240101000000", "INSERT INTO log VALUES (1);\nCREATE UNIQUE INDEX CONCURRENTLY ux_a ON a (id);\n");
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("could not create unique index"));
  const auto states = Runner().Status();
  ASSERT_TRUE(states.ok()) << states.status();
  ASSERT_EQ(states->size(), 1u);
  ASSERT_TRUE(states->front().unfinished.has_value());
  EXPECT_EQ(states->front().unfinished->in_effect, 1);
  EXPECT_TRUE(states->front().unfinished->failed);
  EXPECT_FALSE(states->front().unfinished->running);
}

TEST_F(MigrationRepairTest, RunnersWaitForTheEndOfASessionThatGoesOnAlone) {
  WriteTable("20240101000000", "a");
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000");
  WriteSteps("20240102000000", "SELECT 1;\n");
  db::ConnectionOptions session;
  session.url = database_.url();
  auto alone = db::Connection::Open(session);
  ASSERT_TRUE(alone.ok()) << alone.status();
  const auto file = ReadMigrationDirectory(directory_);
  ASSERT_TRUE(file.ok()) << file.status();
  const UnfinishedBlocks blocks({"public", "schema_migrations"});
  ASSERT_TRUE((*alone)->ExecuteScript(blocks.Begin(file->back(), Direction::kUp, 0), nullptr).ok());
  MigratorOptions options = Options();
  options.runner_timeout = std::chrono::seconds(1);
  EXPECT_THAT(Summary(Migrator(options).Up()),
              AllOf(HasSubstr("still runs a statement of version 20240102000000"), HasSubstr("pg_terminate_backend")));
  options.runner_timeout = std::chrono::seconds(60);
  std::vector<std::string> notices;
  options.observer.notice = [&](const std::string& line) {
    notices.push_back(line);
    if (line.find("goes on with a statement of 20240102000000") != std::string::npos) alone->reset();
  };
  EXPECT_EQ(Summary(Migrator(options).Up()), "+20240102000000");
  EXPECT_THAT(notices, Contains(HasSubstr("waiting for PostgreSQL process ")));
}

TEST_F(MigrationRepairTest, WithoutInterruptionThereIsNothingToRepair) {
  WriteTable("20240101000000", "a");
  EXPECT_EQ(Repaired(), "");
  EXPECT_EQ(Planned(), "0 repairs");
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000");
  EXPECT_EQ(Repaired(), "");
}

}  // namespace
}  // namespace rowkeeper::schema
