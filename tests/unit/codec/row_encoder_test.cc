#include "server/codec/row_encoder.h"

#include <map>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/error_details.h"
#include "tests/fuzz/all_types.pb.h"
#include "tests/fuzz/all_types_plan.h"
#include "tests/unit/codec/fake_rows.h"

namespace rowkeeper::codec {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Encodes one cell as the column `name`.
absl::Status Encode(const std::string& name, const std::string& text, std::string* bytes) {
  const auto encoder = RowEncoder::Compile(fuzz::AllTypes(), {{fuzz::ColumnNamed(name)}});
  return encoder->Append(FakeRows{{{text}}}, 0, bytes);
}

fuzz::v1::All Parsed(const std::string& name, const std::string& text) {
  std::string bytes;
  fuzz::v1::All all;
  EXPECT_TRUE(Encode(name, text, &bytes).ok()) << name << " " << text;
  EXPECT_TRUE(all.ParseFromString(bytes));
  return all;
}

TEST(RowEncoderTest, NullIsAbsentAndZeroIsWrittenOnlyWithPresence) {
  const auto encoder = RowEncoder::Compile(
      fuzz::AllTypes(), {{fuzz::ColumnNamed("plain_int32"), fuzz::ColumnNamed("optional_int32"),
                          fuzz::ColumnNamed("wrapped_int32"), fuzz::ColumnNamed("optional_string")}});
  std::string bytes;
  ASSERT_TRUE(encoder->Append(FakeRows{{{"0", std::nullopt, std::nullopt, std::nullopt}}}, 0, &bytes).ok());
  EXPECT_EQ(bytes, "");
  ASSERT_TRUE(encoder->Append(FakeRows{{{"0", "0", "0", ""}}}, 0, &bytes).ok());
  fuzz::v1::All all;
  ASSERT_TRUE(all.ParseFromString(bytes));
  EXPECT_TRUE(all.has_optional_int32());
  EXPECT_TRUE(all.has_wrapped_int32());
  EXPECT_TRUE(all.has_optional_string());
}

TEST(RowEncoderTest, ReadsWhatPostgresWrites) {
  EXPECT_EQ(Parsed("plain_uint64", "18446744073709551615").plain_uint64(), 18446744073709551615u);
  EXPECT_EQ(Parsed("plain_double", "1e+20").plain_double(), 1e20);
  EXPECT_TRUE(std::isinf(Parsed("plain_float", "-Infinity").plain_float()));
  EXPECT_EQ(Parsed("plain_bytes", "\\x00ff").plain_bytes(), std::string("\x00\xff", 2));
  EXPECT_EQ(Parsed("plain_bytes", R"(a\000\377\\x)").plain_bytes(), std::string("a\0\xff\\x", 5));
  EXPECT_EQ(Parsed("uuid_bytes", "00000000-0000-0000-0000-00000000000a").uuid_bytes().size(), 16u);
  EXPECT_EQ(Parsed("color", "the COLOR_NEGATIVE").color(), fuzz::v1::COLOR_NEGATIVE);
  EXPECT_EQ(Parsed("duration", "1 day 00:00:01.5").duration().nanos(), 500000000);
  EXPECT_EQ(Parsed("date", "2024-02-29").date().day(), 29);
  EXPECT_EQ(Parsed("many_string", "{a,\"b,c\"}").many_string(1), "b,c");
  EXPECT_EQ(Parsed("many_sint32", "{-1,0}").many_sint32_size(), 2);
  EXPECT_EQ(Parsed("many_bytes", R"({"\\x61"})").many_bytes(0), "a");
}

TEST(RowEncoderTest, ReadsArraysWhateverTheyBeginWith) {
  EXPECT_EQ(Parsed("many_string", "[5:6]={a,b}").many_string(1), "b");
  EXPECT_EQ(Parsed("many_sint32", "[-2:0]={1,2,3}").many_sint32_size(), 3);
  EXPECT_EQ(Parsed("many_string", R"({"[5:6]={a,b}"})").many_string(0), "[5:6]={a,b}");
}

TEST(RowEncoderTest, RefusesCellsThatTheFieldCannotCarryAndSaysWhereTheyAre) {
  struct Case {
    std::string column;
    std::string text;
    std::string place;
  };
  const Case cases[] = {
      {"timestamp", "infinity", "timestamp"},
      {"timestamp", "-infinity", "timestamp"},
      {"timestamp", "10000-01-01 00:00:00+00", "timestamp"},
      {"timestamp", "0001-01-01 00:00:00+00 BC", "timestamp"},
      {"duration", "1 mon", "duration"},
      {"duration", "infinity", "duration"},
      {"date", "infinity", "date"},
      {"date", "0044-03-15 BC", "date"},
      {"many_int32", "{1,NULL}", "many_int32[1]"},
      {"many_int32", "[5:6]={NULL,2}", "many_int32[0]"},
      {"many_int32", "{{1},{2}}", "many_int32"},
      {"many_int32", "[1:1][5:6]={{1,2}}", "many_int32"},
      {"many_int32", "[5:6]", "many_int32"},
      {"color", "the COLOR_UNKNOWN", "color"},
      {"plain_int32", "2147483648", "plain_int32"},
      {"plain_uint32", "-1", "plain_uint32"},
      {"plain_uint64", "NaN", "plain_uint64"},
      {"plain_bool", "maybe", "plain_bool"},
      {"plain_bytes", "\\x6", "plain_bytes"},
      {"plain_bytes", "a\\40", "plain_bytes"},
      {"plain_bytes", "a\\", "plain_bytes"},
      {"json_struct", "[1]", "json_struct"},
      {"json_struct", "{", "json_struct"},
      {"inner", R"({"plain_int32":"x"})", "inner.plain_int32"},
      {"inner", R"({"plainInt32":"x"})", "inner.plain_int32"},
      {"inner", R"({"timestamp":"yesterday"})", "inner.timestamp"},
      {"inner", R"({"child":{"many_int32":[1,"x"]}})", "inner.child.many_int32[1]"},
      {"inner", R"({"many_string":["a",5]})", "inner.many_string[1]"},
  };
  catalogue::Entity entity = fuzz::AllTypes();
  entity.key = {fuzz::ColumnNamed("plain_string")};
  for (const Case& one : cases) {
    const auto encoder = RowEncoder::Compile(entity, {{fuzz::ColumnNamed(one.column)}, {1}});
    std::string bytes;
    const absl::Status status = encoder->Append(FakeRows{{{one.text, "k-7"}}}, 0, &bytes);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ErrorReason(status), "UNREPRESENTABLE_VALUE") << one.column << " " << one.text;
    EXPECT_EQ(ErrorMetadataValue(status, "entity"), entity.full_name);
    EXPECT_EQ(ErrorMetadataValue(status, "key"), "plain_string k-7");
    EXPECT_EQ(ErrorMetadataValue(status, "field"), one.place) << one.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(one.place)) << one.text;
    if (one.text.size() < 8) continue;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr(one.text))) << "an error never shows the value";
  }
}

