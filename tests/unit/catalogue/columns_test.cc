#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "tests/unit/catalogue/mistakes.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

/// One field of shop.v1.Item, compiled.
struct OneColumn {
  explicit OneColumn(const std::string& field, const std::string& more = "")
      : compiled(CompileText(ShopFile(absl::StrCat(more, ItemText(field))))) {
    if (compiled.catalogue != nullptr) {
      entity = compiled.catalogue->FindEntity("shop.v1.Item");
      column = entity->columns.back();
    } else {
      ADD_FAILURE() << compiled.diagnostics;
    }
  }

  Compiled compiled;
  const Entity* entity = nullptr;
  Column column;
};

const char kState[] = R"(
enum State {
  option allow_alias = true;
  STATE_UNSPECIFIED = 0;
  STATE_OPEN = 1;
  STATE_BEGUN = 1;
  STATE_SHUT = 2 [(rowkeeper.v1.enum_value).label = "closed"];
}
enum Mixed { MIXED_A = 0; OTHER = 1; }
message Box { string a = 1; Box inner = 2; }
)";

struct Expected {
  const char* field;
  ValueKind kind;
  bool array;
  bool nullable;
  const char* default_literal;
};

void PrintTo(const Expected& expected, std::ostream* out) { *out << expected.field; }

class ColumnTypeTest : public ::testing::TestWithParam<Expected> {};

TEST_P(ColumnTypeTest, FollowsFromTheField) {
  const OneColumn one(GetParam().field, kState);
  EXPECT_EQ(static_cast<int>(one.column.type.kind), static_cast<int>(GetParam().kind));
  EXPECT_EQ(one.column.type.array, GetParam().array);
  EXPECT_EQ(one.column.nullable, GetParam().nullable);
  EXPECT_EQ(one.column.default_literal, GetParam().default_literal);
  EXPECT_EQ(one.column.has_default(), *GetParam().default_literal != '\0');
}

INSTANTIATE_TEST_SUITE_P(Scalars, ColumnTypeTest,
                         ::testing::Values(Expected{"bool is_x = 2;", ValueKind::kBool, false, false, ""},
                                           Expected{"optional bool is_x = 2;", ValueKind::kBool, false, true, ""},
                                           Expected{"int32 x = 2;", ValueKind::kInt32, false, false, ""},
                                           Expected{"sint32 x = 2;", ValueKind::kInt32, false, false, ""},
                                           Expected{"sfixed32 x = 2;", ValueKind::kInt32, false, false, ""},
                                           Expected{"int64 x = 2;", ValueKind::kInt64, false, false, ""},
                                           Expected{"sint64 x = 2;", ValueKind::kInt64, false, false, ""},
                                           Expected{"sfixed64 x = 2;", ValueKind::kInt64, false, false, ""},
                                           Expected{"uint32 x = 2;", ValueKind::kUint32, false, false, ""},
                                           Expected{"fixed32 x = 2;", ValueKind::kUint32, false, false, ""},
                                           Expected{"uint64 x = 2;", ValueKind::kUint64, false, false, ""},
                                           Expected{"fixed64 x = 2;", ValueKind::kUint64, false, false, ""},
                                           Expected{"float x = 2;", ValueKind::kFloat, false, false, ""},
                                           Expected{"double x = 2;", ValueKind::kDouble, false, false, ""},
                                           Expected{"string x = 2;", ValueKind::kString, false, false, ""},
                                           Expected{"bytes x = 2;", ValueKind::kBytes, false, false, ""},
                                           Expected{"State x = 2;", ValueKind::kEnum, false, false, ""},
                                           Expected{"bytes x = 2 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID];",
                                                    ValueKind::kUuid, false, false, ""},
                                           Expected{"oneof one { int32 x = 2; }", ValueKind::kInt32, false, true, ""},
                                           Expected{"repeated int32 x = 2;", ValueKind::kInt32, true, false, "{}"},
                                           Expected{"repeated State x = 2;", ValueKind::kEnum, true, false, "{}"},
                                           Expected{
                                               "repeated string x = 2 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID];",
                                               ValueKind::kUuid, true, false, "{}"}));

