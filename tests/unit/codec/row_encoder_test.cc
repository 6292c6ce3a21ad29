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

/// Encodes one cell as the column `name`.
absl::Status Encode(const std::string& name, const std::string& text, std::string* bytes) {
  const auto encoder = RowEncoder::Compile(fuzz::AllTypes(), {fuzz::ColumnNamed(name)});
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
  const auto encoder =
      RowEncoder::Compile(fuzz::AllTypes(), {fuzz::ColumnNamed("plain_int32"), fuzz::ColumnNamed("optional_int32"),
                                             fuzz::ColumnNamed("wrapped_int32"), fuzz::ColumnNamed("optional_string")});
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
  EXPECT_EQ(Parsed("uuid_bytes", "00000000-0000-0000-0000-00000000000a").uuid_bytes().size(), 16u);
  EXPECT_EQ(Parsed("color", "the COLOR_NEGATIVE").color(), fuzz::v1::COLOR_NEGATIVE);
  EXPECT_EQ(Parsed("duration", "1 day 00:00:01.5").duration().nanos(), 500000000);
  EXPECT_EQ(Parsed("date", "2024-02-29").date().day(), 29);
  EXPECT_EQ(Parsed("many_string", "{a,\"b,c\"}").many_string(1), "b,c");
  EXPECT_EQ(Parsed("many_sint32", "{-1,0}").many_sint32_size(), 2);
  EXPECT_EQ(Parsed("many_bytes", R"({"\\x61"})").many_bytes(0), "a");
}

TEST(RowEncoderTest, RefusesCellsThatTheFieldCannotCarryAndNamesTheField) {
  const std::pair<const char*, const char*> cells[] = {
      {"timestamp", "infinity"},
      {"timestamp", "10000-01-01 00:00:00+00"},
      {"timestamp", "0001-01-01 BC"},
      {"duration", "1 mon"},
      {"date", "infinity"},
      {"many_int32", "{1,NULL}"},
      {"many_int32", "{{1},{2}}"},
      {"color", "the COLOR_UNKNOWN"},
      {"plain_int32", "2147483648"},
      {"plain_uint32", "-1"},
      {"plain_uint64", "NaN"},
      {"plain_bool", "maybe"},
      {"plain_bytes", "plain"},
      {"json_struct", "[1]"},
      {"json_struct", "{"},
      {"inner", "{\"plain_int32\":\"x\"}"},
      {"inner", "{\"timestamp\":\"yesterday\"}"},
  };
  for (const auto& [name, text] : cells) {
    std::string bytes;
    const absl::Status status = Encode(name, text, &bytes);
    EXPECT_EQ(ErrorReason(status), "UNREPRESENTABLE_VALUE") << name << " " << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(name)) << text;
  }
}

}  // namespace
}  // namespace rowkeeper::codec
