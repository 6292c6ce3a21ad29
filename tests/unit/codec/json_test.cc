#include <string>

#include "google/protobuf/any.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "server/codec/json_to_wire.h"
#include "server/codec/wire_to_json.h"
#include "tests/fuzz/all_types.pb.h"
#include "tests/fuzz/random_messages.h"
#include "tests/fuzz/reference.h"

namespace rowkeeper::codec {
namespace {

using fuzz::v1::All;

class JsonTest : public ::testing::Test {
 protected:
  const FieldShape& Field(const std::string& name) {
    const MessageShape* shape = shapes_.Get(*All::descriptor());
    return shape->fields[shape->IndexOf(All::descriptor()->FindFieldByName(name)->number())];
  }

  bool Read(const std::string& name, const std::string& json, All* all) {
    std::string bytes;
    CellProblem problem;
    return AppendFieldFromJson(Field(name), json, &bytes, &problem) && all->ParseFromString(bytes);
  }

  ShapeSet shapes_;
};

TEST_F(JsonTest, IgnoresUnknownKeysAndTakesCamelCaseNames) {
  All all;
  ASSERT_TRUE(Read("inner", R"({"plainInt32": 5, "no_such": {"a": [1]}, "plain_string": "x", "child": null})", &all));
  EXPECT_EQ(all.inner().plain_int32(), 5);
  EXPECT_EQ(all.inner().plain_string(), "x");
  EXPECT_FALSE(all.inner().has_child());
}

TEST_F(JsonTest, TakesNumbersAsTextAndInAnyNotation) {
  All all;
  ASSERT_TRUE(Read("inner", R"({"plain_int64": 9007199254740993, "plain_uint64": "18446744073709551615",
                                "plain_int32": 1e3, "plain_double": "NaN", "plain_float": 3, "color": 77})",
                   &all));
  EXPECT_EQ(all.inner().plain_int64(), 9007199254740993);
  EXPECT_EQ(all.inner().plain_uint64(), 18446744073709551615u);
  EXPECT_EQ(all.inner().plain_int32(), 1000);
  EXPECT_EQ(all.inner().color(), 77);
}

TEST_F(JsonTest, RefusesValuesThatDoNotFit) {
  for (const char* json :
       {R"({"plain_int32": 2147483648})", R"({"plain_int32": 1.5})", R"({"plain_uint32": -1})",
        R"({"plain_float": 1e300})", R"({"color": "MAUVE"})", R"({"plain_bytes": "*"})", R"({"many_int32": [null]})",
        R"({"many_int32": 1})", R"({"plain_bool": 1})", R"({"by_name": {"a": null}})", R"({"bytes_map": {"x": ""}})",
        R"({"duration": "1"})", "[]", "1"}) {
    All all;
    EXPECT_FALSE(Read("inner", json, &all)) << json;
  }
}

TEST_F(JsonTest, JsonNullIsAValueOfItsOwn) {
  All all;
  ASSERT_TRUE(Read("json_value", "null", &all));
  EXPECT_TRUE(all.json_value().has_null_value());
  ASSERT_TRUE(Read("json_struct", R"({"a": null, "b": [1, "x", true, {}]})", &all));
  EXPECT_TRUE(all.json_struct().fields().at("a").has_null_value());
  EXPECT_EQ(all.json_struct().fields().at("b").list_value().values_size(), 4);
}

TEST_F(JsonTest, DeepJsonIsReadAsFarAsAClientCanParseItAndThenRefused) {
  const auto nested = [](int levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  All all;
  EXPECT_TRUE(Read("json_list", nested(40), &all));
  EXPECT_FALSE(Read("json_list", nested(60), &all));
  EXPECT_FALSE(Read("json_list", nested(200000), &all));
}

TEST_F(JsonTest, AnyIsKeptAsThePlainMessageThatItIs) {
  google::protobuf::Any any;
  any.set_type_url("type.googleapis.com/x.Y");
  any.set_value("\x01\x02");
  FieldShape field;
  field.wire_type = WireType::kLength;
  field.type = google::protobuf::FieldDescriptor::TYPE_MESSAGE;
  field.presence = true;
  field.number = 1;
  field.message = shapes_.Get(*google::protobuf::Any::descriptor());
  const std::string bytes = any.SerializeAsString();
  std::string json;
  std::string problem;
  ASSERT_TRUE(AppendJson(field, Slot{{WireType::kLength, 0, bytes}}, &json, &problem));
  EXPECT_EQ(json, R"({"type_url":"type.googleapis.com/x.Y","value":"AQI="})");
  std::string back;
  CellProblem misfit;
  ASSERT_TRUE(AppendFieldFromJson(field, json, &back, &misfit));
  EXPECT_EQ(back.substr(2), bytes);
}

TEST_F(JsonTest, ReadsTheJsonThatProtobufWrites) {
  google::protobuf::util::JsonPrintOptions options;
  int compared = 0;
  for (uint64_t seed = 0; seed < 150; ++seed) {
    fuzz::Random random(seed);
    All written;
    fuzz::Randomize(written.mutable_inner(), 3, 4, &random);
    fuzz::Canonicalize(&written);
    std::string json;
    options.preserve_proto_field_names = seed % 2 == 0;
    if (!google::protobuf::util::MessageToJsonString(written.inner(), &json, options).ok()) continue;
    All expected;
    if (!google::protobuf::util::JsonStringToMessage(json, expected.mutable_inner()).ok()) continue;
    All read;
    ASSERT_TRUE(Read("inner", json, &read)) << json;
    fuzz::Canonicalize(&read);
    fuzz::Canonicalize(&expected);
    ASSERT_EQ(fuzz::Deterministic(read), fuzz::Deterministic(expected)) << json;
    ++compared;
  }
  EXPECT_GT(compared, 100);
}

}  // namespace
}  // namespace rowkeeper::codec
