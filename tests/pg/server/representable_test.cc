#include "server/sql/representable.h"

#include <gtest/gtest.h>

#include "server/base/text.h"
#include "server/codec/text_to_wire.h"
#include "server/sql/types.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::testing {
namespace {

constexpr char kThing[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/type/date.proto";
import "rowkeeper/v1/annotations.proto";
enum Color { COLOR_UNSPECIFIED = 0; COLOR_RED = 1; COLOR_BLUE = 2; }
message Part { int32 n = 1; }
message Thing {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  google.protobuf.Timestamp at = 2;
  google.type.Date day = 3;
  google.protobuf.Duration length = 4;
  optional uint32 small = 5;
  optional uint64 large = 6;
  Color color = 7;
  repeated string names = 8;
  repeated Color colors = 9;
  repeated google.protobuf.Timestamp times = 10;
  repeated int64 numbers = 11;
  google.protobuf.Struct object = 12;
  google.protobuf.ListValue list = 13;
  google.protobuf.Value any = 14;
  map<string, string> texts = 15;
  map<string, bool> flags = 16;
  map<string, int32> counts = 17;
  Part part = 18;
}
)";

struct Values {
  const char* column;
  std::vector<const char*> literals;
};

std::string Nested(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }

/// What SQL says of a value is compared with what the encoder does.
class RepresentableTest : public ::testing::Test {
 protected:
  void SetUp() override {
    catalogue_ = CompileProtoText(kThing);
    ASSERT_NE(catalogue_, nullptr);
    ASSERT_TRUE(database_.ok());
  }

  const catalogue::Column& Column(const std::string& name) const {
    const catalogue::Column* column = catalogue_->entities().front()->FindField(name);
    EXPECT_NE(column, nullptr) << name;
    return *column;
  }

  /// "true" or "false" for the value of the column.
  std::string InSql(const catalogue::Column& column, const std::string& literal, const std::string& condition) {
    return database_.Value(Cat("SELECT (COALESCE(", condition, ", true))::text FROM (SELECT '", literal,
                               "'::", sql::SqlType(column.type), " AS c) AS t"));
  }

  bool Encodes(const catalogue::Column& column, const std::string& literal) {
    codec::ShapeSet shapes;
    const codec::TextToWire encoder(*column.field, column.type, &shapes);
    std::string out;
    codec::CellProblem problem;
    const std::string text = database_.Value(Cat("SELECT '", literal, "'::", sql::SqlType(column.type)));
    return encoder.Append(text, &out, &problem);
  }