TEST(RowEncoderTest, NamesTheKeyOfAMap) {
  std::string bytes;
  absl::Status status = Encode("bool_map", R"({"false":1,"true":"x"})", &bytes);
  EXPECT_EQ(ErrorMetadataValue(status, "field"), R"(bool_map["true"])");
  status = Encode("inner", R"({"by_name":{"a":{},"b\"c":{"plain_int32":"x"}}})", &bytes);
  EXPECT_EQ(ErrorMetadataValue(status, "field"), R"(inner.by_name["b\"c"].plain_int32)");
}

TEST(RowEncoderTest, ARowWithoutAKeyIsNamedByItsPlace) {
  std::string bytes;
  const auto one = RowEncoder::Compile(
      std::vector<catalogue::Column>{fuzz::AllTypes().columns[static_cast<size_t>(fuzz::ColumnNamed("timestamp"))]});
  const absl::Status status = one->Append(FakeRows{{{"2024-02-29 12:30:45+00"}, {"infinity"}}}, 1, &bytes);
  EXPECT_EQ(ErrorMetadataValue(status, "key"), "row 2 of the result");
  EXPECT_EQ(ErrorMetadataValue(status, "entity"), "");
  EXPECT_THAT(ErrorMetadataValue(status, "field"), HasSubstr(".timestamp"));
}

}  // namespace
}  // namespace rowkeeper::codec
