#include "server/schema/migration_verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/schema/migration_script.h"
#include "tests/pg/schema/migration_fixture.h"

namespace rowkeeper::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MigrationVerifyTest : public MigrationTest {
 protected:
  VerifiedMigrations Verify() {
    auto verified = VerifyMigrations(Options(), [this](const std::string& path) { heard_.push_back(path); });
    EXPECT_TRUE(verified.ok()) << verified.status();
    return verified.ok() ? *std::move(verified) : VerifiedMigrations();
  }

  std::string LeftDatabases() {
    return database_.Value("SELECT count(*) FROM pg_database WHERE datname LIKE 'rowkeeper_verify_%'");
  }

  /// Runs a script as psql would, its first line left out, which is for psql alone.
  void RunScript(const absl::StatusOr<std::string>& script) {
    ASSERT_TRUE(script.ok()) << script.status();
    EXPECT_THAT(*script, ::testing::StartsWith("\\set ON_ERROR_STOP on\n"));
    database_.Run(script->substr(script->find('\n')));
  }

  std::vector<std::string> heard_;
};

TEST_F(MigrationVerifyTest, AcceptsMigrationsThatUndoWhatTheyDidAndLeavesNothingBehind) {
  const std::string before = LeftDatabases();
  WriteTable("20240101000000", "a");
  Write("20240102000000_index.sql",
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY by_id ON a (id);\n\n"
        "-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY by_id;\n");
  const VerifiedMigrations verified = Verify();
  EXPECT_EQ(verified.files, 2);
  EXPECT_THAT(verified.irreversible, IsEmpty());
  EXPECT_EQ(heard_.size(), 2u);
  EXPECT_EQ(LeftDatabases(), before);
  EXPECT_FALSE(HasTable("a"));
}

TEST_F(MigrationVerifyTest, DropsWhatAKilledOneLeftAnHourAgoAndNothingElse) {
  const std::vector<std::string> kept = {"rowkeeper_verify_29990101000000_0123456789ab",
                                         "rowkeeper_verify_20200101000000_mine", "rowkeeper_verify_0123456789ab"};
  const std::string stale = "rowkeeper_verify_20200101000000_0123456789ab";
  for (const std::string& name : kept) database_.Run("CREATE DATABASE " + name);
  database_.Run("CREATE DATABASE " + stale);
  WriteTable("20240101000000", "a");
  Verify();
  const auto exists = [this](const std::string& name) {
    return database_.Value("SELECT count(*) FROM pg_database WHERE datname = '" + name + "'") == "1";
  };
  EXPECT_FALSE(exists(stale));
  for (const std::string& name : kept) {
    EXPECT_TRUE(exists(name)) << name;
    database_.Run("DROP DATABASE " + name);
  }
}

TEST_F(MigrationVerifyTest, TellsWhatADownBlockDoesNotUndo) {
  WriteTable("20240101000000", "a");
  Write("20240102000000_more.sql",
        "-- migrate:up\nALTER TABLE a ADD b int, ALTER id SET DEFAULT 7;\n\n-- migrate:down\n"
        "ALTER TABLE a DROP b, ALTER id SET DEFAULT 8;\n");
  const VerifiedMigrations verified = Verify();
  ASSERT_EQ(verified.irreversible.size(), 1u);
  const IrreversibleMigration& migration = verified.irreversible[0];
  EXPECT_THAT(migration.path, HasSubstr("20240102000000_more.sql"));
  EXPECT_EQ(migration.when, IrreversibleMigration::When::kDown);
  EXPECT_THAT(migration.missing, ElementsAre("column public.a id integer"));
  EXPECT_THAT(migration.unexpected, ElementsAre("column public.a id integer default 8"));
}

TEST_F(MigrationVerifyTest, TellsWhenTheSecondUpDoesSomethingElse) {
  Write("20240101000000_once.sql",
        "-- migrate:up\nCREATE TABLE IF NOT EXISTS a (id int);\nALTER TABLE a ADD COLUMN IF NOT EXISTS b int;\n"
        "COMMENT ON TABLE a IS 'x';\n\n-- migrate:down\nDROP TABLE a; CREATE TABLE a (b text);\n");
  const VerifiedMigrations verified = Verify();
  ASSERT_EQ(verified.irreversible.size(), 2u);
  EXPECT_EQ(verified.irreversible[1].when, IrreversibleMigration::When::kSecondUp);
  EXPECT_THAT(verified.irreversible[1].missing, ElementsAre("column public.a b integer", "column public.a id integer"));
}

TEST_F(MigrationVerifyTest, TellsWhatADownBlockLeftInTheWayOfTheSecondUp) {
  Write("20240101000000_rest.sql", "-- migrate:up\nCREATE TABLE a (id int);\n\n-- migrate:down\nSELECT 1;\n");
  WriteTable("20240102000000", "b");
  const VerifiedMigrations verified = Verify();
  EXPECT_EQ(verified.files, 0);
  ASSERT_EQ(verified.irreversible.size(), 1u);
  EXPECT_THAT(verified.irreversible[0].unexpected,
              ElementsAre("column public.a id integer", "relation public.a r p f"));
}

TEST_F(MigrationVerifyTest, NamesAFileThatCannotBeRun) {
  Write("20240101000000_bad.sql", "-- migrate:up\nCREATE TABLE a (id nothing);\n\n-- migrate:down\nDROP TABLE a;\n");
  const auto verified = VerifyMigrations(Options(), nullptr);
  EXPECT_THAT(std::string(verified.status().message()), HasSubstr("20240101000000_bad.sql:2"));
}

TEST_F(MigrationVerifyTest, AScriptDoesWhatUpAndDownDo) {
  WriteTable("20240101000000", "a");
  WriteTable("20240102000000", "b");
  WriteTable("20240103000000", "c");
  RunScript(MigrationScript(directory_, "schema_migrations", {"base", "20240102000000"}));
  EXPECT_EQ(Summary(Runner().Status()), "20240101000000 applied,20240102000000 applied,20240103000000 pending");
  EXPECT_TRUE(HasTable("b"));
  RunScript(MigrationScript(directory_, "schema_migrations", {"20240102000000_b.sql", "head"}));
  EXPECT_EQ(Summary(Runner().Up()), "");
  RunScript(MigrationScript(directory_, "schema_migrations", {"head", "20240101000000"}));
  EXPECT_EQ(Applied(), "20240101000000");
  EXPECT_FALSE(HasTable("b"));
}

TEST_F(MigrationVerifyTest, AScriptBetweenEqualVersionsIsEmptyAndAnUnknownOneIsAnError) {
  WriteTable("20240101000000", "a");
  const auto nothing = MigrationScript(directory_, "schema_migrations", {"head", "20240101000000"});
  ASSERT_TRUE(nothing.ok());
  EXPECT_EQ(*nothing, "");
  EXPECT_EQ(MigrationScript(directory_, "schema_migrations", {"base", "2"}).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace rowkeeper::schema