INSTANTIATE_TEST_SUITE_P(
    Messages, ColumnTypeTest,
    ::testing::Values(Expected{"google.protobuf.Timestamp x_at = 2;", ValueKind::kTimestamp, false, false, ""},
                      Expected{"optional google.protobuf.Timestamp x_at = 2;", ValueKind::kTimestamp, false, true, ""},
                      Expected{"google.protobuf.Duration x = 2;", ValueKind::kDuration, false, false, ""},
                      Expected{"google.type.Date x_date = 2;", ValueKind::kDate, false, false, ""},
                      Expected{"repeated google.protobuf.Timestamp x = 2;", ValueKind::kTimestamp, true, false, "{}"},
                      Expected{"google.protobuf.BoolValue is_x = 2;", ValueKind::kBool, false, true, ""},
                      Expected{"google.protobuf.Int32Value x = 2;", ValueKind::kInt32, false, true, ""},
                      Expected{"google.protobuf.Int64Value x = 2;", ValueKind::kInt64, false, true, ""},
                      Expected{"google.protobuf.UInt32Value x = 2;", ValueKind::kUint32, false, true, ""},
                      Expected{"google.protobuf.UInt64Value x = 2;", ValueKind::kUint64, false, true, ""},
                      Expected{"google.protobuf.FloatValue x = 2;", ValueKind::kFloat, false, true, ""},
                      Expected{"google.protobuf.DoubleValue x = 2;", ValueKind::kDouble, false, true, ""},
                      Expected{"google.protobuf.StringValue x = 2;", ValueKind::kString, false, true, ""},
                      Expected{"google.protobuf.BytesValue x = 2;", ValueKind::kBytes, false, true, ""},
                      Expected{"repeated google.protobuf.Int32Value x = 2;", ValueKind::kJson, false, false, "[]"},
                      Expected{"google.protobuf.Struct x = 2;", ValueKind::kJson, false, false, "{}"},
                      Expected{"optional google.protobuf.Struct x = 2;", ValueKind::kJson, false, true, ""},
                      Expected{"google.protobuf.Value x = 2;", ValueKind::kJson, false, false, "null"},
                      Expected{"google.protobuf.ListValue x = 2;", ValueKind::kJson, false, false, "[]"},
                      Expected{"map<string, int32> x = 2;", ValueKind::kJson, false, false, "{}"},
                      Expected{"Box x = 2;", ValueKind::kJson, false, false, "null"},
                      Expected{"repeated Box x = 2;", ValueKind::kJson, false, false, "[]"}));

INSTANTIATE_TEST_SUITE_P(
    Defaults, ColumnTypeTest,
    ::testing::Values(
        Expected{"bool is_x = 2 [(rowkeeper.v1.column).default_value = \"true\"];", ValueKind::kBool, false, false,
                 "true"},
        Expected{"int32 x = 2 [(rowkeeper.v1.column).default_value = \"-7\"];", ValueKind::kInt32, false, false, "-7"},
        Expected{"double x = 2 [(rowkeeper.v1.column).default_value = \"-inf\"];", ValueKind::kDouble, false, false,
                 "-Infinity"},
        Expected{"string x = 2 [(rowkeeper.v1.column) = {default_value: \"äb\", max_length: 2}];", ValueKind::kString,
                 false, false, "äb"},
        Expected{"bytes x = 2 [(rowkeeper.v1.column).default_value = \"ab\"];", ValueKind::kBytes, false, false,
                 "\\x6162"},
        Expected{"State x = 2 [(rowkeeper.v1.column).default_value = \"STATE_SHUT\"];", ValueKind::kEnum, false, false,
                 "closed"},
        Expected{"State x = 2 [(rowkeeper.v1.column).default_value = \"STATE_BEGUN\"];", ValueKind::kEnum, false, false,
                 "OPEN"},
        Expected{"google.protobuf.Duration x = 2 [(rowkeeper.v1.column).default_value = \"-1.5s\"];",
                 ValueKind::kDuration, false, false, "-1.500000 seconds"},
        Expected{"google.type.Date x_date = 2 [(rowkeeper.v1.column).default_value = \"2024-02-29\"];",
                 ValueKind::kDate, false, false, "2024-02-29"},
        Expected{"google.protobuf.Struct x = 2 [(rowkeeper.v1.column).default_value = '{\"a\": 1}'];", ValueKind::kJson,
                 false, false, "{\"a\": 1}"},
        Expected{"string x = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, default_value: "
                 "\"0B5253C7-9D6C-4B6F-8A59-3F3B1F6C1F0E\"}];",
                 ValueKind::kUuid, false, false, "0b5253c7-9d6c-4b6f-8a59-3f3b1f6c1f0e"},
        Expected{"string x = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, default_value: "
                 "\"0B5253C79D6C4B6F8A593F3B1F6C1F0E\"}];",
                 ValueKind::kUuid, false, false, "0b5253c7-9d6c-4b6f-8a59-3f3b1f6c1f0e"},
        Expected{"double x = 2 [(rowkeeper.v1.column).default_value = \"-0.0e-400\"];", ValueKind::kDouble, false,
                 false, "-0.0e-400"},
        Expected{"float x = 2 [(rowkeeper.v1.column).default_value = \"1e-45\"];", ValueKind::kFloat, false, false,
                 "1e-45"},
        Expected{"map<string, int32> x = 2 [(rowkeeper.v1.column).default_value = '{\"a\": 1}'];", ValueKind::kJson,
                 false, false, "{\"a\": 1}"},
        Expected{"google.protobuf.Value x = 2 [(rowkeeper.v1.column).default_value = '[null]'];", ValueKind::kJson,
                 false, false, "[null]"},
        Expected{"string x = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 5, scale: 2, "
                 "default_value: \"+12.5\"}];",
                 ValueKind::kDecimal, false, false, "+12.5"},
        Expected{"string x = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 5, scale: 2, "
                 "default_value: \"-012.50\"}];",
                 ValueKind::kDecimal, false, false, "-012.50"}));

