#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/catalogue/mistakes.h"

namespace rowkeeper::catalogue {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Reference, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"UnknownEntity",
         ItemText(
             R"(string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Nobody"}];)"),
         {R"(shop.proto:6: shop.v1.Item.owner_id: `references` names "shop.v1.Nobody", which is not an entity; write the full name, package included, of an entity whose file is compiled too)"}},
        {"PackageForgotten",
         EntityText("Person", "", "") +
             ItemText(
                 R"(string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "Person"}];)"),
         {R"(shop.proto:10: shop.v1.Item.owner_id: `references` names "Person", which is not an entity; write "shop.v1.Person")"}},
        {"MessageThatIsNoEntity",
         "message Person {}\n" +
             ItemText(
                 R"(string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Person"}];)"),
         {R"(shop.proto:7: shop.v1.Item.owner_id: `references` names "shop.v1.Person", which is not an entity; add `option (rowkeeper.v1.entity) = {};` to shop.v1.Person)"}},
        {"TypeMismatch",
         EntityText("Person", "", "") +
             ItemText(R"(int64 owner_id = 2 [(rowkeeper.v1.column) = {references: "shop.v1.Person"}];)"),
         {"shop.proto:10: shop.v1.Item.owner_id: the field is bigint, but the key of shop.v1.Person is uuid; declare "
          "the field as shop.v1.Person.id is declared"}},
        {"TextForUuid",
         EntityText("Person", "", "") +
             ItemText(R"(string owner_id = 2 [(rowkeeper.v1.column) = {references: "shop.v1.Person"}];)"),
         {"shop.proto:10: shop.v1.Item.owner_id: the field is text, but the key of shop.v1.Person is uuid; declare the "
          "field as shop.v1.Person.id is declared"}},
        {"ArrayOfKeys",
         EntityText("Person", "", "") +
             ItemText(
                 R"(repeated string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Person"}];)"),
         {"shop.proto:10: shop.v1.Item.owner_id: the field is uuid[], but the key of shop.v1.Person is uuid; declare "
          "the field as shop.v1.Person.id is declared"}},
        {"CompositeKey",
         EntityText("Person", "", "int64 b_id = 2 [(rowkeeper.v1.column) = {primary_key: true}];") +
             ItemText(
                 R"(string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Person"}];)"),
         {"shop.proto:11: shop.v1.Item.owner_id: the entity shop.v1.Person has a key of 2 fields, which one field "
          "cannot hold; give that entity a key of one field and make the fields a unique key"}},
        {"SetNullOnRequired",
         EntityText("Person", "", "") +
             ItemText(
                 R"(string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Person", on_delete: ON_DELETE_SET_NULL}];)"),
         {"shop.proto:10: shop.v1.Item.owner_id: ON_DELETE_SET_NULL needs a field that can be empty; write `optional` "
          "before its type"}},
        {"OnDeleteAlone",
         ItemText("string owner_id = 2 [(rowkeeper.v1.column) = {on_delete: ON_DELETE_CASCADE}];"),
         {"shop.proto:6: shop.v1.Item.owner_id: on_delete needs a reference; add `references`, or remove on_delete"}},
        {"ReferencesFieldWithoutReference",
         ItemText(R"(int64 owner = 2 [(rowkeeper.v1.column).references_field = "number"];)"),
         {"shop.proto:6: shop.v1.Item.owner: references_field needs a reference; add `references`, or remove "
          "references_field"}},
        {"ReferencesFieldUnknown",
         EntityText("Person", "", "int64 number = 2 [(rowkeeper.v1.column).unique = true];") +
             ItemText(
                 R"(int64 owner = 2 [(rowkeeper.v1.column) = {references: "shop.v1.Person", references_field: "no"}];)"),
         {R"(shop.proto:11: shop.v1.Item.owner: `references_field` names "no", which is no field of shop.v1.Person that is a column; write the name of the field that the database's foreign key references)"}},
        {"ReferencesFieldOfAnotherType",
         EntityText("Person", "", "int64 number = 2 [(rowkeeper.v1.column).unique = true];") +
             ItemText(
                 R"(string owner = 2 [(rowkeeper.v1.column) = {references: "shop.v1.Person", references_field: "number"}];)"),
         {"shop.proto:11: shop.v1.Item.owner: the field is text, but shop.v1.Person.number is bigint; declare the "
          "field as shop.v1.Person.number is declared"}},
        {"ReferencesFieldThatIsNotUnique",
         EntityText("Person", "", "int64 number = 2;") +
             ItemText(
                 R"(int64 owner = 2 [(rowkeeper.v1.column) = {references: "shop.v1.Person", references_field: "number"}];)"),
         {"shop.proto:11: shop.v1.Item.owner: shop.v1.Person.number has no unique key of its own, so a value of it can "
          "stand for several rows; write `unique: true` at that field"}},
        {"ReferencesFieldThatIsUniqueAmongLiveRows",
         EntityText(
             "Person", "",
             "int64 number = 2 [(rowkeeper.v1.column).unique = true];\n"
             "  optional google.protobuf.Timestamp deleted_at = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];") +
             ItemText(
                 R"(int64 owner = 2 [(rowkeeper.v1.column) = {references: "shop.v1.Person", references_field: "number"}];)"),
         {R"(shop.proto:12: shop.v1.Item.owner: the unique key over shop.v1.Person.number binds only rows that are not deleted, which no foreign key can reference; replace it by `indexes: {fields: "number" unique: true include_deleted: true}`)"}},
    }),
    MistakeName);

