// What the database says its tables and columns are called.

#include "server/db/current_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/ddl.h"
#include "server/sql/declared_by.h"
#include "server/sql/identifier.h"
#include "server/sql/introspect.h"
#include "tests/support/eventually.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::db {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kShop[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Item {
  option (rowkeeper.v1.entity) = {table: "items"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string title = 2;
}
message Maker {
  option (rowkeeper.v1.entity) = {table: "makers"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
}
)";

class CurrentNamesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(catalogue_ != nullptr && database_.ok());
    Run(absl::StrJoin(sql::CreateTables({&item(), &maker()}), ";\n"));
    connection_ = Connect();
    ASSERT_NE(connection_, nullptr);
  }

  const catalogue::Entity& item() const { return *catalogue_->FindEntity("shop.v1.Item"); }
  const catalogue::Entity& maker() const { return *catalogue_->FindEntity("shop.v1.Maker"); }

  std::unique_ptr<Connection> Connect() {
    ConnectionOptions options;
    options.url = database_.url();
    auto connection = Connection::Open(options);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return connection.ok() ? *std::move(connection) : nullptr;
  }

  void Run(const std::string& sql) { database_.Run(sql); }
  static absl::StatusOr<Rows> Execute(Connection& connection, const std::string& text) {
    Query query;
    query.text = text;
    query.result = ResultShape::Any();
    return connection.Execute(query);
  }

  /// What the column of Item.title, or the table of Item, is called after the database has been asked.
  std::string Title(Connection& connection) {
    const auto now = names_.Read(connection);
    EXPECT_TRUE(now.ok()) << now.status();
    return now.ok() ? now->names->Of(item().columns[1]) : "";
  }
  std::string Table() {
    const auto now = names_.Read(*connection_);
    EXPECT_TRUE(now.ok()) << now.status();
    return now.ok() ? now->names->Of(item()) : "";
  }

  const std::unique_ptr<const catalogue::Catalogue> catalogue_ = testing::CompileProtoText(kShop);
  testing::ScratchDatabase database_{"names"};
  std::unique_ptr<Connection> connection_;
  CurrentNames names_{*catalogue_};
};

TEST_F(CurrentNamesTest, TheDatabaseReadsCommentsAsTheServerDoes) {
  for (const std::string comment : {"",
                                    "proto:",
                                    "proto: 3",
                                    "proto:3",
                                    "proto:3 words",
                                    "proto:3, in cents",
                                    "proto:3: in cents",
                                    "proto:3.",
                                    "proto:3...",
                                    "proto:...",
                                    "proto:3\tx",
                                    "proto:3\nx",
                                    "proto:-",
                                    "proto:none",
                                    "proto:none, really",
                                    "proto:shop.v1.Item",
                                    "proto:shop.v1.Item, all of them",
                                    "proto:shop.v1.Item.",
                                    "proto:3rd",
                                    "proto:3\u00a0x",
                                    "proto:\u00b3",
                                    "Proto:3",
                                    " proto:3",
                                    "proto:3\u2014x",
                                    "proto:a_b-c.d"}) {
    EXPECT_EQ(database_.Value(Cat("SELECT coalesce(", sql::IdentityIn(sql::Literal(comment)), ", '')")),
              sql::DeclaredBy::Read(comment).identity)
        << comment;
  }
}

/// What a transaction saw at its beginning is no news later.
TEST_F(CurrentNamesTest, AnOlderSnapshotDoesNotReplaceANewerOne) {
  const auto late = Connect();
  ASSERT_TRUE(Execute(*late, "BEGIN ISOLATION LEVEL REPEATABLE READ").ok());
  EXPECT_EQ(Title(*late), "title");
  Run("ALTER TABLE items RENAME title TO headline");
  EXPECT_EQ(Title(*connection_), "headline");
  const uint64_t revision = names_.revision();
  EXPECT_EQ(Title(*late), "headline") << "for that is what Read gives: what is known";
  EXPECT_EQ(names_.revision(), revision);
  ASSERT_TRUE(Execute(*late, "COMMIT").ok());
  Run("ALTER TABLE items RENAME headline TO title");
  EXPECT_EQ(Title(*late), "title");
}

