#include <chrono>
#include <iterator>

#include "absl/strings/str_replace.h"
#include "server/catalogue/default_value.h"
#include "server/plan/filter/expression.h"
#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using catalogue::ValueKind;

constexpr char kEdgyThing[] = R"(
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; }
message Parts {
  google.protobuf.Timestamp at = 1; google.protobuf.Duration took = 2; google.protobuf.FieldMask mask = 3;
  google.protobuf.Value any = 4; map<int64, Parts> parts = 5; uint64 large = 6; float real = 7; bytes raw = 8;
}
message Thing {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  bool flag = 2; int32 small = 3; int64 large = 4; uint32 natural = 5; uint64 vast = 6; float real = 7; double wide = 8;
  string text = 9 [(rowkeeper.v1.column).max_length = 5];
  bytes raw = 10; Mood mood = 11;
  string uuid = 12 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID];
  string price = 13 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 6, scale: 2}];
  google.protobuf.Timestamp at = 14; google.protobuf.Duration took = 15; google.type.Date day = 16;
  google.protobuf.Struct object = 17; google.protobuf.Value any = 18; google.protobuf.ListValue list = 19;
  Parts parts = 20; map<string, Parts> named = 21; repeated Parts many = 22;
  repeated int32 numbers = 23;
})";

constexpr const char* kEdges[] = {"",
                                  " ",
                                  "now",
                                  "infinity",
                                  "-infinity",
                                  "NaN",
                                  "nan",
                                  "inf",
                                  "-Inf",
                                  "0",
                                  "-0",
                                  "+1",
                                  "1.",
                                  ".5",
                                  "0x10",
                                  "1e3",
                                  "1e400",
                                  "-1e400",
                                  "1e-400",
                                  "1e308",
                                  "3.5e38",
                                  "2147483647",
                                  "2147483648",
                                  "-2147483649",
                                  "4294967295",
                                  "4294967296",
                                  "9223372036854775807",
                                  "9223372036854775808",
                                  "-9223372036854775809",
                                  "18446744073709551615",
                                  "18446744073709551616",
                                  "99999999999999999999999999999999999999",
                                  "9999.99",
                                  "10000.00",
                                  "0.001",
                                  "true",
                                  "TRUE",
                                  "t",
                                  "MOOD_FINE",
                                  "FINE",
                                  "7",
                                  "0001-01-01T00:00:00+14:00",
                                  "0001-01-01T14:00:00+14:00",
                                  "9999-12-31T23:59:59-00:01",
                                  "9999-12-31T23:59:59.999999999Z",
                                  "0000-01-01T00:00:00Z",
                                  "10000-01-01T00:00:00Z",
                                  "-0001-01-01T00:00:00Z",
                                  "2016-12-31T23:59:60Z",
                                  "2026-02-30T00:00:00Z",
                                  "2026-01-31T00:00:00+24:00",
                                  "2026-01-31T00:00:00.1234567890Z",
                                  "2026-01-31 00:00:00+00",
                                  "2026-01-31T00:00:00",
                                  "0001-01-01",
                                  "9999-12-31",
                                  "0000-12-31",
                                  "10000-01-01",
                                  "2026-02-29",
                                  "2024-02-29",
                                  "12345-1-01",
                                  "315576000000s",
                                  "315576000001s",
                                  "-315576000000.999999999s",
                                  "9223372036854775808s",
                                  "s",
                                  "-s",
                                  "1.s",
                                  "1e3s",
                                  "0b5253c7-9d6c-4b6f-8a59-3f3b1f6c1f0e",
                                  "0b5253c79d6c4b6f8a593f3b1f6c1f0e",
                                  "0b5253c7-9d6c-4b6f-8a59-3f3b1f6c1f0",
                                  "AA==",
                                  "AA",
                                  "====",
                                  "{}",
                                  "[]",
                                  "null",
                                  "{",
                                  "[1,",
                                  R"({"a": 1e999})",
                                  R"({"a": "\ud800"})",
                                  R"({"a": "\u0000"})",
                                  "{\"a\": \"\xff\"}",
                                  R"({"at": "0001-01-01T00:00:00+14:00"})",
                                  R"({"at": "9999-12-31T23:59:59-00:01"})",
                                  R"({"took": "315576000001s"})",
                                  R"({"mask": "a..b"})",
                                  R"({"large": -1})",
                                  R"({"large": 1e40})",
                                  R"({"real": 1e300})",
                                  R"({"raw": "!"})",
                                  R"({"parts": {"9223372036854775808": {}}})",
                                  R"({"at": null, "any": null})",
                                  "\xff\xfe"};

/// Texts at and beyond the edges of times, numbers and JSON.
std::vector<std::string> Edges() {
  std::vector<std::string> edges(std::begin(kEdges), std::end(kEdges));
  edges.push_back(std::string("a\0b", 3));
  edges.push_back(std::string(100000, '['));
  edges.push_back(std::string(50000, '[') + std::string(50000, ']'));
  std::string deep;
  for (int i = 0; i < 20000; ++i) deep += R"({"any":)";
  edges.push_back(deep + "1" + std::string(20000, '}'));
  edges.push_back(std::string(100000, '9'));
  return edges;
}

/// Where a default and an operand are read by the same rules.
bool ReadAlike(ValueKind kind, const std::string& text) {
  if (text == "now") return false;
  return kind != ValueKind::kJson && kind != ValueKind::kBytes && kind != ValueKind::kString &&
         kind != ValueKind::kEnum;
}

TEST(Edges, AreReadOrRefusedWhereverTheyStand) {
  const Plans plans = Plans::OfText(kEdgyThing);
  const catalogue::Entity& thing = *plans.catalogue().entities().front();
  ASSERT_EQ(thing.full_name, "shop.v1.Thing");
  FilterLimits limits;
  limits.max_bytes = 1 << 20;
  const auto begin = std::chrono::steady_clock::now();
  for (const catalogue::Column& column : thing.columns) {
    for (const std::string& text : Edges()) {
      SCOPED_TRACE(Cat(column.name, " ", text.substr(0, 60)));
      const auto value = catalogue::ParseDefaultValue(*column.field, column.type, text);
      if (column.type.array) continue;
      const std::string quoted = absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}});
      const std::string filter =
          Cat(column.name, column.type.kind == ValueKind::kJson ? ".a = \"" : " = \"", quoted, "\"");
      std::string problem;
      const auto compiled = CompileFilter(thing, filter, FilterColumns::kAll, limits, 0, &problem);
      if (!compiled.has_value()) {
        EXPECT_NE(problem, "");
      }
      if (ReadAlike(column.type.kind, text)) {
        EXPECT_EQ(compiled.has_value(), value.ok()) << value.status() << problem;
      }
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30)) << "something grows with the square";
}

}  // namespace
}  // namespace rowkeeper::plan
