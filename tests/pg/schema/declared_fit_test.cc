#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/plan/method_plan.h"
#include "server/schema/default_fit.h"
#include "server/schema/fit.h"
#include "server/schema/version_fit.h"
#include "server/sql/ddl.h"
#include "server/sql/variants.h"
#include "tests/pg/schema/declared_fixture.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A field, its column and the column's default; what is refused, or nothing.
struct DefaultCase {
  std::string field;
  std::string type;
  std::string value;
  /// A part of the mismatch; empty when the default is what the server stores too.
  std::string problem;
};

TEST_F(DeclaredFitTest, DefaultsThatAZeroWouldReplaceAreRefused) {
  const std::vector<DefaultCase> cases = {
      {"bool", "boolean", "false", ""},
      {"bool", "boolean", "'f'", ""},
      {"bool", "boolean", "true", "write `default_value: \"true\"` (a create can then not store false)"},
      {"bool", "boolean", "'on'::boolean", "write `default_value: \"true\"`"},
      {"bool", "boolean", "(1 = 1)", "write `output_only: true` if the database always fills it"},
      {"int32", "integer", "0", ""},
      {"int32", "integer", "'0'", ""},
      {"int32", "integer", "0::smallint", ""},
      {"int32", "integer", "NULL", ""},
      {"int32", "integer", "3", "stores 0 when a request leaves the field empty; write `default_value: \"3\"`"},
      {"int32", "integer", "-1", "write `default_value: \"-1\"`"},
      {"int32", "integer", "'7'", "write `default_value: \"7\"`"},
      {"int32", "integer", "1 + 2", "write `output_only: true`"},
      {"int64", "bigint", "0::bigint", ""},
      {"int64", "bigint", "'0'::bigint", ""},
      {"int64", "bigint", "nextval('counter')", "has DEFAULT nextval('counter'::regclass), but "},
      {"int64", "bigint", "(extract(epoch FROM now()) * 1000)::bigint", "write `output_only: true`"},
      {"uint32", "bigint", "0", ""},
      {"uint32", "bigint", "12", "write `default_value: \"12\"`"},
      {"uint64", "numeric(20,0)", "0", ""},
      {"uint64", "numeric(20,0)", "0.0", ""},
      {"uint64", "numeric(20,0)", "18446744073709551615", "write `default_value: \"18446744073709551615\"`"},
      {"float", "real", "0.0", ""},
      {"float", "real", "'-0'", ""},
      {"float", "real", "0.5", "write `default_value: \"0.5\"`"},
      {"double", "double precision", "0e0", ""},
      {"double", "double precision", "1e-9", "write `default_value"},
      {"double", "double precision", "'NaN'", "write `default_value: \"NaN\"`"},
      {"double", "double precision", "random()", "write `output_only: true`"},
      {"string", "text", "''", ""},
      {"string", "text", "''::varchar", ""},
      {"string", "text", "NULL::varchar", ""},
      {"string", "text", "'0'", "stores an empty value when a request leaves the field empty"},
      {"string", "text", "'EUR'", "write `default_value: \"EUR\"`"},
      {"string", "text", "'it''s'", "write `default_value: \"it\\'s\"`"},
      {"string", "text", "CURRENT_USER", "write `output_only: true`"},
      {"bytes", "bytea", "''", ""},
      {"bytes", "bytea", "'\\x'", ""},
      {"bytes", "bytea", "'\\xff'", "write `output_only: true`"},
      {"State", "text", "'NEW'", ""},
      {"State", "text", "'OLD'", "write `default_value: \"STATE_OLD\"`"},
      // Their zero is no value: a request without the field is refused, so nothing is replaced.
      {"Mood", "text", "'FINE'", ""},
      {"google.protobuf.Timestamp", "timestamptz", "now()", ""},
      // A list, a map and JSON that are left empty are left to the database.
      {"repeated string", "text[]", "'{a,b}'", ""},
      {"map<string, string>", "jsonb", "'{\"a\": \"b\"}'", ""},
  };
  database_.Run("CREATE SEQUENCE counter");
  for (const DefaultCase& c : cases) {
    SCOPED_TRACE(absl::StrCat(c.field, " over ", c.type, " DEFAULT ", c.value));
    DeclareItem(c.field + " thing = 2;");
    database_.Run(
        absl::StrCat("DROP TABLE IF EXISTS items; CREATE TABLE items (id uuid PRIMARY KEY DEFAULT "
                     "gen_random_uuid(), thing ",
                     c.type, " NOT NULL DEFAULT ", c.value, ")"));
    if (c.problem.empty()) {
      EXPECT_THAT(Mismatches(), IsEmpty());
    } else {
      EXPECT_THAT(Mismatches(),
                  ElementsAre(AllOf(HasSubstr("shop.v1.Item.thing: column \"thing\" of table \"items\" has DEFAULT "),
                                    HasSubstr(c.problem),
                                    HasSubstr("or ALTER TABLE \"items\" ALTER COLUMN \"thing\" DROP DEFAULT"))));
    }
    EXPECT_THAT(Advice(), IsEmpty());
  }
}

