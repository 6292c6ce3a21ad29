#include "tests/pg/schema/diff_kinds.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace rowkeeper::schema {
namespace {

constexpr char kProto[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "rowkeeper/v1/annotations.proto";
option (rowkeeper.v1.conventions) = {<convention>};
enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; STATE_DONE = 2; <label> }
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; MOOD_BAD = 2; <native_label> }
enum Size { SIZE_SMALL = 0; SIZE_LARGE = 1; }
message Owner {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string code = 2 [(rowkeeper.v1.column) = {unique: true}];
}
message Item {
  option (rowkeeper.v1.entity) = {
    <table>
    <index_added> <index_removed> <index_changed> <index_predicate> <index_gin> <unique_key>
  };
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string title = 2;
  string owner_id = 3 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID <reference_action>}];
  string seller_id = 4 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID <reference_added>}];
  string buyer_id = 5 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID <reference_removed>}];
  State state = 6;
  Mood mood = 7 [(rowkeeper.v1.column).type = COLUMN_TYPE_NATIVE_ENUM];
  string <renamed> = 8 [(rowkeeper.v1.column) = {<renamed_options>}];
  string code = 9 [(rowkeeper.v1.column) = {max_length: <length>}];
  string name = 10 [(rowkeeper.v1.column) = {<limit>}];
  <integer> amount = 11;
  <to_required>int64 weight = 12;
  <to_optional>string colour = 13;
  int32 rank = 14 [(rowkeeper.v1.column) = {<default_added>}];
  string place = 15 [(rowkeeper.v1.column) = {default_value: "<default_changed>"}];
  bool open = 16 [(rowkeeper.v1.column) = {<default_removed>}];
  string sku = 17 [(rowkeeper.v1.column) = {<unique_added>}];
  string ean = 18 [(rowkeeper.v1.column) = {<unique_removed>}];
  <whole> count = 19;
  string price = 20 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, <precision>}];
  google.protobuf.Struct labels = 21;
  repeated string tags = 22;
  <dropped>
  <dropped_filled>
  <dropped_indexed>
  <column_nullable>
  <column_plain>
  <column_default>
  <column_array>
  <column_json>
  <column_enum>
  <column_native_enum>
  <column_reference>
  <column_version>
  <column_created_at>
  <oneof>
  <soft_delete>
}
<table_added>
)";

constexpr char kOlderIsNotNull[] = R"(
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('items') AND attname = 'older') THEN
    UPDATE items SET older = 0 WHERE older IS NULL;
    ALTER TABLE items ALTER older SET NOT NULL;
  END IF;
END $$)";

}  // namespace

