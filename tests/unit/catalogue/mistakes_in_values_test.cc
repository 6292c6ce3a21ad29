#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/catalogue/mistakes.h"

namespace rowkeeper::catalogue {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Enum, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"NoValues",
         "enum State { STATE_UNSPECIFIED = 0; }\n" + ItemText("State state = 2;"),
         {"shop.proto:3: shop.v1.State: the enum has no value to store beside the unspecified one; add a value"}},
        {"NativeEnumWithoutValues",
         "enum State { STATE_UNSPECIFIED = 0; }\n" +
             ItemText("State state = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_NATIVE_ENUM}];"),
         {"shop.proto:3: shop.v1.State: the enum has no value to store beside the unspecified one; add a value"}},
        {"LabelsClash",
         R"(enum State {
  STATE_UNSPECIFIED = 0;
  STATE_OPEN = 1;
  STATE_CLOSED = 2 [(rowkeeper.v1.enum_value).label = "OPEN"];
}
)" + ItemText("State state = 2;"),
         {R"(shop.proto:6: shop.v1.STATE_CLOSED: the label "OPEN" stands for two values of shop.v1.State; write another (rowkeeper.v1.enum_value).label)"}},
        {"NativeLabelTooLong",
         R"(enum State {
  STATE_UNSPECIFIED = 0;
  STATE_OPEN = 1 [(rowkeeper.v1.enum_value).label = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"];
}
)" + ItemText("State state = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_NATIVE_ENUM}];"),
         {"shop.proto:5: shop.v1.STATE_OPEN: the label is longer than the 63 bytes of a native enum's label; write a "
          "shorter (rowkeeper.v1.enum_value).label"}},
        {"LabelWithNul",
         R"(enum State {
  STATE_UNSPECIFIED = 0;
  STATE_OPEN = 1 [(rowkeeper.v1.enum_value).label = "a\0b"];
}
)" + ItemText("State state = 2;"),
         {"shop.proto:5: shop.v1.STATE_OPEN: the label holds a NUL byte; write another `label`"}},
        {"NativeEnumsShareAName",
         "enum Kind { KIND_A = 0; }\n" +
             ItemText("Kind kind = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_NATIVE_ENUM}];") +
             EntityText("Other", "",
                        "enum Kind { KIND_A = 0; }\n  Kind kind = 2 [(rowkeeper.v1.column) = {type: "
                        "COLUMN_TYPE_NATIVE_ENUM}];"),
         {R"(shop.proto:13: shop.v1.Other.kind: the native enum "kind" would stand for both shop.v1.Kind and shop.v1.Other.Kind; rename one of the enums, or store it as text)"}},
        {"NativeEnumNamedLikeTable",
         "enum Items { ITEMS_A = 0; }\n" +
             ItemText("Items kind = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_NATIVE_ENUM}];"),
         {R"(shop.proto:7: shop.v1.Item.kind: the native enum "items" has the name of the table of shop.v1.Item; write another `table`, or rename the enum)"}},
        {"NativeEnumNamedLikeABuiltInType",
         "enum Interval { INTERVAL_A = 0; }\nenum PgLsn { PG_LSN_A = 0; }\n" +
             ItemText("Interval kind = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_NATIVE_ENUM}];\n"
                      "  PgLsn other = 3 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_NATIVE_ENUM}];\n"
                      "  Interval text = 4;"),
         {R"(shop.proto:8: shop.v1.Item.kind: the native enum "interval" has the name of a type of PostgreSQL's own; rename the enum, or store it as text)",
          R"(shop.proto:9: shop.v1.Item.other: the native enum "pg_lsn" has the name of a type of PostgreSQL's own; rename the enum, or store it as text)"}},
    }),
    MistakeName);