/// Both see the same next transaction; in one of them the rename was under way.
TEST_F(CurrentNamesTest, ASnapshotFromBeforeACommitIsOlderThanOneAfterIt) {
  const auto renamer = Connect();
  ASSERT_TRUE(Execute(*renamer, "BEGIN").ok());
  ASSERT_TRUE(Execute(*renamer, "ALTER TABLE items RENAME title TO headline").ok());
  Run("CREATE TABLE later (id integer)");
  const auto late = Connect();
  ASSERT_TRUE(Execute(*late, "BEGIN ISOLATION LEVEL REPEATABLE READ").ok());
  EXPECT_EQ(Title(*late), "title");
  ASSERT_TRUE(Execute(*renamer, "COMMIT").ok());
  EXPECT_EQ(Title(*connection_), "headline");
  EXPECT_EQ(Title(*late), "headline");
}

/// Whose snapshot leaves its own transaction out: that does not make it newer.
TEST_F(CurrentNamesTest, ATransactionThatWritesCountsAsOneInProgressForItselfToo) {
  const auto writer = Connect(), renamer = Connect();
  ASSERT_TRUE(Execute(*writer, "BEGIN; CREATE TEMPORARY TABLE own (id integer)").ok());
  ASSERT_TRUE(Execute(*renamer, "BEGIN; ALTER TABLE items RENAME title TO headline").ok());
  Run("CREATE TABLE later (id integer)");
  const auto before = Execute(*writer, names_.query());
  ASSERT_TRUE(before.ok()) << before.status();
  ASSERT_TRUE(Execute(*renamer, "COMMIT").ok());
  EXPECT_EQ(Title(*connection_), "headline");
  CurrentNames::Turn late(&names_);
  EXPECT_EQ(late.Learn(*before).names->Of(item().columns[1]), "headline");
}

TEST_F(CurrentNamesTest, WhatNobodyHasToldIsInDoubt) {
  EXPECT_TRUE(names_.doubtful());
  EXPECT_EQ(Title(*connection_), "title");
  EXPECT_FALSE(names_.doubtful());
  names_.Doubt();
  EXPECT_TRUE(names_.doubtful());
  EXPECT_EQ(Title(*connection_), "title");
  EXPECT_FALSE(names_.doubtful());
}

TEST_F(CurrentNamesTest, WhoeverMeetsARenameAtOnceAsksOnceMoreAtMost) {
  const auto other = Connect();
  auto first = std::make_unique<CurrentNames::Turn>(&names_);
  ASSERT_TRUE(first->needed());
  constexpr int kThreads = 8;
  std::atomic<int> asked{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      CurrentNames::Turn turn(&names_);
      if (!turn.needed()) return;
      ++asked;
      EXPECT_TRUE(testing::Eventually([&] { return names_.waiting() == kThreads - 1; }));
      const auto rows = Execute(*other, names_.query());
      EXPECT_TRUE(rows.ok()) << rows.status();
      if (rows.ok()) turn.Learn(*rows);
    });
  }
  EXPECT_TRUE(testing::Eventually([&] { return names_.waiting() == kThreads; }));
  const auto rows = Execute(*connection_, names_.query());
  EXPECT_TRUE(rows.ok()) << rows.status();
  if (rows.ok()) first->Learn(*rows);
  first.reset();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(asked, 1) << "for what the first one heard may be older than what the others met";
  EXPECT_EQ(names_.questions(), 2u);
}