TEST_F(DeclaredFitTest, WhatADefaultIsSaidToNeedFits) {
  DeclareItem(R"(bool active = 2 [(rowkeeper.v1.column).default_value = "true"];
                 string currency = 3 [(rowkeeper.v1.column).default_value = "EUR"];
                 int64 number = 4 [(rowkeeper.v1.column).output_only = true];)");
  database_.Run(
      R"(CREATE TABLE items (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), active boolean NOT NULL DEFAULT true,
      currency text NOT NULL DEFAULT 'EUR', number bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY))");
  EXPECT_THAT(Mismatches(), IsEmpty());
  EXPECT_THAT(RefusedStatements(), IsEmpty());
}

TEST_F(DeclaredFitTest, ANullInPlaceOfADefaultIsAnAdvice) {
  DeclareItem("optional string currency = 2; optional google.protobuf.Timestamp seen_at = 3; optional int32 n = 4;");
  database_.Run(R"(CREATE TABLE items (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), currency text DEFAULT 'EUR',
                                       seen_at timestamptz DEFAULT now(), n integer))");
  EXPECT_THAT(Mismatches(), IsEmpty());
  EXPECT_THAT(Advice(), ElementsAre(AllOf(HasSubstr("Item.currency: "), HasSubstr("stores NULL when"),
                                          HasSubstr("write `default_value: \"EUR\"`")),
                                    AllOf(HasSubstr("Item.seen_at: "), HasSubstr("has DEFAULT now(), but "))));
}

TEST_F(DeclaredFitTest, ADeclaredDefaultThatIsNotTheDatabasesIsAnAdvice) {
  DeclareItem(R"(bool active = 2 [(rowkeeper.v1.column).default_value = "true"];
                 string currency = 3 [(rowkeeper.v1.column).default_value = "EUR"];
                 int64 seats = 4 [(rowkeeper.v1.column).default_value = "5"];
                 double ratio = 5 [(rowkeeper.v1.column).default_value = "0.50"];
                 Mood mood = 6 [(rowkeeper.v1.column).default_value = "MOOD_FINE"];)");
  MakeTables();
  EXPECT_THAT(Advice(), IsEmpty());
  database_.Run(
      "ALTER TABLE items ALTER active SET DEFAULT 'on', ALTER ratio SET DEFAULT 5e-1, ALTER seats SET DEFAULT '5'");
  EXPECT_THAT(Advice(), IsEmpty());
  database_.Run(
      "ALTER TABLE items ALTER active SET DEFAULT 'off', ALTER currency SET DEFAULT 'USD', "
      "ALTER seats SET DEFAULT 6, ALTER ratio SET DEFAULT 0.6");
  EXPECT_THAT(Mismatches(), IsEmpty());
  EXPECT_THAT(Advice(),
              ElementsAre(HasSubstr("Item.active: "),
                          AllOf(HasSubstr("Item.currency: "), HasSubstr("has DEFAULT 'USD'::text, but the field "
                                                                        "declares \"EUR\": ")),
                          HasSubstr("Item.seats: "), HasSubstr("Item.ratio: ")));
}

TEST_F(DeclaredFitTest, OnlyMethodsThatCreateReplaceDefaults) {
  Declare(absl::StrCat("message Item { option (rowkeeper.v1.entity) = {}; ", kKey, R"( bool active = 2; }
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc GetById(Key) returns (Item);
  rpc Update(UpdateItem) returns (Item);
}
message Key { string id = 1; }
message UpdateItem { Item item = 1; google.protobuf.FieldMask update_mask = 2; }
)"));
  database_.Run(
      "CREATE TABLE items (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), active boolean NOT NULL DEFAULT true)");
  EXPECT_THAT(Mismatches(), IsEmpty());
}

TEST_F(DeclaredFitTest, OurOwnExamplesFit) {
  for (const char* folder : {"planner/v1", "tracker/v1"}) {
    catalogue_ = testing::CompileExample(folder);
    ASSERT_NE(catalogue_, nullptr);
    catalogue::Diagnostics diagnostics;
    plans_ = plan::CompilePlans(*catalogue_, &diagnostics);
    MakeTables();
    EXPECT_THAT(Mismatches(), IsEmpty()) << folder;
    EXPECT_THAT(Advice(), IsEmpty()) << folder;
  }
}

}  // namespace
}  // namespace rowkeeper::schema
