#include <string>

#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kStock[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "rowkeeper/v1/annotations.proto";
message Item {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column) = {primary_key: true, output_only: true}];
  int32 price = 2;
  int32 gross = 3 [(rowkeeper.v1.column).output_only = true];
  optional string note = 4;
}
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc Create(ItemRequest) returns (Item);
  rpc Update(ItemUpdate) returns (Item);
  rpc BatchCreate(ItemsRequest) returns (Items);
  rpc BatchUpdate(ItemsUpdate) returns (Items);
  rpc Delete(ItemKey) returns (google.protobuf.Empty);
}
message ItemRequest { Item item = 1; }
message ItemUpdate { Item item = 1; google.protobuf.FieldMask update_mask = 2; }
message ItemsRequest { repeated Item items = 1; }
message ItemsUpdate { repeated Item items = 1; google.protobuf.FieldMask update_mask = 2; }
message Items { repeated Item items = 1; }
message ItemKey { int64 id = 1; }
message Part {
  option (rowkeeper.v1.entity) = {};
  int64 tenant_id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 id = 2 [(rowkeeper.v1.column) = {primary_key: true, output_only: true}];
  string name = 3;
}
service PartRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Part";
  rpc Create(PartRequest) returns (Part);
  rpc Update(PartUpdate) returns (Part);
}
message PartRequest { Part part = 1; }
message PartUpdate { Part part = 1; google.protobuf.FieldMask update_mask = 2; }
message Country {
  option (rowkeeper.v1.entity) = {table: "countries"};
  string code = 1 [(rowkeeper.v1.column).primary_key = true];
  string name = 2;
}
service CountryRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Country";
  rpc Create(CountryRequest) returns (Country);
  rpc BatchCreate(CountriesRequest) returns (google.protobuf.Empty);
}
message CountryRequest { Country country = 1; }
message CountriesRequest { repeated Country countries = 1; }
)";

constexpr char kTables[] = R"(
  CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, price integer NOT NULL,
                      gross integer NOT NULL GENERATED ALWAYS AS (price * 2) STORED, note text);
  CREATE TABLE parts (tenant_id bigint, id bigint GENERATED ALWAYS AS IDENTITY, name text NOT NULL,
                      PRIMARY KEY (tenant_id, id));
  CREATE TABLE countries (code text PRIMARY KEY, name text NOT NULL);
)";

/// A server over tables that somebody else made.
class ExistingTablesTest : public ::testing::Test {
 protected:
  static InProcessServer::Options NoTables() {
    InProcessServer::Options options;
    options.time = InProcessServer::Options::Time::kStill;
    options.schema = InProcessServer::Options::Schema::kLeaveEmpty;
    return options;
  }
  bool Serves(const std::string& tables) {
    server_.database().Run(tables);
    return server_.AdvanceUntil([this] { return server_.IsServing(); });
  }

  InProcessServer server_{CompileProtoText(kStock), NoTables()};
};

TEST_F(ExistingTablesTest, WhatTheDatabaseGeneratesIsLeftToIt) {
  ASSERT_TRUE(Serves(kTables));
  // What a request says of such fields is ignored.
  const Json made = server_.MustCall("ItemRepository.Create", {{"item", {{"price", 3}, {"gross", 99}, {"id", 77}}}});
  EXPECT_EQ(made, (Json{{"id", "1"}, {"price", 3}, {"gross", 6}}));
  EXPECT_EQ(server_.MustCall("ItemRepository.Update", {{"item", {{"id", 1}, {"price", 5}}}, {"update_mask", "price"}}),
            (Json{{"id", "1"}, {"price", 5}, {"gross", 10}}));
  EXPECT_EQ(server_.MustCall("ItemRepository.Update", {{"item", {{"id", 1}, {"price", 4}}}, {"update_mask", "*"}}),
            (Json{{"id", "1"}, {"price", 4}, {"gross", 8}}));
  const Json batch = {{{"price", 1}}, {{"price", 2}, {"note", "x"}}};
  EXPECT_EQ(
      server_.MustCall("ItemRepository.BatchCreate", {{"items", batch}}),
      (Json{{"items",
             {{{"id", "2"}, {"price", 1}, {"gross", 2}}, {{"id", "3"}, {"price", 2}, {"gross", 4}, {"note", "x"}}}}}));
  EXPECT_EQ(server_.MustCall("ItemRepository.BatchUpdate",
                             {{"items", {{{"id", 2}, {"price", 10}}, {{"id", 3}, {"price", 20}}}},
                              {"update_mask", "price"}})["items"][1]["gross"],
            40);
  server_.MustCall("ItemRepository.Delete", {{"id", 2}});
  EXPECT_EQ(server_.database().Value("SELECT string_agg(id || ' ' || gross, ',' ORDER BY id) FROM items"), "1 8,3 40");

  EXPECT_EQ(server_.MustCall("PartRepository.Create", {{"part", {{"tenant_id", 7}, {"name", "bolt"}}}}),
            (Json{{"tenant_id", "7"}, {"id", "1"}, {"name", "bolt"}}));
  EXPECT_EQ(server_.MustCall("PartRepository.Update",
                             {{"part", {{"tenant_id", 7}, {"id", 1}, {"name", "nut"}}}, {"update_mask", "name"}}),
            (Json{{"tenant_id", "7"}, {"id", "1"}, {"name", "nut"}}));
}

TEST_F(ExistingTablesTest, AnEmptyTextIsNoKey) {
  ASSERT_TRUE(Serves(kTables));
  EXPECT_EQ(Summary(server_.Call("CountryRepository.Create", {{"country", {{"name", "Nowhere"}}}})),
            "INVALID_ARGUMENT INVALID_FIELD [country.code]");
  EXPECT_EQ(Summary(server_.Call("CountryRepository.BatchCreate",
                                 {{"countries", {{{"code", "DE"}}, {{"name", "Nowhere"}}}}})),
            "INVALID_ARGUMENT INVALID_FIELD [countries[1].code]");
  EXPECT_EQ(server_.database().Value("SELECT count(*) FROM countries"), "0");
  server_.MustCall("CountryRepository.Create", {{"country", {{"code", "DE"}}}});
}

TEST_F(ExistingTablesTest, ADefaultThatAZeroWouldReplaceKeepsTheServerFromServing) {
  server_.database().Run(kTables);
  server_.database().Run("ALTER TABLE countries ALTER name SET DEFAULT 'unknown'");
  absl::Status refused;
  EXPECT_TRUE(server_.AdvanceUntil([&] {
    refused = server_.Call("CountryRepository.Create", {{"country", {{"code", "DE"}}}}).status();
    return std::string(refused.message()).find("shop.v1.Country.name") != std::string::npos;
  }));
  EXPECT_EQ(ReasonOf(refused), "SCHEMA_MISMATCH");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("write `default_value: \"unknown\"`"));
  EXPECT_TRUE(Serves("ALTER TABLE countries ALTER name DROP DEFAULT"));
}

}  // namespace
}  // namespace rowkeeper::testing
