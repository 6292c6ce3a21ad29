#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/catalogue/mistakes.h"

namespace rowkeeper::catalogue {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Key, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"EntityWithoutKey",
         KeyedText("string name = 2;"),
         {"shop.proto:3: shop.v1.Item: the entity has no key; mark a field, for example `string id = 1 "
          "[(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}]`"}},
        {"NullableKey",
         KeyedText("optional string id = 1 [(rowkeeper.v1.column) = {primary_key: true}];"),
         {"shop.proto:5: shop.v1.Item.id: a nullable field cannot be part of the key; remove `optional`"}},
        {"WrapperKey",
         KeyedText("google.protobuf.StringValue id = 1 [(rowkeeper.v1.column) = {primary_key: true}];"),
         {"shop.proto:5: shop.v1.Item.id: a nullable field cannot be part of the key; write the plain scalar type"}},
        {"RepeatedKey",
         KeyedText("repeated int64 id = 1 [(rowkeeper.v1.column) = {primary_key: true}];"),
         {"shop.proto:5: shop.v1.Item.id: a repeated int64 field cannot be part of the key; use a single value, for "
          "example a UUID"}},
        {"JsonKey",
         KeyedText("google.protobuf.Struct id = 1 [(rowkeeper.v1.column) = {primary_key: true}];"),
         {"shop.proto:5: shop.v1.Item.id: a google.protobuf.Struct field cannot be part of the key; use a string with "
          "`type: COLUMN_TYPE_UUID`, a string or an integer"}},
        {"MapKey",
         KeyedText("map<string, string> id = 1 [(rowkeeper.v1.column) = {primary_key: true}];"),
         {"shop.proto:5: shop.v1.Item.id: a map field cannot be part of the key; use a single value, for example a "
          "UUID"}},
        {"FloatKey",
         KeyedText("double id = 1 [(rowkeeper.v1.column) = {primary_key: true}];"),
         {"shop.proto:5: shop.v1.Item.id: a double field cannot be part of the key; use a string with `type: "
          "COLUMN_TYPE_UUID`, a string or an integer"}},
        {"KeyInOneof",
         KeyedText("oneof which { string id = 1 [(rowkeeper.v1.column) = {primary_key: true}]; string code = 2; }"),
         {"shop.proto:5: shop.v1.Item.id: a member of a oneof cannot be part of the key; move the field out of the "
          "oneof"}},
        {"KeyWithDefault",
         KeyedText(R"(string id = 1 [(rowkeeper.v1.column) = {primary_key: true, default_value: "x"}];)"),
         {"shop.proto:5: shop.v1.Item.id: a key has no default_value; remove it: the database fills single UUID and "
          "integer keys"}},
        {"KeyWithRole",
         KeyedText("int64 id = 1 [(rowkeeper.v1.column) = {primary_key: true, role: ROLE_VERSION}];"),
         {"shop.proto:5: shop.v1.Item.id: a field with a role cannot be part of the key; remove primary_key or the "
          "role"}},
    }),
    MistakeName);