INSTANTIATE_TEST_SUITE_P(
    Index, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"UnknownField",
         EntityText("Item", R"(indexes: [{fields: ["nmae"]}])", "string name = 2;"),
         {R"(shop.proto:3: shop.v1.Item: indexes names the field "nmae", which the message does not have; write one of id, name)"}},
        {"NoFields",
         EntityText("Item", "indexes: [{}]", ""),
         {R"(shop.proto:3: shop.v1.Item: indexes has an entry without fields; write fields: ["..."])"}},
        {"BadDirection",
         EntityText("Item", R"(indexes: [{fields: ["name down"]}])", "string name = 2;"),
         {R"(shop.proto:3: shop.v1.Item: indexes has "name down", which is not a field name; write a field name, with ` desc` after it for a descending order)"}},
        {"FieldTwice",
         EntityText("Item", R"(indexes: [{fields: ["name", "name desc"]}])", "string name = 2;"),
         {R"(shop.proto:3: shop.v1.Item: indexes names the field "name" twice; name it once)"}},
        {"UnknownMethod",
         EntityText("Item", R"(indexes: [{fields: ["name"], method: "tree"}])", "string name = 2;"),
         {R"(shop.proto:3: shop.v1.Item: the index method "tree" is unknown; write btree, hash, gin or brin)"}},
        {"GinOnText",
         EntityText("Item", R"(indexes: [{fields: ["name"], method: "gin"}])", "string name = 2;"),
         {"shop.proto:3: shop.v1.Item: a gin index does not fit the field name; gin is for jsonb and repeated fields: "
          "use btree"}},
        {"BrinOnJson",
         EntityText("Item", R"(indexes: [{fields: ["data"], method: "brin"}])", "google.protobuf.Struct data = 2;"),
         {"shop.proto:3: shop.v1.Item: a brin index does not fit the field data; use gin"}},
        {"BrinOnBool",
         EntityText("Item", R"(indexes: [{fields: ["is_open"], method: "brin"}])", "bool is_open = 2;"),
         {"shop.proto:3: shop.v1.Item: a brin index does not fit the field is_open; use btree"}},
        {"BrinOnNativeEnum",
         "enum Kind { KIND_A = 0; }\n" +
             EntityText("Item", R"(indexes: [{fields: ["kind"], method: "brin"}])",
                        "Kind kind = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_NATIVE_ENUM}];"),
         {"shop.proto:4: shop.v1.Item: a brin index does not fit the field kind; use btree"}},
        {"Gist",
         EntityText(
             "Item",
             R"(indexes: [{fields: ["name"], method: "gist"}, {fields: ["is_open", "data"], method: "gist"}, {fields: ["id"], method: "gist"}])",
             "string name = 2;\n  bool is_open = 3;\n  google.protobuf.Struct data = 4;"),
         {"shop.proto:3: shop.v1.Item: a gist index does not fit the field name, for PostgreSQL has no gist operator "
          "class for text without an extension; use btree",
          "shop.proto:3: shop.v1.Item: a gist index does not fit the field is_open, for PostgreSQL has no gist "
          "operator class for boolean without an extension; use btree",
          "shop.proto:3: shop.v1.Item: a gist index does not fit the field data, for PostgreSQL has no gist operator "
          "class for jsonb without an extension; use gin",
          "shop.proto:3: shop.v1.Item: a gist index does not fit the field id, for PostgreSQL has no gist operator "
          "class for uuid without an extension; use btree"}},
        {"HashOverTwo",
         EntityText("Item", R"(indexes: [{fields: ["id", "name"], method: "hash"}])", "string name = 2;"),
         {"shop.proto:3: shop.v1.Item: a hash index has one field; use btree, or an index for each field"}},
        {"HashUnique",
         EntityText("Item", R"(indexes: [{fields: ["name"], method: "hash", unique: true}])", "string name = 2;"),
         {"shop.proto:3: shop.v1.Item: a hash index cannot be unique; use btree or remove `unique`"}},
        {"GinDescending",
         EntityText("Item", R"(indexes: [{fields: ["tags desc"], method: "gin"}])", "repeated string tags = 2;"),
         {"shop.proto:3: shop.v1.Item: a gin index has no direction; remove ` desc`"}},
        {"NameTooLong",
         EntityText(
             "Item",
             R"(indexes: [{fields: ["name"], name: "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"}])",
             "string name = 2;"),
         {R"(shop.proto:3: shop.v1.Item: the index name "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii" has 64 bytes, but PostgreSQL keeps 63; write another name of 1 to 63 bytes)"}},
        {"UniqueKeyUnknownField",
         EntityText("Item", R"(unique_keys: [{fields: ["slug"]}])", ""),
         {R"(shop.proto:3: shop.v1.Item: unique_keys names the field "slug", which the message does not have; write one of id)"}},
        {"UniqueKeyWithoutFields",
         EntityText("Item", "unique_keys: [{}]", ""),
         {R"(shop.proto:3: shop.v1.Item: unique_keys has an entry without fields; write fields: ["..."])"}},
        {"UniqueKeyDescending",
         EntityText("Item", R"(unique_keys: [{fields: ["name desc"]}])", "string name = 2;"),
         {"shop.proto:3: shop.v1.Item: a unique key has no direction, but name has one; remove ` desc`"}},
        {"UniqueKeyOverJson",
         EntityText("Item", R"(unique_keys: [{fields: ["data"]}])", "google.protobuf.Struct data = 2;"),
         {"shop.proto:3: shop.v1.Item: the field data, which is jsonb, cannot be part of a unique key; leave it out"}},
        {"UniqueKeyTwice",
         EntityText("Item", R"(unique_keys: [{fields: ["name"]}])",
                    "string name = 2 [(rowkeeper.v1.column) = {unique: true}];"),
         {"shop.proto:3: shop.v1.Item: the unique key over name is declared twice; remove one of the two"}},
        {"UniqueKeyIsTheKey",
         EntityText("Item", R"(unique_keys: [{fields: ["id"]}])", ""),
         {"shop.proto:3: shop.v1.Item: the unique key over id is declared twice; remove one of the two"}},
        {"OrderByUnknownField",
         EntityText("Item", R"(default_order_by: "position")", ""),
         {R"(shop.proto:3: shop.v1.Item: default_order_by names the field "position", which the message does not have; write one of id)"}},
        {"OrderByJson",
         EntityText("Item", R"(default_order_by: "data desc")", "google.protobuf.Struct data = 2;"),
         {R"(shop.proto:3: shop.v1.Item: default_order_by names the field "data", which has no order; write a field that is neither repeated nor jsonb)"}},
        {"OrderByTwice",
         EntityText("Item", R"(default_order_by: "name, name desc")", "string name = 2;"),
         {R"(shop.proto:3: shop.v1.Item: default_order_by names the field "name" twice; name it once)"}},
    }),
    MistakeName);

