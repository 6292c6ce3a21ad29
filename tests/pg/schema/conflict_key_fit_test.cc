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
std::vector<std::string> MismatchesAfter(const std::string& change) {
  const auto catalogue = testing::CompileProtoText(kUpserts);
  if (catalogue == nullptr) return {};
  std::vector<const catalogue::Entity*> entities;
  for (const auto& entity : catalogue->entities()) entities.push_back(entity.get());
  testing::ScratchDatabase database("conflicts");
  database.Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
  database.Run(change);
  db::ConnectionOptions options;
  options.url = database.url();
  auto connection = db::Connection::Open(options);
  EXPECT_TRUE(connection.ok()) << connection.status();
  if (!connection.ok()) return {};
  const auto report = CheckFit(*catalogue, **connection);
  EXPECT_TRUE(report.ok()) << report.status();
  std::vector<std::string> sentences;
  for (const Mismatch& mismatch : report->mismatches) sentences.push_back(mismatch.ToString());
  return sentences;
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

}  // namespace
}  // namespace rowkeeper::schema
