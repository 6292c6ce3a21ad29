#include "server/schema/migration_runner.h"

#include <gmock/gmock.h>

#include "tests/pg/schema/migration_fixture.h"

namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class MigratorTest : public MigrationTest {
 protected:
  void WriteThree() {
    WriteTable("20240101000000", "a");
    WriteTable("20240102000000", "b");
    WriteTable("20240103000000", "c");
  }
};

TEST_F(MigratorTest, UpDownUpAgain) {
  WriteThree();
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000,+20240102000000,+20240103000000");
  EXPECT_TRUE(HasTable("a") && HasTable("b") && HasTable("c"));
  EXPECT_EQ(Summary(Runner().Up()), "");
  EXPECT_EQ(Summary(Runner().Down(3)), "-20240103000000,-20240102000000,-20240101000000");
  EXPECT_FALSE(HasTable("a") || HasTable("b") || HasTable("c"));
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000,+20240102000000,+20240103000000");
}

TEST_F(MigratorTest, UpTakesACountOrAVersion) {
  WriteThree();
  EXPECT_EQ(Summary(Runner().Up({1, ""})), "+20240101000000");
  EXPECT_EQ(Summary(Runner().Up({0, "20240102000000"})), "+20240102000000");
  EXPECT_EQ(Summary(Runner().Up({0, "20240102000000"})), "");
  EXPECT_EQ(Summary(Runner().Up({0, "20240103000000_c.sql"})), "+20240103000000");
  EXPECT_THAT(Summary(Runner().Up({0, "20249999"})), AllOf(StartsWith("NOT_FOUND"), HasSubstr("20249999")));
}

TEST_F(MigratorTest, DownTakesTheNewestOneUnlessToldOtherwise) {
  WriteThree();
  Summary(Runner().Up());
  EXPECT_EQ(Summary(Runner().Down()), "-20240103000000");
  EXPECT_EQ(Summary(Runner().Down(2)), "-20240102000000,-20240101000000");
  EXPECT_EQ(Summary(Runner().Down()), "");
}

TEST_F(MigratorTest, StatusChangesNothing) {
  WriteThree();
  EXPECT_EQ(Summary(Runner().Status()), "20240101000000 pending,20240102000000 pending,20240103000000 pending");
  EXPECT_FALSE(HasTable("schema_migrations"));
  Summary(Runner().Up({1, ""}));
  EXPECT_EQ(Summary(Runner().Status()), "20240101000000 applied,20240102000000 pending,20240103000000 pending");
}

TEST_F(MigratorTest, HistorySaysNameChecksumAndTime) {
  WriteTable("20240101000000", "a");
  Summary(Runner().Up());
  EXPECT_EQ(database_.Value("SELECT name FROM schema_migrations"), "a");
  EXPECT_THAT(database_.Value("SELECT checksum FROM schema_migrations"), StartsWith("sha256:"));
  EXPECT_EQ(database_.Value("SELECT applied_at > now() - interval '1 minute' AND duration_ms >= 0 FROM "
                            "schema_migrations"),
            "t");
  absl::StatusOr<std::vector<MigrationState>> states = Runner().Status();
  ASSERT_TRUE(states.ok());
  EXPECT_EQ(states->at(0).applied_at.size(), std::string("2024-01-01 00:00:00").size());
  EXPECT_FALSE(states->at(0).by_dbmate);
}

TEST_F(MigratorTest, EditedFileIsRefusedByNameUntilRestoredOrStamped) {
  WriteThree();
  Summary(Runner().Up({2, ""}));
  Write("20240101000000_a.sql", "-- migrate:up\nCREATE TABLE a (id bigint);\n-- migrate:down\nDROP TABLE a;\n");
  EXPECT_THAT(Summary(Runner().Up()),
              AllOf(HasSubstr("20240101000000_a.sql was edited after it was applied"), HasSubstr("migrate stamp")));
  EXPECT_EQ(Summary(Runner().Status()), "20240101000000 edited,20240102000000 applied,20240103000000 pending");
  EXPECT_FALSE(HasTable("c"));
  EXPECT_EQ(Summary(Runner().Stamp("20240102000000")), "=20240101000000");
  EXPECT_EQ(Summary(Runner().Up()), "+20240103000000");
}