INSTANTIATE_TEST_SUITE_P(
    Name, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"TwoEntitiesOnOneTable",
         EntityText("A", R"(table: "things")", "") + EntityText("B", R"(table: "things")", ""),
         {R"(shop.proto:7: shop.v1.B: the table name "things" is that of the table of shop.v1.A too; write another `table`)"}},
        {"TableNamedLikeAnIndex",
         EntityText("Item", R"(indexes: [{fields: ["name"]}])", "string name = 2;") +
             EntityText("Other", R"(table: "ix_items_name")", ""),
         {R"(shop.proto:3: shop.v1.Item: the index name "ix_items_name" is that of the table of shop.v1.Other too; write another `name` for the index or unique key)"}},
        {"IndexNamesClash",
         EntityText("Item", R"(indexes: [{fields: ["name"], name: "same"}, {fields: ["name", "id"], name: "same"}])",
                    "string name = 2;"),
         {R"(shop.proto:3: shop.v1.Item: the index name "same" is that of the index of shop.v1.Item too; write another `name` for the index or unique key)"}},
        {"DerivedIndexNamesClash",
         EntityText("Item", R"(indexes: [{fields: ["a", "b_c"]}, {fields: ["a_b", "c"]}])", R"(string a = 2;
  string b_c = 3;
  string a_b = 4;
  string c = 5;)"),
         {R"(shop.proto:3: shop.v1.Item: the index name "ix_items_a_b_c" is that of the index of shop.v1.Item too; write another `name` for the index or unique key)"}},
        {"TwoColumnsWithOneName",
         ItemText(R"(string name = 2;
  string title = 3 [(rowkeeper.v1.column) = {name: "name"}];)"),
         {R"(shop.proto:7: shop.v1.Item.title: the column name "name" is that of field name too; write another (rowkeeper.v1.column).name)"}},
        {"TableTooLong",
         EntityText("Item", R"(table: "ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttts")", ""),
         {R"(shop.proto:3: shop.v1.Item: the table name "ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttts" has 64 bytes, but PostgreSQL keeps 63; write another name of 1 to 63 bytes)"}},
        {"TableWithNul",
         EntityText("Item", R"(table: "a\0b")", ""),
         {"shop.proto:3: shop.v1.Item: the table name holds a NUL byte; write another name of 1 to 63 bytes"}},
        {"OneTableWithAndWithoutSchema",
         EntityText("A", R"(table: "things" indexes: [{fields: ["id"], method: "hash"}])", "") +
             EntityText("B", R"(schema: "public" table: "things")", ""),
         {R"(shop.proto:7: shop.v1.B: the table name "things" is that of the table of shop.v1.A too, for a table without schema normally is in "public"; write another `table`, or the `schema` of both)"}},
        {"TableOfMigrations",
         EntityText("Item", R"(table: "schema_migrations")", ""),
         {R"(shop.proto:3: shop.v1.Item: the table "schema_migrations" is the history of the migrations; write another `table`)"}},
        {"TableWithSchema",
         EntityText("Item", R"(table: "stock.items")", ""),
         {R"(shop.proto:3: shop.v1.Item: the table name "stock.items" holds a point; use `schema`: write `schema: "stock" table: "items"`)"}},
        {"SchemaOfPostgres",
         EntityText("Item", R"(schema: "pg_catalog")", ""),
         {R"(shop.proto:3: shop.v1.Item: the schema "pg_catalog" belongs to PostgreSQL; write another `schema`)"}},
        {"ColumnTooLong",
         ItemText(
             R"(string name = 2 [(rowkeeper.v1.column) = {name: "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"}];)"),
         {R"(shop.proto:6: shop.v1.Item.name: the column name "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc" has 64 bytes, but PostgreSQL keeps 63; write (rowkeeper.v1.column).name with 1 to 63 bytes)"}},
        {"ColumnWithNul",
         ItemText(R"(string name = 2 [(rowkeeper.v1.column) = {name: "a\0b"}];)"),
         {"shop.proto:6: shop.v1.Item.name: the column name holds a NUL byte; write (rowkeeper.v1.column).name with 1 "
          "to 63 bytes"}},
        {"SystemColumn",
         ItemText("string xmin = 2;"),
         {R"(shop.proto:6: shop.v1.Item.xmin: "xmin" is the name of a PostgreSQL system column; write another (rowkeeper.v1.column).name)"}},
        {"InternalIdIsAColumn",
         EntityText("Item", R"(internal_id: "row_id")", "int64 row_id = 2;"),
         {R"(shop.proto:6: shop.v1.Item.row_id: the column name "row_id" is that of internal_id too; write another internal_id, which is a column of its own)"}},
        {"InternalIdTooLong",
         EntityText("Item", R"(internal_id: "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii")", ""),
         {R"(shop.proto:3: shop.v1.Item: the internal_id name "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii" has 64 bytes, but PostgreSQL keeps 63; write another name of 1 to 63 bytes)"}},
        {"CheckNamesClash",
         "enum State { STATE_A = 0; }\n" + ItemText(R"(oneof which { string a = 2; string b = 3; }
  State state = 4 [(rowkeeper.v1.column) = {name: "which"}];)"),
         {R"(shop.proto:4: shop.v1.Item: the check name "ck_items_which" is that of the check of shop.v1.Item too; rename one of the columns or the oneof that it is about)"}},
        {"ColumnOptionOutsideAnEntity",
         ItemText("") + R"(message Request {
  string name = 1 [(rowkeeper.v1.column) = {max_length: 3}];
})",
         {"shop.proto:8: shop.v1.Request.name: (rowkeeper.v1.column) has no effect in a message that is not an entity; "
          "add `option (rowkeeper.v1.entity) = {};` to the message, or remove the option"}},
    }),
    MistakeName);