const std::vector<DiffKind>& DiffKinds() {  // NOLINT(readability-function-size): a table
  static const std::vector<DiffKind> kinds = {
      {"constraints are named by another convention", "convention", "", "constraint_names: CONSTRAINT_NAMES_SUFFIXED"},
      {"an enum has one more label", "label", "", "STATE_LATE = 3;"},
      {"a native enum has one more label", "native_label", "", "MOOD_ODD = 3;"},
      {"a table is renamed", "table", "", "table: \"articles\""},
      {"an index is added", "index_added", "", "indexes: {fields: [\"title\", \"rank desc\"]}"},
      {"an index is removed", "index_removed", "indexes: {fields: [\"place\"]}", ""},
      {"an index is of another order", "index_changed", "indexes: {fields: [\"amount\"], name: \"by_amount\"}",
       "indexes: {fields: [\"amount desc\", \"title\"], name: \"by_amount\"}"},
      {"an index has another predicate", "index_predicate",
       "indexes: {fields: [\"name\"], where: \"open\", name: \"by_name\"}",
       "indexes: {fields: [\"name\"], where: \"NOT open AND rank > 3\", name: \"by_name\"}"},
      {"an index of another method is added", "index_gin", "", "indexes: {fields: [\"labels\"], method: \"gin\"}"},
      {"a unique key of two columns is added", "unique_key", "", "unique_keys: {fields: [\"sku\", \"ean\"]}"},
      {"a reference does something else on delete", "reference_action", ", references: \"shop.v1.Owner\"",
       ", references: \"shop.v1.Owner\", on_delete: ON_DELETE_CASCADE"},
      {"a reference is added", "reference_added", "", ", references: \"shop.v1.Owner\""},
      {"a reference is removed", "reference_removed", ", references: \"shop.v1.Owner\"", ""},
      {"a column is renamed", "renamed", "notes", "remarks"},
      {"a column has a unique key and another name", "renamed_options", "", "unique: true, name: \"notice\""},
      {"a text may be longer", "length", "20", "40"},
      {"a text has no limit any more", "limit", "max_length: 30", ""},
      {"an integer is wider", "integer", "int32", "int64"},
      {"a column is NOT NULL", "to_required", "optional ", ""},
      {"a column may be NULL", "to_optional", "", "optional "},
      {"a default is added", "default_added", "", "default_value: \"7\""},
      {"a default is changed", "default_changed", "here", "there"},
      {"a default is removed", "default_removed", "default_value: \"true\"", ""},
      {"a unique key is added", "unique_added", "", "unique: true"},
      {"a unique key is removed", "unique_removed", "unique: true", ""},
      {"a number has a range", "whole", "int64", "uint32"},
      {"a decimal has more digits", "precision", "precision: 10, scale: 2", "precision: 14, scale: 4"},
      {"a column is dropped", "dropped", "optional string old = 30;", "reserved 30;"},
      {"a column that is NOT NULL is dropped", "dropped_filled", "int64 older = 31;",
       "reserved 31; reserved \"older\";", kOlderIsNotNull},
      {"a column with a key and a check is dropped", "dropped_indexed",
       "optional uint32 oldest = 32 [(rowkeeper.v1.column).unique = true];", "reserved 32;"},
      {"a nullable column is added", "column_nullable", "", "optional google.protobuf.Timestamp due_at = 40;"},
      {"a column that is NOT NULL is added", "column_plain", "", "string subtitle = 41; bool hidden = 42;"},
      {"a column with a default is added", "column_default", "",
       "int64 stock = 43 [(rowkeeper.v1.column).default_value = \"12\"];"},
      {"an array is added", "column_array", "", "repeated int64 numbers = 44;"},
      {"a jsonb column is added", "column_json", "", "google.protobuf.Struct settings = 45;"},
      {"an enum is added", "column_enum", "", "Size size = 46;"},
      {"a native enum is added", "column_native_enum", "",
       "Size cut = 47 [(rowkeeper.v1.column).type = COLUMN_TYPE_NATIVE_ENUM];"},
      {"a column with a reference is added", "column_reference", "",
       "optional string giver_id = 48 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: \"shop.v1.Owner\", "
       "on_delete: ON_DELETE_SET_NULL}];"},
      {"a version is added", "column_version", "", "int64 version = 49 [(rowkeeper.v1.column).role = ROLE_VERSION];"},
      {"a time of creation is added", "column_created_at", "",
       "google.protobuf.Timestamp created_at = 50 [(rowkeeper.v1.column).role = ROLE_CREATED_AT];"},
      {"a oneof is added", "oneof", "", "oneof paid { string cash = 51; bool card = 52; }"},
      {"rows are soft-deleted from now on", "soft_delete", "",
       "optional google.protobuf.Timestamp deleted_at = 53 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];"},
      {"a table is added", "table_added", "",
       "message Part { option (rowkeeper.v1.entity) = {}; int64 id = 1 [(rowkeeper.v1.column).primary_key = true]; "
       "string item_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: \"shop.v1.Item\"}]; }"},
  };
  return kinds;
}

std::string ProtoWith(const std::vector<const DiffKind*>& kinds) {
  std::string proto = kProto;
  const auto fill = [&proto](const char* place, const char* text) {
    absl::StrReplaceAll({{absl::StrCat("<", place, ">"), text}}, &proto);
  };
  for (const DiffKind* kind : kinds) fill(kind->place, kind->after);
  for (const DiffKind& kind : DiffKinds()) fill(kind.place, kind.before);
  return proto;
}

std::string RowsBefore() {
  return R"(
INSERT INTO owners (code) SELECT 'code ' || n FROM generate_series(1, 5) AS n;
INSERT INTO items (title, owner_id, seller_id, buyer_id, state, mood, notes, code, name, amount, weight, colour, rank,
                   sku, ean, count, price, old, older, oldest)
SELECT 'title ' || n, o.id, o.id, o.id, 'OPEN', 'FINE', 'note ' || n, 'code', 'name', n, n, 'red', n, 'sku ' || n,
       'ean ' || n, n, n + 0.25, 'old', n, n
FROM generate_series(1, 20) AS n JOIN owners o ON o.code = 'code ' || (n % 5 + 1);
)";
}

}  // namespace rowkeeper::schema
