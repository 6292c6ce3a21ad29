#include <gmock/gmock.h>

#include "server/schema/migration_file.h"
#include "server/sql/backfill_sql.h"
#include "server/sql/ddl.h"
#include "tests/pg/schema/migration_fixture.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::schema {
namespace {

using ::testing::HasSubstr;

/// SEEDS row 17: data migrations, in batches.
class DataMigration : public MigrationTest {
 protected:
  void SetUp() override {
    MigrationTest::SetUp();
    catalogue_ = testing::CompileExample("planner/v1");
    ASSERT_NE(catalogue_, nullptr);
    for (const char* name : {"planner.v1.Profile", "planner.v1.Todo"}) {
      for (const std::string& statement : sql::CreateTables({catalogue_->FindEntity(name)})) database_.Run(statement);
    }
    database_.Run("INSERT INTO profiles (email, handle, display_name) VALUES ('a@b', 'a', 'A')");
    database_.Run(
        "INSERT INTO todos (owner_id, title, priority) SELECT (SELECT id FROM profiles), 'todo ' || n, "
        "n % 10 FROM generate_series(1, 2500) n");
  }

  std::string NewFile(const sql::Backfill& backfill) {
    MigrationBody body;
    body.up = {sql::BackfillStatement(backfill)};
    body.transaction = MigrationBody::Transaction::kNone;
    const auto path = Runner().New("backfill", body);
    EXPECT_TRUE(path.ok()) << path.status();
    return path.ok() ? *path : "";
  }

  sql::Backfill OfTodos(const std::string& set, const std::string& where) {
    return {catalogue_->FindEntity("planner.v1.Todo"), set, where, 1000};
  }

  std::string One(const std::string& query) { return database_.Value(query); }

  std::unique_ptr<const catalogue::Catalogue> catalogue_;
};

TEST_F(DataMigration, RunsInBatchesThatAreTransactionsOfTheirOwn) {
  NewFile(OfTodos("priority = 100", "priority >= 0"));
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("+"));
  EXPECT_EQ(One("SELECT count(*) FROM todos WHERE priority = 100"), "2500");
  EXPECT_EQ(One("SELECT count(DISTINCT xmin::text) FROM todos"), "3");
}

TEST_F(DataMigration, ChangesOnlyTheRowsOfItsConditionAndTheirVersions) {
  NewFile(OfTodos("notes = 'it''s important' -- marked", "priority = 9 -- the highest"));
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("+"));
  EXPECT_EQ(One("SELECT count(*) FROM todos WHERE notes = 'it''s important'"), "250");
  EXPECT_EQ(One("SELECT count(*) FROM todos WHERE (version = 2) <> (priority = 9)"), "0");
  EXPECT_EQ(One("SELECT count(*) FROM todos WHERE (updated_at > created_at) <> (priority = 9)"), "0");
}

TEST_F(DataMigration, EndsHoweverManyRowsComeMeanwhile) {
  database_.Run(
      "CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO todos (owner_id, title, "
      "priority) "
      "SELECT (SELECT id FROM profiles), 'late', 100 FROM generate_series(1, 1000) WHERE "
      "(SELECT count(*) FROM todos) < 20000; RETURN NULL; END $$");
  database_.Run("CREATE TRIGGER more AFTER UPDATE ON todos FOR EACH STATEMENT EXECUTE FUNCTION more()");
  NewFile(OfTodos("priority = priority + 1000", ""));
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("+"));
  EXPECT_EQ(One("SELECT count(*) FROM todos WHERE title <> 'late' AND priority < 1000"), "0");
  EXPECT_EQ(One("SELECT count(*) < 10000 FROM todos WHERE title = 'late'"), "t") << "some for each batch";
}

TEST_F(DataMigration, OfATableWithoutRowsDoesNothing) {
  database_.Run("DELETE FROM todos");
  NewFile(OfTodos("priority = 1", ""));
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("+"));
}

TEST_F(DataMigration, GoesOnAfterAnInterruption) {
  database_.Run(
      "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF (SELECT count(*) FROM todos WHERE priority = 100) >= 1000 THEN RAISE 'stopped'; END IF; "
      "RETURN NEW; END $$");
  database_.Run("CREATE TRIGGER stop BEFORE UPDATE ON todos FOR EACH STATEMENT EXECUTE FUNCTION stop()");
  NewFile(OfTodos("priority = 100", "priority <> 100"));
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("stopped"));
  EXPECT_EQ(One("SELECT count(*) FROM todos WHERE priority = 100"), "1000") << "the batch before is kept";
  database_.Run("DROP TRIGGER stop ON todos");
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("+"));
  EXPECT_EQ(One("SELECT count(*) FROM todos WHERE priority = 100"), "2500");
  EXPECT_EQ(One("SELECT max(version) FROM todos"), "2") << "no row was changed twice";
}

}  // namespace
}  // namespace rowkeeper::schema