TEST(ColumnTest, NowIsADefaultOfTimestampsAndDates) {
  for (const char* type : {"google.protobuf.Timestamp x_at", "google.type.Date x_date"}) {
    const OneColumn one(absl::StrCat(type, " = 2 [(rowkeeper.v1.column).default_value = \"now\"];"));
    EXPECT_EQ(one.column.default_kind, DefaultKind::kNow);
  }
}

TEST(ColumnTest, EnumLabelsLoseTheEnumsPrefix) {
  const ValueType type = OneColumn("State x = 2;", kState).column.type;
  ASSERT_EQ(type.labels.size(), 2u);
  EXPECT_EQ(type.labels[0].label, "OPEN");
  EXPECT_EQ(type.labels[0].number, 1);
  EXPECT_EQ(type.labels[1].label, "closed");
  EXPECT_TRUE(type.zero_is_unset);
}

TEST(ColumnTest, EnumLabelsKeepThePrefixWhenNotAllCarryIt) {
  const ValueType type = OneColumn("Mixed x = 2;", kState).column.type;
  ASSERT_EQ(type.labels.size(), 2u);
  EXPECT_EQ(type.labels[0].label, "MIXED_A");
  EXPECT_EQ(type.labels[1].label, "OTHER");
  EXPECT_FALSE(type.zero_is_unset);
}

TEST(ColumnTest, ANativeEnumHasANameAndNoCheck) {
  const OneColumn one("State x = 2 [(rowkeeper.v1.column).type = COLUMN_TYPE_NATIVE_ENUM];", kState);
  EXPECT_EQ(one.column.type.native_enum, "state");
  EXPECT_TRUE(one.entity->checks.empty());
}

TEST(ColumnTest, WhatProtobufCannotHoldIsChecked) {
  const auto check_of = [](const std::string& field) { return OneColumn(field, kState).entity->checks.at(0); };
  EXPECT_EQ(check_of("State x = 2;").kind, Check::Kind::kEnumLabels);
  EXPECT_EQ(check_of("repeated uint32 x = 2;").kind, Check::Kind::kUint32Range);
  EXPECT_EQ(check_of("uint64 x = 2;").kind, Check::Kind::kUint64Range);
  const Check oneof = check_of("oneof one { int32 x = 2; string y = 3; }");
  EXPECT_EQ(oneof.kind, Check::Kind::kAtMostOne);
  EXPECT_EQ(oneof.name, "ck_items_one");
  EXPECT_EQ(oneof.columns, (std::vector<int>{1, 2}));
}

TEST(ColumnTest, RolesMakeTheDatabaseFillTheColumn) {
  const auto role = [](const std::string& field) { return OneColumn(field).column; };
  const Column created =
      role("google.protobuf.Timestamp created_at = 2 [(rowkeeper.v1.column).role = ROLE_CREATED_AT];");
  EXPECT_EQ(created.default_kind, DefaultKind::kNow);
  EXPECT_TRUE(created.output_only);
  EXPECT_TRUE(created.sortable);
  const Column version = role("int32 version = 2 [(rowkeeper.v1.column).role = ROLE_VERSION];");
  EXPECT_EQ(version.default_literal, "1");
  const Column flag = role("bool is_deleted = 2 [(rowkeeper.v1.column).role = ROLE_DELETED_FLAG];");
  EXPECT_EQ(flag.default_literal, "false");
  const Column deleted = role(
      "optional google.protobuf.Timestamp deleted_at = 2 "
      "[(rowkeeper.v1.column).role = ROLE_DELETED_AT];");
  EXPECT_FALSE(deleted.has_default());
  EXPECT_TRUE(deleted.output_only);
}

TEST(ColumnTest, OutputOnlyAloneLeavesTheColumnToTheDatabase) {
  const Column code = OneColumn("string code = 2 [(rowkeeper.v1.column).output_only = true];").column;
  EXPECT_FALSE(code.nullable);
  EXPECT_TRUE(code.output_only);
  EXPECT_FALSE(code.has_default());
}

}  // namespace
}  // namespace rowkeeper::catalogue