TEST_F(CurrentNamesTest, ATableIsFoundByItsMessageWhereNothingHasItsName) {
  EXPECT_EQ(Table(), "items");
  Run("ALTER TABLE items RENAME TO goods");
  EXPECT_EQ(Table(), "goods");
  Run("COMMENT ON TABLE goods IS 'proto:shop.v1.Item, all that we sell'");
  EXPECT_EQ(Table(), "goods");
  Run("CREATE TABLE more (LIKE goods); COMMENT ON TABLE more IS 'proto:shop.v1.Item'");
  EXPECT_EQ(Table(), "items") << "which is not there: two tables could be it";
}

TEST_F(CurrentNamesTest, ATableWithoutACommentIsNotUsedWhereAnotherOneHasTheMessage) {
  Run("ALTER TABLE items RENAME TO items_old; CREATE TABLE items (LIKE items_old INCLUDING ALL)");
  EXPECT_EQ(Table(), "proto:shop.v1.Item");
  Run("COMMENT ON TABLE items IS 'what we sell'");
  EXPECT_EQ(Table(), "proto:shop.v1.Item");
  Run("COMMENT ON TABLE items IS 'proto:shop.v2.Item'");
  EXPECT_EQ(Table(), "proto:shop.v1.Item") << "for the message may have been renamed";
  Run("COMMENT ON TABLE items IS 'proto:shop.v1.Item'");
  EXPECT_EQ(Table(), "items");
  Run("COMMENT ON TABLE items_old IS NULL; COMMENT ON TABLE items IS NULL");
  EXPECT_EQ(Table(), "items") << "for names alone decide where no comment does";
  Run("COMMENT ON TABLE items IS 'proto:shop.v2.Item'");
  EXPECT_EQ(Table(), "items");
}

TEST_F(CurrentNamesTest, TablesThatSwapNamesAreToldApart) {
  Run("ALTER TABLE items RENAME TO x; ALTER TABLE makers RENAME TO items; ALTER TABLE x RENAME TO makers");
  EXPECT_EQ(Table(), "makers");
  EXPECT_EQ(names_.Get().names->Of(maker()), "items");
  Run("DROP TABLE makers");
  EXPECT_EQ(Table(), "proto:shop.v1.Item") << "for what has its name is the table of makers";
}

/// One of them by the search path: a table that was the other one's before is not taken for it.
TEST_F(CurrentNamesTest, ATableThatTwoMessagesShareIsLeftToTheOneInItsComment) {
  const auto catalogue = testing::CompileProtoText(R"(syntax = "proto3";
    package shop.v1;
    import "rowkeeper/v1/annotations.proto";
    message Part {
      option (rowkeeper.v1.entity) = {table: "parts"};
      string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
    }
    message Spare {
      option (rowkeeper.v1.entity) = {table: "parts" schema: "away"};
      string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
    })");
  ASSERT_NE(catalogue, nullptr);
  const catalogue::Entity& spare = *catalogue->FindEntity("shop.v1.Spare");
  CurrentNames names(*catalogue);
  Run("CREATE SCHEMA away; CREATE TABLE away.parts (id uuid); COMMENT ON TABLE away.parts IS 'proto:shop.v1.Part'");
  ASSERT_TRUE(Execute(*connection_, "SET search_path = away, public").ok());
  ASSERT_TRUE(names.Read(*connection_).ok());
  EXPECT_EQ(names.Get().names->Of(spare), "parts");
  Run("CREATE TABLE away.old (id uuid); COMMENT ON TABLE away.old IS 'proto:shop.v1.Spare'");
  ASSERT_TRUE(names.Read(*connection_).ok());
  EXPECT_EQ(names.Get().names->Of(spare), "proto:shop.v1.Spare") << "which is not there: names and comments disagree";
  EXPECT_EQ(names.Get().names->Of(*catalogue->FindEntity("shop.v1.Part")), "parts");
}