  std::unique_ptr<const catalogue::Catalogue> catalogue_;
  ScratchDatabase database_{"representable"};
};

TEST_F(RepresentableTest, SqlAndTheEncoderAgree) {
  const std::vector<Values> all = {
      {"at",
       {"infinity", "-infinity", "0001-01-01 00:00:00+00", "0001-12-31 23:59:59.999999+00 BC",
        "4714-11-24 00:00:00+00 BC", "9999-12-31 23:59:59.999999+00", "10000-01-01 00:00:00+00",
        "294276-12-31 23:59:59+00", "2026-02-28 12:00:00-03"}},
      {"day", {"infinity", "-infinity", "0001-01-01", "0001-12-31 BC", "9999-12-31", "10000-01-01", "5874897-12-31"}},
      {"length",
       {"1 month", "-1 year", "1 year -12 months", "0", "-0.5 seconds", "1 day -25:00:00", "315576000000 seconds",
        "315576000000.999999 seconds", "315576000001 seconds", "-315576000000.999999 seconds", "-315576000001 seconds",
        "3652500 days", "3652501 days", "3652500 days 24:00:00", "-3652500 days -00:00:01", "87660000 hours",
        "4000000 days -9000000 hours", "-4000000 days 9000000 hours"}},
      {"small", {"-1", "0", "4294967295", "4294967296"}},
      {"large", {"-1", "0", "18446744073709551615", "18446744073709551616", "NaN"}},
      {"color", {"RED", "GREEN", "", "UNSPECIFIED"}},
      {"names", {"{}", "{a}", "{a,NULL}", "{NULL}", "[3:4]={a,b}", "{{a},{b}}", "{{a,NULL}}", "{\"NULL\",\"\"}"}},
      {"colors", {"{}", "{RED,BLUE}", "{RED,GREEN}", "{RED,NULL}", "[0:0]={RED}", "{{RED}}"}},
      {"times", {"{}", "{2026-01-01}", "{2026-01-01,infinity}", "{NULL}", "{10000-01-01}", "[5:5]={2026-01-01}"}},
      {"numbers", {"{}", "{1,-2}", "{1,NULL}", "{{1}}"}},
  };
  for (const Values& values : all) {
    const catalogue::Column& column = Column(values.column);
    const std::string condition = sql::Representable(column, "c");
    ASSERT_NE(condition, "") << values.column;
    for (const char* literal : values.literals) {
      EXPECT_EQ(InSql(column, literal, condition), Encodes(column, literal) ? "true" : "false")
          << values.column << " " << literal;
    }
  }
}

TEST_F(RepresentableTest, WhatIsSurelyGoodJsonIsGood) {
  const std::string deep = Nested(150);
  const std::vector<std::string> literals = {"{}",
                                             "[]",
                                             "null",
                                             "\"x\"",
                                             "1",
                                             "true",
                                             "{\"a\": 1}",
                                             "{\"a\": \"x\"}",
                                             "{\"a\": true}",
                                             "{\"a\": null}",
                                             "{\"a\": [\"x\"]}",
                                             "[1, null]",
                                             "{\"a\": 1e305}",
                                             "[1e400]",
                                             "1e400",
                                             "{\"a\": {\"b\": -1e400}}",
                                             deep,
                                             Cat("{\"a\": ", deep, "}")};
  int sure = 0;
  for (const char* name : {"object", "list", "any", "texts", "flags", "counts", "part"}) {
    const catalogue::Column& column = Column(name);
    const std::string condition = sql::SurelyRepresentable(column, "c");
    ASSERT_NE(condition, "") << name;
    for (const std::string& literal : literals) {
      if (InSql(column, literal, condition) != "true") continue;
      ++sure;
      EXPECT_TRUE(Encodes(column, literal)) << name << " " << literal;
    }
  }
  EXPECT_GE(sure, 20);  // it is of use
}

TEST_F(RepresentableTest, NoCellIsLargerOnTheWireThanSqlSays) {
  const std::vector<Values> all = {
      {"at", {"9999-12-31 23:59:59.999999+00"}},
      {"length", {"-315576000000.999999 seconds"}},
      {"names", {"{}", "{a,\"\",ccc}", "[3:4]={a,b}"}},
      {"times", {"{2026-01-01 01:02:03.000001,9999-12-31 23:59:59.999999}"}},
      {"numbers", {"{-1,-1,-1,-1}"}},
      {"object", {"{\"a\": 1, \"b\": [1, 2, 3], \"c\": {\"\": null}}", "{\"\": []}"}},
      {"list", {"[1,2,3,4,5,6,7,8,9]", "[[],[],{}]", "[null,true,0]"}},
      {"texts", {"{\"\": \"\", \"a\": \"b\"}"}},
  };
  for (const Values& values : all) {
    const catalogue::Column& column = Column(values.column);
    const sql::WireSize size = sql::LargestWireSize(column, "c");
    for (const char* literal : values.literals) {
      codec::ShapeSet shapes;
      const codec::TextToWire encoder(*column.field, column.type, &shapes);
      std::string out;
      codec::CellProblem problem;
      ASSERT_TRUE(
          encoder.Append(database_.Value(Cat("SELECT '", literal, "'::", sql::SqlType(column.type))), &out, &problem))
          << literal;
      const std::string most =
          database_.Value(Cat("SELECT ", size.fixed, size.varying.empty() ? "" : " + ", size.varying, " FROM (SELECT '",
                              literal, "'::", sql::SqlType(column.type), " AS c) AS t"));
      EXPECT_LE(out.size(), std::stoul(most)) << values.column << " " << literal;
    }
  }
}

}  // namespace
}  // namespace rowkeeper::testing