INSTANTIATE_TEST_SUITE_P(
    Role, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"CreatedAtOnString",
         ItemText("string created_at = 2 [(rowkeeper.v1.column) = {role: ROLE_CREATED_AT}];"),
         {"shop.proto:6: shop.v1.Item.created_at: ROLE_CREATED_AT does not fit this field; write "
          "`google.protobuf.Timestamp created_at = 2`"}},
        {"CreatedAtOptional",
         ItemText(
             "optional google.protobuf.Timestamp created_at = 2 [(rowkeeper.v1.column) = {role: ROLE_CREATED_AT}];"),
         {"shop.proto:6: shop.v1.Item.created_at: ROLE_CREATED_AT does not fit this field; write "
          "`google.protobuf.Timestamp created_at = 2`"}},
        {"UpdatedAtOnDate",
         ItemText("google.type.Date updated_at = 2 [(rowkeeper.v1.column) = {role: ROLE_UPDATED_AT}];"),
         {"shop.proto:6: shop.v1.Item.updated_at: ROLE_UPDATED_AT does not fit this field; write "
          "`google.protobuf.Timestamp updated_at = 2`"}},
        {"UpdatedAtRepeated",
         ItemText(
             "repeated google.protobuf.Timestamp updated_at = 2 [(rowkeeper.v1.column) = {role: ROLE_UPDATED_AT}];"),
         {"shop.proto:6: shop.v1.Item.updated_at: ROLE_UPDATED_AT does not fit this field; write "
          "`google.protobuf.Timestamp updated_at = 2`"}},
        {"DeletedAtNotOptional",
         ItemText("google.protobuf.Timestamp deleted_at = 2 [(rowkeeper.v1.column) = {role: ROLE_DELETED_AT}];"),
         {"shop.proto:6: shop.v1.Item.deleted_at: ROLE_DELETED_AT does not fit this field; write `optional "
          "google.protobuf.Timestamp deleted_at = 2`"}},
        {"DeletedFlagOptional",
         ItemText("optional bool is_deleted = 2 [(rowkeeper.v1.column) = {role: ROLE_DELETED_FLAG}];"),
         {"shop.proto:6: shop.v1.Item.is_deleted: ROLE_DELETED_FLAG does not fit this field; write `bool is_deleted = "
          "2`"}},
        {"DeletedFlagOnInteger",
         ItemText("int32 is_deleted = 2 [(rowkeeper.v1.column) = {role: ROLE_DELETED_FLAG}];"),
         {"shop.proto:6: shop.v1.Item.is_deleted: ROLE_DELETED_FLAG does not fit this field; write `bool is_deleted = "
          "2`"}},
        {"VersionOnUint64",
         ItemText("uint64 version = 2 [(rowkeeper.v1.column) = {role: ROLE_VERSION}];"),
         {"shop.proto:6: shop.v1.Item.version: ROLE_VERSION does not fit this field; write `int64 version = 2`"}},
        {"VersionOnString",
         ItemText("string version = 2 [(rowkeeper.v1.column) = {role: ROLE_VERSION}];"),
         {"shop.proto:6: shop.v1.Item.version: ROLE_VERSION does not fit this field; write `int64 version = 2`"}},
        {"VersionOnWrapper",
         ItemText("google.protobuf.Int64Value version = 2 [(rowkeeper.v1.column) = {role: ROLE_VERSION}];"),
         {"shop.proto:6: shop.v1.Item.version: ROLE_VERSION does not fit this field; write `int64 version = 2`"}},
        {"RoleInOneof",
         ItemText("oneof which { google.protobuf.Timestamp deleted_at = 2 [(rowkeeper.v1.column) = {role: "
                  "ROLE_DELETED_AT}]; string note = 3; }"),
         {"shop.proto:6: shop.v1.Item.deleted_at: ROLE_DELETED_AT does not fit this field; write `optional "
          "google.protobuf.Timestamp deleted_at = 2`"}},
        {"RoleTwice",
         ItemText("int64 version = 2 [(rowkeeper.v1.column) = {role: ROLE_VERSION}];\n  int64 revision = 3 "
                  "[(rowkeeper.v1.column) = {role: ROLE_VERSION}];"),
         {"shop.proto:7: shop.v1.Item.revision: the role is that of field version too; give each role to one field"}},
        {"RoleWithDefault",
         ItemText(R"(int64 version = 2 [(rowkeeper.v1.column) = {role: ROLE_VERSION, default_value: "5"}];)"),
         {"shop.proto:6: shop.v1.Item.version: the role already says what fills the field; remove default_value"}},
        {"RoleWithReference",
         ItemText(R"(int64 version = 2 [(rowkeeper.v1.column) = {role: ROLE_VERSION, references: "shop.v1.Item"}];)"),
         {"shop.proto:6: shop.v1.Item.version: a field with a role cannot be a reference; remove `references` or the "
          "role"}},
    }),
    MistakeName);