TEST_F(MigratorTest, NewCommentsAndAMendedDownAreNoEdit) {
  WriteTable("20240101000000", "a");
  Summary(Runner().Up());
  Write("20240101000000_a.sql",
        "-- migrate:up\n-- why\nCREATE  TABLE a\n(id int);\n-- migrate:down\nDROP TABLE IF EXISTS a;\n");
  EXPECT_EQ(Summary(Runner().Up()), "");
  EXPECT_EQ(Summary(Runner().Down()), "-20240101000000");
}

TEST_F(MigratorTest, OutOfOrderFileIsRefusedByName) {
  WriteThree();
  Summary(Runner().Up());
  WriteTable("20240102120000", "late");
  EXPECT_THAT(Summary(Runner().Up()), AllOf(HasSubstr("20240102120000_late.sql is not applied, but the newer"),
                                            HasSubstr("20240103000000_c.sql"), HasSubstr("rename it")));
  EXPECT_FALSE(HasTable("late"));
  EXPECT_THAT(Summary(Runner().Status()), HasSubstr("20240102120000 out-of-order"));
}

TEST_F(MigratorTest, AppliedFileThatIsGoneIsRefusedByVersionAndName) {
  WriteThree();
  Summary(Runner().Up({2, ""}));
  Remove("20240102000000_b.sql");
  EXPECT_THAT(Summary(Runner().Up()),
              AllOf(HasSubstr("20240102000000 (b) is applied"), HasSubstr("has no file"), HasSubstr("migrate stamp")));
  EXPECT_THAT(Summary(Runner().Status()), HasSubstr("20240102000000 missing"));
  EXPECT_THAT(Summary(Runner().Down()), AllOf(HasSubstr("20240102000000"), HasSubstr("cannot be taken down")));
  EXPECT_TRUE(HasTable("b"));
  EXPECT_EQ(Summary(Runner().Stamp("20240101000000")), "!20240102000000");
  EXPECT_EQ(Summary(Runner().Up()), "+20240103000000");
}

TEST_F(MigratorTest, AllProblemsAreToldAtOnce) {
  WriteThree();
  Summary(Runner().Up());
  Remove("20240101000000_a.sql");
  Write("20240102000000_b.sql", "-- migrate:up\nSELECT 5;\n-- migrate:down\nSELECT 5;\n");
  WriteTable("20240102120000", "late");
  EXPECT_THAT(Summary(Runner().Up()), AllOf(HasSubstr("has no file"), HasSubstr("was edited"), HasSubstr("newer")));
}

TEST_F(MigratorTest, FailingMigrationIsRolledBackAndNamesFileLineAndReason) {
  WriteTable("20240101000000", "a");
  Write("20240102000000_bad.sql",
        "-- migrate:up\nCREATE TABLE b (id int);\n\nINSERT INTO b (id,\n  nope) VALUES (1, 2);\n-- "
        "migrate:down\nSELECT 1;\n");
  const std::string message = Summary(Runner().Up());
  EXPECT_THAT(message, AllOf(HasSubstr("20240102000000_bad.sql:5: "), HasSubstr("column \"nope\""),
                             Not(HasSubstr("LINE ")), HasSubstr("nothing of this file was applied")));
  EXPECT_TRUE(HasTable("a"));
  EXPECT_FALSE(HasTable("b"));
  EXPECT_EQ(Applied(), "20240101000000");
}

TEST_F(MigratorTest, ErrorWithoutPositionNamesTheStatementsLine) {
  Write("20240101000000_bad.sql",
        "-- migrate:up\nCREATE TABLE a (id int CHECK (id > 0));\n\n-- the culprit\nINSERT INTO a VALUES (-1);\n"
        "-- migrate:down\nDROP TABLE a;\n");
  EXPECT_THAT(Summary(Runner().Up()), AllOf(HasSubstr("20240101000000_bad.sql:5: "), HasSubstr("a_id_check")));
}

