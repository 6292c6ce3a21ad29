#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/schema/fit.h"
#include "server/sql/ddl.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kUpserts[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Item {
  option (rowkeeper.v1.entity) = {table: "item", unique_keys: {fields: ["shop", "code"]}};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string shop = 2;
  string code = 3;
  string tag = 4 [(rowkeeper.v1.column).unique = true];
}
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc Upsert(Row) returns (Item);
  rpc Import(stream Rows) returns (stream Imported) {
    option (rowkeeper.v1.method).conflict_fields = "code";
    option (rowkeeper.v1.method).conflict_fields = "shop";
  }
}
message Row { Item item = 1; }
message Rows { repeated Item items = 1; }
message Imported { int64 imported = 1; }
)";

/// The mismatches of a database that was made for kUpserts and then changed.
std::vector<std::string> MismatchesAfter(const std::string& change, testing::ScratchDatabase* database) {
  const auto catalogue = testing::CompileProtoText(kUpserts);
  if (catalogue == nullptr) return {};
  std::vector<const catalogue::Entity*> entities;
  for (const auto& entity : catalogue->entities()) entities.push_back(entity.get());
  database->Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
  database->Run(change);
  db::ConnectionOptions options;
  options.url = database->url();
  auto connection = db::Connection::Open(options);
  EXPECT_TRUE(connection.ok()) << connection.status();
  if (!connection.ok()) return {};
  const auto report = CheckFit(*catalogue, **connection);
  EXPECT_TRUE(report.ok()) << report.status();
  std::vector<std::string> sentences;
  for (const Mismatch& mismatch : report->mismatches) sentences.push_back(mismatch.ToString());
  return sentences;
}

std::vector<std::string> MismatchesAfter(const std::string& change) {
  testing::ScratchDatabase database("conflicts");
  return MismatchesAfter(change, &database);
}

TEST(ConflictKeyFit, KeysThatUpsertsLookByMustNotBeDeferrable) {
  EXPECT_THAT(
      MismatchesAfter("ALTER TABLE item DROP CONSTRAINT uq_item_shop_code, ADD CONSTRAINT other UNIQUE (shop, "
                      "code) DEFERRABLE INITIALLY DEFERRED"),
      ElementsAre("shop.v1.Item: table \"item\" has the deferrable key \"other\", by which Import looks for "
                  "rows, but PostgreSQL has no ON CONFLICT for deferrable keys; name the fields of another key "
                  "with conflict_fields, or run: ALTER TABLE \"item\" DROP CONSTRAINT \"other\", ADD CONSTRAINT "
                  "\"other\" UNIQUE (\"shop\", \"code\") (foreign keys that reference it have to be dropped first)"));
  EXPECT_THAT(
      MismatchesAfter("ALTER TABLE item DROP CONSTRAINT pk_item, ADD CONSTRAINT pk_item PRIMARY KEY (id) DEFERRABLE"),
      ElementsAre(
          "shop.v1.Item: table \"item\" has the deferrable key \"pk_item\", by which Upsert looks for "
          "rows, but PostgreSQL has no ON CONFLICT for deferrable keys; name the fields of another key "
          "with conflict_fields, or run: ALTER TABLE \"item\" DROP CONSTRAINT \"pk_item\", ADD "
          "CONSTRAINT \"pk_item\" PRIMARY KEY (\"id\") (foreign keys that reference it have to be dropped first)"));
}

TEST(ConflictKeyFit, OneDeferrableKeyBesideAnotherOverTheSameColumnsIsOneTooMany) {
  EXPECT_EQ(MismatchesAfter("ALTER TABLE item ADD CONSTRAINT twin UNIQUE (code, shop) DEFERRABLE").size(), 1u);
}

TEST(ConflictKeyFit, OtherKeysMayBeDeferrable) {
  EXPECT_THAT(MismatchesAfter("ALTER TABLE item DROP CONSTRAINT uq_item_tag, ADD UNIQUE (tag) DEFERRABLE"), IsEmpty());
}

/// A unique key in the place of (shop, code). Whatever PostgreSQL finds it by, ON CONFLICT must work where the fit says
/// so.
struct Key {
  std::string name;
  std::string sql;
};

