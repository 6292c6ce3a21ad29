#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

class PreparedTest : public DbTest {
 protected:
  static absl::StatusOr<Rows> RunPrepared(Connection& connection, std::string_view sql,
                                          const std::vector<Param>& params = {}) {
    Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    query.name = testing::NameOf(sql);
    query.params = &params;
    return connection.Execute(query);
  }

  static std::string CountPrepared(Connection& connection) {
    // Beside those there is one that asks for the ids of transactions.
    return Value(connection, "SELECT count(*) FROM pg_prepared_statements WHERE name <> 'rowkeeper_transaction_id'");
  }
};

TEST_F(PreparedTest, StatementIsPreparedOnceUnderTheNameOfItsText) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  for (int i = 0; i < 5; ++i) {
    const auto rows = RunPrepared(*connection, "SELECT $1::int + 1", {std::to_string(i)});
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_EQ(rows->cell(0, 0), std::to_string(i + 1));
  }
  EXPECT_EQ(CountPrepared(*connection), "1");
  EXPECT_EQ(Value(*connection, "SELECT generic_plans + custom_plans FROM pg_prepared_statements"), "5");
  EXPECT_EQ(Value(*connection, "SELECT name FROM pg_prepared_statements"),
            testing::NameOf("SELECT $1::int + 1")->str());
}

TEST_F(PreparedTest, LeastRecentlyUsedIsDeallocated) {
  ConnectionOptions options = Options();
  options.prepared_statements = 3;
  auto connection = Open(options);
  ASSERT_NE(connection, nullptr);
  for (uint64_t id = 1; id <= 20; ++id) {
    ASSERT_TRUE(RunPrepared(*connection, "SELECT 'kept'").ok());
    const auto rows = RunPrepared(*connection, Cat("SELECT ", id));
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_EQ(rows->cell(0, 0), std::to_string(id));
  }
  // One more than the bound may wait for its DEALLOCATE.
  EXPECT_LE(std::stoi(CountPrepared(*connection)), 4);
  EXPECT_EQ(Value(*connection,
                  "SELECT generic_plans + custom_plans FROM pg_prepared_statements "
                  "WHERE statement = 'SELECT ''kept'''"),
            "20");
}

TEST_F(PreparedTest, EvictionInsideATransactionDoesNotDisturbIt) {
  ConnectionOptions options = Options();
  options.prepared_statements = 1;
  auto connection = Open(options);
  ASSERT_NE(connection, nullptr);
  ASSERT_TRUE(Run(*connection, "BEGIN").ok());
  for (uint64_t id = 1; id <= 10; ++id) ASSERT_TRUE(RunPrepared(*connection, Cat("SELECT ", id)).ok());
  EXPECT_TRUE(Run(*connection, "COMMIT").ok());
  ASSERT_TRUE(RunPrepared(*connection, "SELECT 11").ok());
  EXPECT_LE(std::stoi(CountPrepared(*connection)), 2);
}

TEST_F(PreparedTest, ChangedTableIsPreparedAgainUnseen) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  scratch().Run("CREATE TABLE changing (a int); INSERT INTO changing VALUES (1)");
  for (int columns = 1; columns <= 4; ++columns) {
    const auto rows = RunPrepared(*connection, "SELECT * FROM changing");
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_EQ(rows->columns(), columns);
    scratch().Run(Cat("ALTER TABLE changing ADD COLUMN c", columns, " int"));
  }
}

/// Then a statement's own errors have a context too.
TEST_F(PreparedTest, ChangedTableIsPreparedAgainWhereErrorsCarryTheirParameters) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  ASSERT_TRUE(Run(*connection, "SET log_parameter_max_length_on_error = 100").ok());
  scratch().Run("CREATE TABLE changing_slowly (a int); INSERT INTO changing_slowly VALUES (1)");
  for (int columns = 1; columns <= 2; ++columns) {
    const auto rows = RunPrepared(*connection, "SELECT * FROM changing_slowly WHERE a = $1", {"1"});
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_EQ(rows->columns(), columns);
    scratch().Run(Cat("ALTER TABLE changing_slowly ADD COLUMN c", columns, " int"));
  }
}

TEST_F(PreparedTest, ChangedTableInsideATransactionAsksForARerun) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  scratch().Run("CREATE TABLE changing_too (a int)");
  ASSERT_TRUE(RunPrepared(*connection, "SELECT * FROM changing_too").ok());
  ASSERT_TRUE(Run(*connection, "BEGIN").ok());
  ASSERT_TRUE(Run(*connection, "SELECT 1").ok());
  scratch().Run("ALTER TABLE changing_too ADD COLUMN b int");
  EXPECT_EQ(Reason(RunPrepared(*connection, "SELECT * FROM changing_too")), "SERIALIZATION_FAILURE");
  ASSERT_TRUE(Run(*connection, "ROLLBACK").ok());
  const auto rows = RunPrepared(*connection, "SELECT * FROM changing_too");
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->columns(), 2);
}

TEST_F(PreparedTest, DiscardedPlansArePreparedAgain) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  ASSERT_TRUE(RunPrepared(*connection, "SELECT 1").ok());
  ASSERT_TRUE(Run(*connection, "DEALLOCATE ALL").ok());
  const auto rows = RunPrepared(*connection, "SELECT 1");
  EXPECT_TRUE(rows.ok()) << rows.status();
}

TEST_F(PreparedTest, UnsupportedFeatureIsNotTriedForEver) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  constexpr char kSql[] = "SELECT set_config('TimeZone', $1, false), to_char(now(), 'OF')";
  ASSERT_TRUE(RunPrepared(*connection, kSql, {"UTC"}).ok());
  scratch().Run(
      "CREATE FUNCTION unsupported() RETURNS int LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '0A000'; END $$");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Reason(RunPrepared(*connection, "SELECT unsupported()")), "TRIGGER_REFUSED");
  EXPECT_EQ(Value(*connection, "SELECT 1"), "1");
}

TEST_F(PreparedTest, FailedPreparationIsMappedAndNotRemembered) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  EXPECT_EQ(Reason(RunPrepared(*connection, "SELECT * FROM later")), "SCHEMA_MISMATCH");
  scratch().Run("CREATE TABLE later (a int)");
  EXPECT_EQ(Reason(RunPrepared(*connection, "SELECT * FROM later")), "OK");
}

}  // namespace
}  // namespace rowkeeper::db