INSTANTIATE_TEST_SUITE_P(
    FormerNames, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"OfTheTableItself",
         EntityText("Item", R"(former_names: "items")", ""),
         {R"(shop.proto:3: shop.v1.Item: the former name "items" is that of an entity or table now; name what the message or its table was called before, and is not any more)"}},
        {"OfAnotherEntity",
         EntityText("Item", R"(former_names: "shop.v1.Person")", "") + EntityText("Person", "", ""),
         {R"(shop.proto:3: shop.v1.Item: the former name "shop.v1.Person" is that of an entity or table now; name what the message or its table was called before, and is not any more)"}},
        {"ThatTwoEntitiesHad",
         EntityText("Item", R"(former_names: "things")", "") + EntityText("Person", R"(former_names: "things")", ""),
         {R"(shop.proto:7: shop.v1.Person: the former name "things" is one of shop.v1.Item too; write it at the entity that has the rows)"}},
        {"OfAnotherColumn",
         ItemText(R"(string title = 2; string name = 3 [(rowkeeper.v1.column).former_names = "title"];)"),
         {R"(shop.proto:6: shop.v1.Item.name: the former name "title" is that of another column; name what the column was called before, and none is any more)"}},
        {"OfTwoColumns",
         ItemText(
             R"(string a = 2 [(rowkeeper.v1.column).former_names = "c"]; string b = 3 [(rowkeeper.v1.column).former_names = "c"];)"),
         {R"(shop.proto:6: shop.v1.Item.b: the former name "c" is that of another column; name what the column was called before, and none is any more)"}},
        {"DroppedButDeclared",
         "option (rowkeeper.v1.dropped_entities) = \"shop.v1.Item\";\n" + ItemText(""),
         {R"(shop.proto: the dropped entity "shop.v1.Item" is declared; name a message that is gone, with its package)"}},
        {"DroppedAndKept",
         "option (rowkeeper.v1.dropped_entities) = \"shop.v1.Thing\";\n" +
             EntityText("Item", R"(former_names: "shop.v1.Thing")", ""),
         {R"(shop.proto: the dropped entity "shop.v1.Thing" is a former name of shop.v1.Item, which keeps its table; remove one of the two)"}},
    }),
    MistakeName);

}  // namespace
}  // namespace rowkeeper::catalogue