std::vector<Key> Keys() {
  const std::string drop = "ALTER TABLE item DROP CONSTRAINT uq_item_shop_code; ";
  return {
      {"constraint", drop + "ALTER TABLE item ADD UNIQUE (shop, code)"},
      {"constraint in another order", drop + "ALTER TABLE item ADD UNIQUE (code, shop)"},
      {"index", drop + "CREATE UNIQUE INDEX ON item (shop, code)"},
      {"descending", drop + "CREATE UNIQUE INDEX ON item (shop DESC NULLS LAST, code)"},
      {"INCLUDE", drop + "CREATE UNIQUE INDEX ON item (shop, code) INCLUDE (tag)"},
      {"operator class", drop + "CREATE UNIQUE INDEX ON item (shop text_pattern_ops, code)"},
      {"another deterministic collation", drop + "CREATE UNIQUE INDEX ON item (shop COLLATE \"POSIX\", code)"},
      {"NULLS NOT DISTINCT", drop + "CREATE UNIQUE INDEX ON item (shop, code) NULLS NOT DISTINCT"},
      {"partitions",
       "CREATE TABLE whole (LIKE item INCLUDING DEFAULTS) PARTITION BY HASH (code); ALTER TABLE whole ADD UNIQUE "
       "(shop, "
       "code), ADD PRIMARY KEY (id, code); DROP TABLE item; ALTER TABLE whole RENAME TO item; CREATE TABLE item_0 "
       "PARTITION OF item FOR VALUES WITH (MODULUS 1, REMAINDER 0)"},
      {"none", drop},
      {"no unique one", drop + "CREATE INDEX ON item (shop, code)"},
      {"part of the columns", drop + "CREATE UNIQUE INDEX ON item (shop)"},
      {"more columns", drop + "CREATE UNIQUE INDEX ON item (shop, code, tag)"},
      {"partial", drop + "CREATE UNIQUE INDEX ON item (shop, code) WHERE id > 0"},
      {"expression", drop + "CREATE UNIQUE INDEX ON item (lower(shop), code)"},
      {"deferrable", drop + "ALTER TABLE item ADD UNIQUE (shop, code) DEFERRABLE"},
      {"deferred beside another", "ALTER TABLE item ADD UNIQUE (shop, code) DEFERRABLE INITIALLY DEFERRED"},
      {"exclusion", drop + "ALTER TABLE item ADD EXCLUDE USING btree (shop WITH =, code WITH =)"},
      {"invalid", drop + "CREATE UNIQUE INDEX half ON item (shop, code); UPDATE pg_index SET indisvalid = false WHERE "
                         "indexrelid = 'half'::regclass"},
  };
}

TEST(ConflictKeyFit, FitsWhereAndOnlyWherePostgresFindsTheKey) {
  constexpr char kUpsert[] =
      "INSERT INTO item (id, shop, code, tag) OVERRIDING SYSTEM VALUE VALUES (1, 'a', 'b', 'c') ON CONFLICT (shop, "
      "code) DO UPDATE SET tag = 'd' RETURNING tag";
  for (const Key& key : Keys()) {
    SCOPED_TRACE(key.name);
    testing::ScratchDatabase database("conflict_kinds");
    std::vector<std::string> about_the_key;
    const std::vector<std::string> sentences = MismatchesAfter(key.sql, &database);
    for (const std::string& sentence : sentences) {
      const bool about_it = sentence.find(R"("shop", "code")") != std::string::npos ||
                            sentence.find("deferrable key") != std::string::npos;
      if (about_it) about_the_key.push_back(sentence);
    }
    db::ConnectionOptions options;
    options.url = database.url();
    const auto connection = db::Connection::Open(options);
    ASSERT_TRUE(connection.ok());
    db::Query upsert;
    upsert.text = kUpsert;
    upsert.effect = db::Query::Effect::kWrite;
    upsert.result = ResultShape::Any();
    const auto first = (*connection)->Execute(upsert);
    const auto second = first.ok() ? (*connection)->Execute(upsert) : first;
    const bool works = second.ok() && second->cell(0, 0) == "d";
    EXPECT_EQ(about_the_key.empty(), works) << second.status() << "\n" << absl::StrJoin(sentences, "\n");
  }
}

}  // namespace
}  // namespace rowkeeper::schema
