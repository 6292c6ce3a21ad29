#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {

inline constexpr char kUpsertShop[] = R"(
syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";

message Item {
  option (rowkeeper.v1.entity) = {table: "item"};
  string sku = 1 [(rowkeeper.v1.column) = {max_length: 60, primary_key: true}];
  string title = 2;
  string kind = 3 [(rowkeeper.v1.column).default_value = "plain"];
  optional string maker = 4 [(rowkeeper.v1.column).immutable = true];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc Upsert(UpsertRequest) returns (UpsertResponse);
  rpc BatchUpsert(Rows) returns (Upserted);
  rpc BatchUpsertPartial(Rows) returns (PartlyUpserted) { option (rowkeeper.v1.method).partial = true; }
  rpc Import(stream Rows) returns (stream Imported) { option (rowkeeper.v1.method).conflict_fields = "sku"; }
  rpc Delete(Key) returns (google.protobuf.Empty);
}
message Key { string sku = 1; }
message UpsertRequest { Item item = 1; google.protobuf.FieldMask update_mask = 2; }
message UpsertResponse { Item item = 1; rowkeeper.v1.WriteOutcome outcome = 2; }
message Rows { repeated Item items = 1; google.protobuf.FieldMask update_mask = 2; }
message Upserted { repeated Item items = 1; repeated rowkeeper.v1.WriteOutcome outcomes = 2; }
message PartlyUpserted {
  repeated Item items = 1;
  repeated rowkeeper.v1.WriteOutcome outcomes = 2;
  repeated rowkeeper.v1.RowResult results = 3;
}
message Imported { int64 imported = 1; int64 inserted = 2; int64 updated = 3; int64 unchanged = 4; }

message Member {
  option (rowkeeper.v1.entity) = {table: "member", unique_keys: {fields: ["club", "email"]}};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string club = 2 [(rowkeeper.v1.column).max_length = 60];
  string email = 3 [(rowkeeper.v1.column).max_length = 60];
  string name = 4;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
service MemberRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Member";
  rpc BatchUpsert(Members) returns (UpsertedMembers) {
    option (rowkeeper.v1.method).conflict_fields = "club";
    option (rowkeeper.v1.method).conflict_fields = "email";
  }
  rpc SoftDelete(MemberKey) returns (google.protobuf.Empty);
}
message MemberKey { string id = 1; }
message Members { repeated Member members = 1; }
message UpsertedMembers { repeated Member members = 1; repeated rowkeeper.v1.WriteOutcome outcomes = 2; }
)";

inline constexpr char kUpperKey[] =
    "CREATE FUNCTION on_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.sku := upper(NEW.sku); RETURN NEW; END "
    "$$; CREATE TRIGGER on_item BEFORE INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION on_item();";

/// Puts a partitioned table, of the same columns and keys, in the place of item.
inline constexpr char kPartitioned[] =
    "CREATE TABLE whole (LIKE item INCLUDING ALL) PARTITION BY HASH (sku); DROP TABLE item; ALTER TABLE whole RENAME "
    "TO "
    "item; CREATE TABLE item_0 PARTITION OF item FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE item_1 "
    "PARTITION "
    "OF item FOR VALUES WITH (MODULUS 2, REMAINDER 1);";

/// Upserts of tables that have triggers, partitions and collations that the repository knows nothing of.
class UpsertSurroundingsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = std::make_unique<InProcessServer>(CompileProtoText(kUpsertShop));
    ASSERT_TRUE(server_->ok());
  }
  void Run(std::string_view sql) { server_->database().Run(sql); }
  std::string Value(const std::string& sql) { return server_->database().Value(sql); }
  /// "A:x:1, B:y:2": sku, title and version of all rows.
  std::string Stored() {
    return Value("SELECT coalesce(string_agg(concat_ws(':', sku, title, version), ', ' ORDER BY sku), '') FROM item");
  }

  static Json Item(const std::string& sku, const std::string& title) { return {{"sku", sku}, {"title", title}}; }
  static Json Items(const std::vector<std::pair<std::string, std::string>>& items) {
    Json rows = Json::array();
    for (const auto& [sku, title] : items) rows.push_back(Item(sku, title));
    return {{"items", rows}};
  }
  CallResult Upsert(const std::string& sku, const std::string& title) {
    return server_->Call("ItemRepository.Upsert", {{"item", Item(sku, title)}});
  }
  CallResult BatchUpsert(const std::vector<std::pair<std::string, std::string>>& items) {
    return server_->Call("ItemRepository.BatchUpsert", Items(items));
  }

  static std::string Outcome(const Json& name) { return name.get<std::string>().substr(sizeof("WRITE_OUTCOME_") - 1); }
  /// "UPDATED LOW:x:2", or the error's code and reason.
  static std::string Said(const CallResult& answer) {
    if (!answer.ok()) return Summary(answer);
    return Cat(Outcome((*answer)["outcome"]), " ", Shown((*answer)["item"]));
  }
  /// The same of a batch, joined by ", ".
  static std::string AllSaid(const CallResult& answer) {
    if (!answer.ok()) return Summary(answer);
    std::string text;
    for (size_t i = 0; i < (*answer)["items"].size(); ++i) {
      text += Cat(i == 0 ? "" : ", ", Outcome((*answer)["outcomes"][i]), " ", Shown((*answer)["items"][i]));
    }
    return text;
  }
  static std::string Shown(const Json& item) {
    return Cat(item.value("sku", ""), ":", item.value("title", ""), ":", item.value("version", ""));
  }

  std::unique_ptr<InProcessServer> server_;
};

}  // namespace rowkeeper::testing