TEST_F(MigratorTest, SyntaxErrorNamesItsLineInCharactersNotBytes) {
  Write("20240101000000_bad.sql",
        "-- migrate:up\nSELECT 'üüüüüüüüüüüüüüüü';\nSELECT 1;\nSELEC 2;\n-- migrate:down\nSELECT 1;\n");
  EXPECT_THAT(Summary(Runner().Up()), AllOf(HasSubstr("20240101000000_bad.sql:4: "), HasSubstr("syntax error")));
}

TEST_F(MigratorTest, DeferredConstraintFailsTheMigrationAtCommit) {
  Write("20240101000000_bad.sql",
        "-- migrate:up\nCREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY "
        "DEFERRED);\nINSERT INTO c VALUES (1);\n-- migrate:down\nDROP TABLE c, p;\n");
  EXPECT_THAT(Summary(Runner().Up()), AllOf(HasSubstr("at COMMIT"), HasSubstr("c_p_fkey")));
  EXPECT_FALSE(HasTable("p"));
  EXPECT_EQ(Applied(), "");
}

TEST_F(MigratorTest, ConnectionLostInTheTransactionSaysThatNothingWasApplied) {
  Write(
      "20240101000000_a.sql",
      "-- migrate:up\nCREATE TABLE a (id int);\nSELECT pg_terminate_backend(pg_backend_pid());\n-- migrate:down\nDROP "
      "TABLE a;\n");
  EXPECT_THAT(Summary(Runner().Up()),
              AllOf(HasSubstr("20240101000000_a.sql:3: the connection to the database was lost"),
                    HasSubstr("nothing of this file was applied"), Not(HasSubstr("may or may not"))));
  EXPECT_FALSE(HasTable("a"));
}

TEST_F(MigratorTest, ConnectionLostWithoutTransactionSaysWhatIsNotKnown) {
  Write("20240101000000_a.sql",
        "-- migrate:up transaction:false\nCREATE TABLE a (id int);\nSELECT pg_terminate_backend(pg_backend_pid());\n"
        "-- migrate:down\nDROP TABLE a;\n");
  EXPECT_THAT(Summary(Runner().Up()),
              AllOf(HasSubstr("20240101000000_a.sql:3: the connection to the database was lost"),
                    HasSubstr("whether this statement took effect is not known; the 1 statement(s) before it"),
                    Not(HasSubstr("read the rows"))));
}

TEST_F(MigratorTest, FailureToRecordNamesTheFileInPostgresWords) {
  for (const char* option : {"", " transaction:false"}) {
    Write("20240101000000_a.sql",
          std::string("-- migrate:up") + option +
              "\nALTER TABLE schema_migrations DROP COLUMN name;\n-- migrate:down\nSELECT 1;\n");
    EXPECT_THAT(Summary(Runner().Up()),
                AllOf(HasSubstr("20240101000000_a.sql:2: "), HasSubstr("column \"name\" of relation"),
                      HasSubstr("recorded"), Not(HasSubstr("a column is missing"))))
        << option;
  }
}

TEST_F(MigratorTest, UnreadableHistoryIsToldInPostgresWords) {
  WriteTable("20240101000000", "a");
  database_.Run("CREATE TABLE schema_migrations (version text PRIMARY KEY, applied_at text)");
  database_.Run("INSERT INTO schema_migrations VALUES ('20240101000000', 'yesteryear')");
  EXPECT_THAT(Summary(Runner().Up()),
              AllOf(HasSubstr("the history table public.schema_migrations cannot be read"), HasSubstr("yesteryear")));
}

TEST_F(MigratorTest, FailingDownIsRolledBack) {
  Write("20240101000000_a.sql",
        "-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\nDROP TABLE nothing;\n");
  Summary(Runner().Up());
  EXPECT_THAT(Summary(Runner().Down()), HasSubstr("20240101000000_a.sql:5: "));
  EXPECT_TRUE(HasTable("a"));
  EXPECT_EQ(Applied(), "20240101000000");
}