INSTANTIATE_TEST_SUITE_P(
    Default, MistakeTest,
    ::testing::ValuesIn(
        std::vector<Mistake>{
            {"Bool",
             ItemText(R"(bool is_open = 2 [(rowkeeper.v1.column) = {default_value: "yes"}];)"),
             {R"(shop.proto:6: shop.v1.Item.is_open: default_value "yes" does not fit a bool field; write true or false)"}},
            {"Int32",
             ItemText(R"(int32 count = 2 [(rowkeeper.v1.column) = {default_value: "2147483648"}];)"),
             {R"(shop.proto:6: shop.v1.Item.count: default_value "2147483648" does not fit an int32 field; write a whole number from -2147483648 to 2147483647)"}},
            {"Int64",
             ItemText(R"(int64 count = 2 [(rowkeeper.v1.column) = {default_value: "1.5"}];)"),
             {R"(shop.proto:6: shop.v1.Item.count: default_value "1.5" does not fit an int64 field; write a whole number from -9223372036854775808 to 9223372036854775807)"}},
            {"Uint32",
             ItemText(R"(uint32 count = 2 [(rowkeeper.v1.column) = {default_value: "-1"}];)"),
             {R"(shop.proto:6: shop.v1.Item.count: default_value "-1" does not fit a uint32 field; write a whole number from 0 to 4294967295)"}},
            {"Uint64",
             ItemText(R"(uint64 count = 2 [(rowkeeper.v1.column) = {default_value: "18446744073709551616"}];)"),
             {R"(shop.proto:6: shop.v1.Item.count: default_value "18446744073709551616" does not fit a uint64 field; write a whole number from 0 to 18446744073709551615)"}},
            {"Float",
             ItemText(R"(float ratio = 2 [(rowkeeper.v1.column) = {default_value: "1e39"}];)"),
             {R"(shop.proto:6: shop.v1.Item.ratio: default_value "1e39" does not fit a float field; write a number such as 0.5 that the type can hold)"}},
            {"Double",
             ItemText(R"(double ratio = 2 [(rowkeeper.v1.column) = {default_value: "much"}];)"),
             {R"(shop.proto:6: shop.v1.Item.ratio: default_value "much" does not fit a double field; write a number such as 0.5 that the type can hold)"}},
            {"FloatUnderflow",
             ItemText(R"(float ratio = 2 [(rowkeeper.v1.column) = {default_value: "1e-46"}];)"),
             {R"(shop.proto:6: shop.v1.Item.ratio: default_value "1e-46" does not fit a float field; write a number such as 0.5 that the type can hold)"}},
            {"DoubleUnderflow",
             ItemText(R"(double ratio = 2 [(rowkeeper.v1.column) = {default_value: "-1e-400"}];)"),
             {R"(shop.proto:6: shop.v1.Item.ratio: default_value "-1e-400" does not fit a double field; write a number such as 0.5 that the type can hold)"}},
            {"DoubleOverflow",
             ItemText(R"(double ratio = 2 [(rowkeeper.v1.column) = {default_value: "1e400"}];)"),
             {R"(shop.proto:6: shop.v1.Item.ratio: default_value "1e400" does not fit a double field; write a number such as 0.5 that the type can hold)"}},
            {"StringTooLong",
             ItemText(R"(string name = 2 [(rowkeeper.v1.column) = {default_value: "\303\244bc", max_length: 2}];)"),
             {R"(shop.proto:6: shop.v1.Item.name: default_value "äbc" does not fit a string field; write at most max_length, 2, characters)"}},
            {"StringWithNul",
             ItemText(R"(string name = 2 [(rowkeeper.v1.column) = {default_value: "a\0b"}];)"),
             {R"(shop.proto:6: shop.v1.Item.name: default_value "a\000b" does not fit a string field; leave out the NUL byte, which PostgreSQL cannot store)"}},
            {"Uuid",
             ItemText(R"(string code = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, default_value: "123"}];)"),
             {R"(shop.proto:6: shop.v1.Item.code: default_value "123" does not fit a string field; write a UUID such as 0b5253c7-9d6c-4b6f-8a59-3f3b1f6c1f0e)"}},
            {"Decimal",
             ItemText(
                 R"(string price = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 4, scale: 2, default_value: "123.4"}];)"),
             {R"(shop.proto:6: shop.v1.Item.price: default_value "123.4" does not fit a string field; write a decimal number with at most 2 digits before the point and 2 after it)"}},
            {"Enum",
             "enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; STATE_SHUT = 2; }\n" +
                 ItemText(R"(State state = 2 [(rowkeeper.v1.column) = {default_value: "STATE_UNSPECIFIED"}];)"),
             {R"(shop.proto:7: shop.v1.Item.state: default_value "STATE_UNSPECIFIED" does not fit an enum field; write one of STATE_OPEN, STATE_SHUT)"}},
            {"Timestamp",
             ItemText(R"(google.protobuf.Timestamp due_at = 2 [(rowkeeper.v1.column) = {default_value: "tomorrow"}];)"),
             {R"(shop.proto:6: shop.v1.Item.due_at: default_value "tomorrow" does not fit a google.protobuf.Timestamp field; write a time such as 2026-01-31T08:00:00Z, in the years 1 to 9999 of UTC, or now)"}},
            {"Duration",
             ItemText(R"(google.protobuf.Duration length = 2 [(rowkeeper.v1.column) = {default_value: "1h"}];)"),
             {R"(shop.proto:6: shop.v1.Item.length: default_value "1h" does not fit a google.protobuf.Duration field; write seconds such as 3600s or 0.5s, 315576000000 at most)"}},
            {"Date",
             ItemText(R"(google.type.Date due_date = 2 [(rowkeeper.v1.column) = {default_value: "2026-02-30"}];)"),
             {R"(shop.proto:6: shop.v1.Item.due_date: default_value "2026-02-30" does not fit a google.type.Date field; write a date such as 2026-01-31, or now)"}},
            {"TimesOutsideTheYears",
             ItemText(
                 R"(google.protobuf.Timestamp early_at = 2 [(rowkeeper.v1.column).default_value = "0001-01-01T00:00:00+14:00"];
  google.protobuf.Timestamp late_at = 3 [(rowkeeper.v1.column).default_value = "9999-12-31T23:59:59-00:01"];
  google.protobuf.Timestamp leap_at = 4 [(rowkeeper.v1.column).default_value = "2016-12-31T23:59:60Z"];
  google.protobuf.Duration length = 5 [(rowkeeper.v1.column).default_value = "9223372036854775807s"];
  google.type.Date some_date = 6 [(rowkeeper.v1.column).default_value = "12345-1-01"];)"),
             {R"(shop.proto:6: shop.v1.Item.early_at: default_value "0001-01-01T00:00:00+14:00" does not fit a google.protobuf.Timestamp field; write a time such as 2026-01-31T08:00:00Z, in the years 1 to 9999 of UTC, or now)", R"(shop.proto:7: shop.v1.Item.late_at: default_value "9999-12-31T23:59:59-00:01" does not fit a google.protobuf.Timestamp field; write a time such as 2026-01-31T08:00:00Z, in the years 1 to 9999 of UTC, or now)", R"(shop.proto:8: shop.v1.Item.leap_at: default_value "2016-12-31T23:59:60Z" does not fit a google.protobuf.Timestamp field; write a time such as 2026-01-31T08:00:00Z, in the years 1 to 9999 of UTC, or now)", R"(shop.proto:9: shop.v1.Item.length: default_value "9223372036854775807s" does not fit a google.protobuf.Duration field; write seconds such as 3600s or 0.5s, 315576000000 at most)", R"(shop.proto:10: shop.v1.Item.some_date: default_value "12345-1-01" does not fit a google.type.Date field; write a date such as 2026-01-31, or now)"}},
            {"JsonSyntax",
             ItemText(R"(google.protobuf.Value data = 2 [(rowkeeper.v1.column) = {default_value: "{"}];)"),
             {R"(shop.proto:6: shop.v1.Item.data: default_value "{" does not fit a google.protobuf.Value field; write JSON)"}},
            {"JsonObject",
             ItemText(R"(google.protobuf.Struct data = 2 [(rowkeeper.v1.column) = {default_value: "[]"}];)"),
             {R"(shop.proto:6: shop.v1.Item.data: default_value "[]" does not fit a google.protobuf.Struct field; write a JSON object)"}},
            {"JsonArray",
             ItemText(R"(google.protobuf.ListValue data = 2 [(rowkeeper.v1.column) = {default_value: "{}"}];)"),
             {R"(shop.proto:6: shop.v1.Item.data: default_value "{}" does not fit a google.protobuf.ListValue field; write a JSON array)"}},
            {"JsonOfAnotherMessage",
             "message Box { int32 width = 1; }\n" +
                 ItemText(R"(Box box = 2 [(rowkeeper.v1.column) = {default_value: '{"width": "wide"}'}];)"),
             {R"(shop.proto:7: shop.v1.Item.box: default_value "{\"width\": \"wide\"}" does not fit a shop.v1.Box field; write JSON that its type can be read from: INVALID_ARGUMENT:(box.width): invalid value "wide" for type TYPE_INT32)"}},
            {"JsonOfUnknownField",
             "message Box { int32 width = 1; }\n" +
                 ItemText(R"(Box box = 2 [(rowkeeper.v1.column) = {default_value: '{"depth": 1}'}];)"),
             {R"(shop.proto:7: shop.v1.Item.box: default_value "{\"depth\": 1}" does not fit a shop.v1.Box field; write JSON that its type can be read from: INVALID_ARGUMENT:(box) depth: Cannot find field.)"}},
            {"JsonOfMapWithOtherValues",
             ItemText(R"(map<string, int32> counts = 2 [(rowkeeper.v1.column) = {default_value: '{"a": "b"}'}];)"),
             {R"(shop.proto:6: shop.v1.Item.counts: default_value "{\"a\": \"b\"}" does not fit a map field; write JSON that its type can be read from: INVALID_ARGUMENT:(counts[0].value): invalid value "b" for type TYPE_INT32)"}},
            {"JsonOfRepeatedMessage",
             "message Box { int32 width = 1; }\n" +
                 ItemText(R"(repeated Box boxes = 2 [(rowkeeper.v1.column) = {default_value: '[{"width": 1}, 2]'}];)"),
             {R"(shop.proto:7: shop.v1.Item.boxes: default_value "[{\"width\": 1}, 2]" does not fit a repeated shop.v1.Box field; write JSON that its type can be read from: INVALID_ARGUMENT:(boxes[1]): invalid value 2 for type type.googleapis.com/shop.v1.Box)"}},
            {"JsonWithATimeOutsideTheYears",
             "message Box { google.protobuf.Timestamp at = 1; }\n" +
                 ItemText(
                     R"(Box early = 2 [(rowkeeper.v1.column) = {default_value: '{"at": "0001-01-01T00:00:00+14:00"}'}];
  Box late = 3 [(rowkeeper.v1.column) = {default_value: '{"at": "9999-12-31T23:59:59-00:01"}'}];)"),
             {R"(shop.proto:7: shop.v1.Item.early: default_value "{\"at\": \"0001-01-01T00:00:00+14:00\"}" does not fit a shop.v1.Box field; write JSON that its type can be read from: INTERNAL:Timestamp seconds exceeds limit for field: at)",
              R"(shop.proto:8: shop.v1.Item.late: default_value "{\"at\": \"9999-12-31T23:59:59-00:01\"}" does not fit a shop.v1.Box field; write JSON that its type can be read from: INTERNAL:Timestamp seconds exceeds limit for field: at)"}},
            {"Array",
             ItemText(R"(repeated string tags = 2 [(rowkeeper.v1.column) = {default_value: "a"}];)"),
             {R"(shop.proto:6: shop.v1.Item.tags: default_value "a" does not fit a repeated string field; remove it: a repeated field starts empty)"}},
            {"OneofMember",
             ItemText(
                 R"(oneof which { int32 count = 2 [(rowkeeper.v1.column) = {default_value: "1"}]; string note = 3; })"),
             {"shop.proto:6: shop.v1.Item.count: a member of a oneof has no default_value; remove it"}},
        }),
    MistakeName);

}  // namespace
}  // namespace rowkeeper::catalogue