INSTANTIATE_TEST_SUITE_P(
    Type, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"MaxLengthOnInteger",
         ItemText("int32 count = 2 [(rowkeeper.v1.column) = {max_length: 5}];"),
         {"shop.proto:6: shop.v1.Item.count: max_length does not fit an int32 field; remove max_length"}},
        {"MaxLengthOnBytes",
         ItemText("bytes data = 2 [(rowkeeper.v1.column) = {max_length: 5}];"),
         {"shop.proto:6: shop.v1.Item.data: max_length does not fit a bytes field; remove max_length"}},
        {"MaxLengthOnUuid",
         ItemText("string code = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, max_length: 36}];"),
         {"shop.proto:6: shop.v1.Item.code: max_length does not fit a string field that is not stored as text; remove "
          "max_length"}},
        {"MaxLengthNegative",
         ItemText("string name = 2 [(rowkeeper.v1.column) = {max_length: -1}];"),
         {"shop.proto:6: shop.v1.Item.name: max_length -1 is out of range; write 1 to 10485760, or nothing for no "
          "limit"}},
        {"MaxLengthTooLarge",
         ItemText("string name = 2 [(rowkeeper.v1.column) = {max_length: 10485761}];"),
         {"shop.proto:6: shop.v1.Item.name: max_length 10485761 is out of range; write 1 to 10485760, or nothing for "
          "no limit"}},
        {"DecimalOnDouble",
         ItemText("double price = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 10}];"),
         {"shop.proto:6: shop.v1.Item.price: COLUMN_TYPE_DECIMAL does not fit a double field; it is for a string "
          "field: change the field or remove the type"}},
        {"DecimalWithoutPrecision",
         ItemText("string price = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL}];"),
         {"shop.proto:6: shop.v1.Item.price: COLUMN_TYPE_DECIMAL needs a precision; write, for example, `precision: "
          "12, scale: 2`"}},
        {"DecimalPrecisionTooLarge",
         ItemText("string price = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 1001}];"),
         {"shop.proto:6: shop.v1.Item.price: precision 1001 is out of range; write 1 to 1000"}},
        {"DecimalScaleOverPrecision",
         ItemText("string price = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 4, scale: 5}];"),
         {"shop.proto:6: shop.v1.Item.price: scale 5 is out of range; write 0 to the precision, 4"}},
        {"DecimalNegativeScale",
         ItemText("string price = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 4, scale: -1}];"),
         {"shop.proto:6: shop.v1.Item.price: scale -1 is out of range; write 0 to the precision, 4"}},
        {"PrecisionWithoutDecimal",
         ItemText("string price = 2 [(rowkeeper.v1.column) = {precision: 4}];"),
         {"shop.proto:6: shop.v1.Item.price: precision and scale are for `type: COLUMN_TYPE_DECIMAL` only; remove "
          "them, or add the type to a string field"}},
        {"UuidOnInteger",
         ItemText("int64 code = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID}];"),
         {"shop.proto:6: shop.v1.Item.code: COLUMN_TYPE_UUID does not fit an int64 field; it is for a string or bytes "
          "field: change the field or remove the type"}},
        {"NativeEnumOnString",
         ItemText("string state = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_NATIVE_ENUM}];"),
         {"shop.proto:6: shop.v1.Item.state: COLUMN_TYPE_NATIVE_ENUM does not fit a string field; it is for an enum "
          "field: change the field or remove the type"}},
        {"UnknownColumnType",
         ItemText("string code = 2 [(rowkeeper.v1.column) = {type: UUID}];"),
         {R"(shop.proto:6: shop.v1.Item.code: Error while parsing option value for "column": Unknown enumeration value of "UUID" for field "type"; write COLUMN_TYPE_UUID)"}},
        {"Any",
         ItemText("google.protobuf.Any detail = 2;"),
         {"shop.proto:6: shop.v1.Item.detail: a google.protobuf.Any cannot be stored; write the message's own type, or "
          "google.protobuf.Struct"}},
        {"RepeatedAny",
         ItemText("repeated google.protobuf.Any details = 2;"),
         {"shop.proto:6: shop.v1.Item.details: a google.protobuf.Any cannot be stored; write the message's own type, "
          "or google.protobuf.Struct"}},
        {"AnyInsideNestedMessage",
         R"(message Box { repeated Inner inners = 1; }
message Inner { google.protobuf.Any any = 1; }
)" + ItemText("Box box = 2;"),
         {"shop.proto:8: shop.v1.Item.box: a google.protobuf.Any cannot be stored; write the message's own type, or "
          "google.protobuf.Struct"}},
        {"AnyInMap",
         ItemText("map<string, google.protobuf.Any> details = 2;"),
         {"shop.proto:6: shop.v1.Item.details: a google.protobuf.Any cannot be stored; write the message's own type, "
          "or google.protobuf.Struct"}},
        {"FieldMask",
         ItemText("google.protobuf.FieldMask mask = 2;"),
         {"shop.proto:6: shop.v1.Item.mask: google.protobuf.FieldMask cannot be stored; write `repeated string` "
          "instead"}},
        {"MapHoldsEntity",
         ItemText("map<string, Item> children = 2;"),
         {R"(shop.proto:6: shop.v1.Item.children: a map cannot hold rows of the entity shop.v1.Item; write `repeated shop.v1.Item` for a relation)"}},
        {"SortableJson",
         ItemText("google.protobuf.Struct data = 2 [(rowkeeper.v1.column) = {sortable: true}];"),
         {"shop.proto:6: shop.v1.Item.data: a google.protobuf.Struct field has no order; remove `sortable`"}},
        {"SortableArray",
         ItemText("repeated string tags = 2 [(rowkeeper.v1.column) = {sortable: true}];"),
         {"shop.proto:6: shop.v1.Item.tags: a repeated string field has no order; remove `sortable`"}},
        {"FilterableJsonThatIsNoObject",
         ItemText("google.protobuf.ListValue data = 2 [(rowkeeper.v1.column) = {filterable: true}];"),
         {"shop.proto:6: shop.v1.Item.data: a google.protobuf.ListValue field has nothing that a filter expression "
          "could name; remove `filterable`; of jsonb only maps and google.protobuf.Struct can be filterable"}},
        {"UniqueJson",
         ItemText("map<string, string> data = 2 [(rowkeeper.v1.column) = {unique: true}];"),
         {"shop.proto:6: shop.v1.Item.data: a map field cannot be unique; remove `unique`"}},
    }),
    MistakeName);

}  // namespace
}  // namespace rowkeeper::catalogue