TEST_F(MigratorTest, SettingsOfOneFileDoNotReachTheNext) {
  Write("20240101000000_a.sql",
        "-- migrate:up\nSELECT set_config('search_path', '', false);\nCREATE TABLE public.a (id int);\n"
        "-- migrate:down\nDROP TABLE public.a;\n");
  WriteTable("20240102000000", "b");
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000,+20240102000000");
  EXPECT_EQ(Applied(), "20240101000000,20240102000000");
}

TEST_F(MigratorTest, StatementsThatEndTheTransactionAreRefusedBeforeAnythingRuns) {
  Write("20240101000000_a.sql", "-- migrate:up\nCREATE TABLE a (id int);\nCOMMIT;\n-- migrate:down\nDROP TABLE a;\n");
  EXPECT_THAT(Summary(Runner().Up()), AllOf(HasSubstr("20240101000000_a.sql:3: "), HasSubstr("transaction:false")));
  EXPECT_FALSE(HasTable("a"));
}

TEST_F(MigratorTest, EmptyBlocksAreRefused) {
  absl::StatusOr<std::string> path = Runner().New("nothing yet");
  ASSERT_TRUE(path.ok());
  EXPECT_THAT(Summary(Runner().Up()),
              AllOf(HasSubstr(*path + ":1: "), HasSubstr("no statement below \"-- migrate:up\"")));
  Write(path->substr(path->rfind('/') + 1), "-- migrate:up\nSELECT 1;\n-- migrate:down\n-- later\n");
  EXPECT_EQ(Summary(Runner().Up()).size(), 15U);
  EXPECT_THAT(Summary(Runner().Down()), HasSubstr(":3: there is no statement below \"-- migrate:down\""));
}

TEST_F(MigratorTest, StampWritesHistoryAndRunsNothing) {
  WriteThree();
  EXPECT_EQ(Summary(Runner().Stamp("20240102000000")), "=20240101000000,=20240102000000");
  EXPECT_FALSE(HasTable("a"));
  EXPECT_EQ(Summary(Runner().Status()), "20240101000000 applied,20240102000000 applied,20240103000000 pending");
  EXPECT_EQ(Summary(Runner().Stamp("head")), "=20240103000000");
  EXPECT_EQ(Summary(Runner().Stamp("head")), "");
  EXPECT_EQ(Summary(Runner().Stamp("20240101000000_a.sql")), "!20240102000000,!20240103000000");
  EXPECT_EQ(Summary(Runner().Stamp("base")), "!20240101000000");
  EXPECT_THAT(Summary(Runner().Stamp("7")), StartsWith("NOT_FOUND"));
}

TEST_F(MigratorTest, HistoryTableMayHaveAnotherSchemaAndName) {
  database_.Run("CREATE SCHEMA \"Odd one\"");
  WriteTable("20240101000000", "a");
  MigratorOptions options = Options();
  options.history_table = "Odd one.my history";
  EXPECT_EQ(Summary(Migrator(options).Up()), "+20240101000000");
  EXPECT_EQ(database_.Value("SELECT version FROM \"Odd one\".\"my history\""), "20240101000000");
  EXPECT_EQ(Summary(Migrator(options).Up()), "");
  EXPECT_FALSE(HasTable("schema_migrations"));
}

TEST_F(MigratorTest, StepsAreToldAsTheyHappenAlsoBeforeAnError) {
  WriteTable("20240101000000", "a");
  Write("20240102000000_bad.sql", "-- migrate:up\nSELECT 1/0;\n-- migrate:down\nSELECT 1;\n");
  std::vector<std::string> told;
  MigratorOptions options = Options();
  options.observer.step = [&](const MigrationStep& step) { told.push_back(step.version); };
  EXPECT_THAT(Summary(Migrator(options).Up()), HasSubstr("division by zero"));
  EXPECT_THAT(told, ::testing::ElementsAre("20240101000000"));
}

}  // namespace
}  // namespace rowkeeper::schema
