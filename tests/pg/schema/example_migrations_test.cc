#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/schema/fit.h"
#include "server/sql/ddl.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"
#include "tests/support/sql_file.h"

namespace rowkeeper::schema {
namespace {

using ::testing::IsEmpty;

std::unique_ptr<db::Connection> Connect(const testing::ScratchDatabase& database) {
  db::ConnectionOptions options;
  options.url = database.url();
  auto connection = db::Connection::Open(options);
  EXPECT_TRUE(connection.ok()) << connection.status();
  return connection.ok() ? *std::move(connection) : nullptr;
}

/// Everything that the catalogs say about the tables, one fact a line, sorted within each table.
std::vector<std::string> Describe(const catalogue::Catalogue& catalogue, const LiveSchema& live) {
  std::vector<std::string> lines;
  for (const auto& entity : catalogue.entities()) {
    const LiveTable& table = live.Of(*entity);
    std::vector<std::string> facts;
    for (const LiveColumn& column : table.columns) {
      facts.push_back(absl::StrCat("column ", column.name, " ", column.type, column.not_null ? " NOT NULL" : "",
                                   " default ", column.default_sql.value_or("none"), " identity ",
                                   static_cast<int>(column.identity), column.generated ? " generated" : "", " comment ",
                                   column.comment, " labels ", absl::StrJoin(column.enum_labels, ",")));
    }
    for (const LiveIndex& index : table.indexes) {
      facts.push_back(absl::StrCat(index.primary ? "primary " : "", index.definition));
    }
    for (const LiveConstraint& constraint : table.constraints) {
      facts.push_back(absl::StrCat("constraint ", constraint.name, " ", constraint.definition));
    }
    std::sort(facts.begin(), facts.end());
    for (const std::string& fact : facts) lines.push_back(absl::StrCat(entity->table, ": ", fact));
  }
  return lines;
}

/// One of the example catalogues with its migrations.
class ExampleMigrations : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string name = GetParam();
    catalogue_ = testing::CompileExample(name + "/v1");
    ASSERT_NE(catalogue_, nullptr);
    folder_ = "migrations/" + name;
    migrations_ = testing::ReadMigrations(folder_);
    ASSERT_TRUE(migrated_.ok());
  }

  void Up() {
    for (const auto& migration : migrations_) {
      SCOPED_TRACE(migration.name);
      migrated_.Run(migration.up);
    }
  }

  void InitData() {
    for (const std::string& path : testing::SqlFiles(folder_ + "/init_data")) {
      SCOPED_TRACE(path);
      migrated_.Run(testing::ReadFile(path));
    }
  }

  std::vector<const catalogue::Entity*> Entities() const {
    std::vector<const catalogue::Entity*> entities;
    for (const auto& entity : catalogue_->entities()) entities.push_back(entity.get());
    return entities;
  }

  std::vector<std::string> Describe(const testing::ScratchDatabase& database) const {
    auto connection = Connect(database);
    if (connection == nullptr) return {};
    auto live = LiveSchema::Read(*catalogue_, *connection);
    EXPECT_TRUE(live.ok()) << live.status();
    return live.ok() ? schema::Describe(*catalogue_, *live) : std::vector<std::string>();
  }

  /// The entities' tables, and the names of all others.
  std::vector<std::string> DescribeAll() {
    std::vector<std::string> lines = Describe(migrated_);
    lines.push_back(
        migrated_.Value("SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_class "
                        "WHERE relnamespace = 'public'::regnamespace"));
    return lines;
  }

  /// All rows of all tables, as one text.
  std::string AllRows() {
    std::string rows;
    for (const catalogue::Entity* entity : Entities()) {
      absl::StrAppend(&rows,
                      migrated_.Value(absl::StrCat("SELECT coalesce(json_agg(t ORDER BY t::text)::text, '') FROM \"",
                                                   entity->table, "\" t")));
    }
    return rows;
  }

  std::unique_ptr<const catalogue::Catalogue> catalogue_;
  std::string folder_;
  std::vector<testing::MigrationHalves> migrations_;
  testing::ScratchDatabase migrated_{"migrated"};
};

TEST_P(ExampleMigrations, MakeADatabaseThatFitsTheCatalogue) {
  Up();
  auto connection = Connect(migrated_);
  ASSERT_NE(connection, nullptr);
  auto report = CheckFit(*catalogue_, *connection);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->fits()) << report->ToString();
  EXPECT_THAT(report->advice, IsEmpty());
}

TEST_P(ExampleMigrations, MakeWhatTheCatalogueDeclares) {
  Up();
  testing::ScratchDatabase declared("declared");
  ASSERT_TRUE(declared.ok());
  declared.Run(absl::StrJoin(sql::CreateTables(Entities()), ";\n"));
  const std::vector<std::string> expected = Describe(declared);
  EXPECT_GT(expected.size(), 10 * catalogue_->entities().size());
  EXPECT_EQ(Describe(migrated_), expected);
}

TEST_P(ExampleMigrations, AreSeveralAndEachDownUndoesItsUp) {
  EXPECT_GT(migrations_.size(), 3u);
  std::vector<std::vector<std::string>> before;
  for (const auto& migration : migrations_) {
    SCOPED_TRACE(migration.name);
    before.push_back(DescribeAll());
    migrated_.Run(migration.up);
    EXPECT_NE(DescribeAll(), before.back()) << "the up changes nothing";
  }
  for (size_t i = migrations_.size(); i-- > 0;) {
    SCOPED_TRACE(migrations_[i].name);
    migrated_.Run(migrations_[i].down);
    EXPECT_EQ(DescribeAll(), before[i]);
  }
  EXPECT_EQ(migrated_.Value("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
                            "WHERE nspname = 'public'"),
            "0");
  EXPECT_EQ(migrated_.Value("SELECT count(*) FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace "
                            "WHERE nspname = 'public'"),
            "0");
  Up();
}

TEST_P(ExampleMigrations, InitDataMayRunTwice) {
  Up();
  InitData();
  const std::string rows = AllRows();
  EXPECT_NE(rows, "");
  InitData();
  EXPECT_EQ(AllRows(), rows);
}

INSTANTIATE_TEST_SUITE_P(Examples, ExampleMigrations, ::testing::Values("planner", "tracker"),
                         [](const auto& example) { return std::string(example.param); });

}  // namespace
}  // namespace rowkeeper::schema