TEST_F(CurrentNamesTest, APartitionIsNotTheTableWhateverItsCommentSays) {
  Run("ALTER TABLE items RENAME TO items_1; CREATE TABLE items (LIKE items_1 INCLUDING COMMENTS) PARTITION BY LIST "
      "(id); "
      "ALTER TABLE items ATTACH PARTITION items_1 DEFAULT");
  EXPECT_EQ(Table(), "items");
  Run("COMMENT ON TABLE items IS 'proto:shop.v1.Item'; ALTER TABLE items RENAME TO goods");
  EXPECT_EQ(Table(), "goods");
}

TEST_F(CurrentNamesTest, OnlyWhatTheSearchPathFindsCounts) {
  Run("CREATE SCHEMA away; ALTER TABLE items SET SCHEMA away");
  EXPECT_EQ(Table(), "items") << "which is not there";
  Run("CREATE TABLE items (id uuid)");
  EXPECT_EQ(Table(), "items");
  EXPECT_FALSE(names_.Get().names->Of(item()) != "items");
  Run("DROP TABLE items; ALTER TABLE away.items RENAME TO goods; ALTER TABLE away.goods SET SCHEMA public");
  EXPECT_EQ(Table(), "goods");
}

/// Each second it is asked what has changed. Comments are found by their index, however many tables there are.
TEST_F(CurrentNamesTest, NoProbeReadsAllComments) {
  Run("DO $$ BEGIN FOR i IN 1..40 LOOP EXECUTE format('CREATE SCHEMA tenant_%s', i); FOR j IN 1..12 LOOP "
      "EXECUTE format('CREATE TABLE tenant_%s.t%s (id integer, a integer, b integer, c integer, d integer)', i, j); "
      "EXECUTE format('COMMENT ON TABLE tenant_%s.t%s IS %L', i, j, 'proto:shop.v1.Item'); "
      "EXECUTE format('COMMENT ON COLUMN tenant_%s.t%s.id IS %L; COMMENT ON COLUMN tenant_%s.t%s.a IS %L', "
      "i, j, 'proto:1', i, j, 'proto:2'); END LOOP; END LOOP; END $$; COMMENT ON TABLE makers IS NULL; "
      "ANALYZE pg_catalog.pg_description; ANALYZE pg_catalog.pg_class");
  for (const std::string& query :
       {sql::TableVersionsQuery({sql::WantedTable(item()), sql::WantedTable(maker())}), names_.query()}) {
    const auto plan = Execute(*connection_, "EXPLAIN " + query);
    ASSERT_TRUE(plan.ok()) << plan.status();
    std::string text;
    for (int row = 0; row < plan->size(); ++row) text += Cat(plan->cell(row, 0), "\n");
    EXPECT_THAT(text, Not(HasSubstr("Seq Scan on pg_description")));
    EXPECT_THAT(text, HasSubstr("Index Scan using pg_description_o_c_o_index"));
  }
}

/// To compile such a query (jit_above_cost) takes PostgreSQL many times longer than to run it.
TEST_F(CurrentNamesTest, NoQuestionIsWorthToBeCompiledAmongThousandsOfTables) {
  for (int i = 0; i < 4; ++i) {  // each with locks of its own
    Run("DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE 'CREATE TABLE other_" + std::to_string(i) +
        "_' || i || ' ()'; END LOOP; END $$");
  }
  Run("COMMENT ON TABLE makers IS NULL; ANALYZE pg_catalog.pg_class; ANALYZE pg_catalog.pg_description; "
      "ANALYZE pg_catalog.pg_attribute; ANALYZE pg_catalog.pg_type");
  for (const std::string& query :
       {sql::TableVersionsQuery({sql::WantedTable(item()), sql::WantedTable(maker())}), names_.query()}) {
    const auto plan = Execute(*connection_, "EXPLAIN (FORMAT JSON) " + query);
    ASSERT_TRUE(plan.ok()) << plan.status();
    const auto parsed = nlohmann::json::parse(plan->cell(0, 0));
    EXPECT_LT(parsed[0]["Plan"]["Total Cost"].get<double>(), 20000) << "of 100000; " << query;
  }
}

}  // namespace
}  // namespace rowkeeper::db
