#include "server/codec/request_decoder.h"

#include <string>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "server/base/error_details.h"
#include "tests/fuzz/all_types.pb.h"
#include "tests/fuzz/all_types_plan.h"

namespace rowkeeper::codec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class RequestDecoderTest : public ::testing::Test {
 protected:
  absl::Status Decode(const std::string& bytes) { return decoder_->Decode(bytes, &decoded_); }
  absl::Status Decode() { return Decode(request_.SerializeAsString()); }
  absl::Status DecodeList(const std::string& bytes) { return list_decoder_->Decode(bytes, &listed_); }
  absl::Status DecodeList() { return DecodeList(request_.SerializeAsString()); }
  const plan::WriteRequest& saved() const { return decoded_.as<plan::WriteRequest>(); }
  const plan::ListRequest& listed() const { return listed_.as<plan::ListRequest>(); }
  fuzz::v1::All* all() { return request_.mutable_all(); }

  const plan::Argument& Argument(const std::string& name) const {
    for (size_t i = 0; i < fuzz::SavePlan().inputs.size(); ++i) {
      if (fuzz::SavePlan().inputs[i].name == name) return decoded_.arguments[i];
    }
    static const plan::Argument none;
    return none;
  }

  static std::vector<std::string> Fields(const absl::Status& status) {
    google::rpc::BadRequest details;
    details.ParseFromString(std::string(*status.GetPayload("type.googleapis.com/google.rpc.BadRequest")));
    std::vector<std::string> fields;
    for (const auto& violation : details.field_violations()) fields.push_back(violation.field());
    return fields;
  }

  const std::unique_ptr<const RequestDecoder> decoder_ = RequestDecoder::Compile(fuzz::SavePlan());
  const std::unique_ptr<const RequestDecoder> list_decoder_ = RequestDecoder::Compile(fuzz::ListPlan());
  fuzz::v1::SaveRequest request_;
  plan::Request decoded_, listed_;
};

TEST_F(RequestDecoderTest, AnEmptyRequestHasNothing) {
  ASSERT_TRUE(Decode("").ok());
  ASSERT_TRUE(DecodeList("").ok());
  for (const plan::Argument& argument : decoded_.arguments) EXPECT_FALSE(argument.present);
  EXPECT_FALSE(listed().read_mask.has_value());
  EXPECT_EQ(saved().deleted, plan::Deleted::kExclude);
}

TEST_F(RequestDecoderTest, ZeroIsPresentOnlyInFieldsWithPresence) {
  all()->set_plain_int32(0);
  all()->set_optional_int32(0);
  all()->set_optional_string("");
  all()->mutable_wrapped_bool();
  all()->set_choice_int32(0);
  ASSERT_TRUE(Decode().ok());
  EXPECT_FALSE(Argument("all.plain_int32").present);
  EXPECT_EQ(Argument("all.optional_int32").text, "0");
  EXPECT_TRUE(Argument("all.optional_string").present);
  EXPECT_EQ(Argument("all.wrapped_bool").text, "f");
  EXPECT_EQ(Argument("all.choice_int32").text, "0");
}

TEST_F(RequestDecoderTest, ReportsAllViolationsAtOnceByTheNamesThatCallersKnow) {
  all()->set_uuid("not a uuid");
  all()->set_plain_string(std::string("nul\0byte", 8));
  all()->set_decimal("1e5");
  all()->set_short_text("longer");
  all()->mutable_timestamp()->set_nanos(-1);
  all()->mutable_date()->set_year(2024);
  all()->add_many_uuid("0");
  request_.set_deleted(static_cast<v1::Deleted>(9));
  request_.add_color(static_cast<fuzz::v1::Color>(99));
  const absl::Status status = Decode();
  EXPECT_EQ(ErrorReason(status), "INVALID_FIELD");
  EXPECT_THAT(Fields(status), UnorderedElementsAre("all.uuid", "all.plain_string", "all.decimal", "all.short_text",
                                                   "all.timestamp", "all.date", "all.many_uuid", "deleted", "color"));
}

TEST_F(RequestDecoderTest, MaxLengthCountsCharactersNotBytes) {
  all()->set_short_text("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9");
  EXPECT_TRUE(Decode().ok());
}

TEST_F(RequestDecoderTest, AnUnspecifiedEnumIsNotSetButAnUnknownNumberIsRefused) {
  all()->set_optional_color(fuzz::v1::COLOR_UNSPECIFIED);
  all()->set_optional_level(fuzz::v1::LEVEL_LOW);
  ASSERT_TRUE(Decode().ok());
  EXPECT_FALSE(Argument("all.optional_color").present);
  EXPECT_EQ(Argument("all.optional_level").text, "the LEVEL_LOW");
  all()->set_color(static_cast<fuzz::v1::Color>(4));
  EXPECT_THAT(Fields(Decode()), ElementsAre("all.color"));
}

TEST_F(RequestDecoderTest, ARepeatedFilterIsAnArrayOfItsColumnsValues) {
  request_.add_plain_int64(-5);
  request_.add_plain_int64(7);
  request_.add_color(fuzz::v1::COLOR_RED);
  ASSERT_TRUE(Decode().ok());
  EXPECT_EQ(Argument("plain_int64").text, "{-5,7}");
  EXPECT_EQ(Argument("color").text, "{\"the COLOR_RED\"}");
}

TEST_F(RequestDecoderTest, TheLastMemberOfAOneofWinsAndOneOutsideOfThePlanClearsTheEntity) {
  fuzz::v1::SaveRequest first;
  first.mutable_all()->set_choice_string("first");
  first.mutable_all()->set_plain_int32(3);
  fuzz::v1::SaveRequest second;
  second.mutable_all()->set_choice_int32(2);
  ASSERT_TRUE(Decode(first.SerializeAsString() + second.SerializeAsString()).ok());
  EXPECT_FALSE(Argument("all.choice_string").present);
  EXPECT_EQ(Argument("all.choice_int32").text, "2");
  EXPECT_EQ(Argument("all.plain_int32").text, "3");

  fuzz::v1::SaveRequest other;
  other.mutable_unbound();
  ASSERT_TRUE(Decode(first.SerializeAsString() + other.SerializeAsString()).ok());
  EXPECT_FALSE(Argument("all.plain_int32").present);
}

TEST_F(RequestDecoderTest, TheLastMemberOfAOneofInsideOfJsonWinsAndAnEarlierMessageIsForgotten) {
  fuzz::v1::SaveRequest pieces[4];
  pieces[0].mutable_all()->mutable_inner()->mutable_pick_deep()->set_number(1);
  pieces[1].mutable_all()->mutable_inner()->set_pick_string("between");
  pieces[2].mutable_all()->mutable_inner()->mutable_pick_deep()->add_numbers(2);
  pieces[3].mutable_all()->mutable_inner()->mutable_pick_deep()->add_numbers(3);
  std::string bytes;
  for (const auto& piece : pieces) bytes += piece.SerializeAsString();
  ASSERT_TRUE(Decode(bytes).ok());
  EXPECT_EQ(Argument("all.inner").text, R"({"pick_deep":{"numbers":["2","3"]}})");
}

TEST_F(RequestDecoderTest, AnyBitOfALongVarintMakesABoolTrue) {
  ASSERT_TRUE(Decode(std::string("\x20\x80\x80\x80\x80\x80\x01", 7)).ok());
  EXPECT_TRUE(saved().allow_missing);
}

TEST_F(RequestDecoderTest, AFieldWithTwoInputsFillsBoth) {
  all()->set_uuid("123E4567-E89B-12D3-A456-426614174000");
  ASSERT_TRUE(Decode().ok());
  int found = 0;
  for (size_t i = 0; i < decoded_.arguments.size(); ++i) {
    if (fuzz::SavePlan().inputs[i].name != "all.uuid") continue;
    EXPECT_EQ(decoded_.arguments[i].text, "123e4567-e89b-12d3-a456-426614174000");
    ++found;
  }
  EXPECT_EQ(found, 2);
}

TEST_F(RequestDecoderTest, ReadsControls) {
  request_.set_page_size(-3);
  request_.set_page_token("token");
  request_.set_order_by("a desc");
  request_.set_version(-9);
  request_.set_allow_missing(true);
  request_.set_deleted(v1::DELETED_ONLY);
  request_.mutable_read_mask()->add_paths("id");
  request_.mutable_update_mask();
  ASSERT_TRUE(Decode().ok());
  ASSERT_TRUE(DecodeList().ok());
  EXPECT_EQ(listed().page_size, -3);
  EXPECT_EQ(listed().page_token, "token");
  EXPECT_EQ(listed().order_by, "a desc");
  EXPECT_EQ(saved().version, -9);
  EXPECT_TRUE(saved().allow_missing);
  EXPECT_EQ(saved().deleted, plan::Deleted::kOnly);
  EXPECT_EQ(listed().deleted, plan::Deleted::kOnly);
  EXPECT_THAT(*listed().read_mask, ElementsAre("id"));
  EXPECT_TRUE(saved().update_mask->empty());
}

TEST_F(RequestDecoderTest, BytesThatAreNoMessageAreMalformedNotACrash) {
  for (const std::string bytes :
       {"\x12\x05", "\x0a\x02\xc3\x28", "\xff\xff\xff\xff\xff\xff", "\x13", "\x14", "\x07", "\x20\xff"}) {
    const absl::Status status = Decode(bytes);
    EXPECT_EQ(ErrorReason(status), "MALFORMED_REQUEST");
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_THAT(std::string(Decode("\x0a\x02\xc3\x28").message()), HasSubstr("request_id"));
}

TEST_F(RequestDecoderTest, JsonRefusesNulAndNumbersThatJsonLacks) {
  (*all()->mutable_json_struct()->mutable_fields())["a"].set_string_value(std::string("\0", 1));
  all()->mutable_json_value()->set_number_value(std::numeric_limits<double>::infinity());
  (*all()->mutable_string_map())[std::string("k\0", 2)] = "v";
  EXPECT_THAT(Fields(Decode()), UnorderedElementsAre("all.json_struct", "all.json_value", "all.string_map"));
}

TEST_F(RequestDecoderTest, JsonIsTheSameForTheSameMap) {
  (*all()->mutable_string_map())["b"] = "2";
  (*all()->mutable_string_map())["a"] = "1\n";
  all()->mutable_inner()->set_plain_int64(5);
  all()->mutable_inner()->mutable_child()->set_optional_int32(0);
  ASSERT_TRUE(Decode().ok());
  EXPECT_EQ(Argument("all.string_map").text, R"({"a":"1\u000a","b":"2"})");
  EXPECT_EQ(Argument("all.inner").text, R"({"plain_int64":"5","child":{"optional_int32":0}})");
}

TEST_F(RequestDecoderTest, AMaskHasAtMostAThousandPaths) {
  for (int i = 0; i < 1000; ++i) request_.mutable_read_mask()->add_paths("id");
  ASSERT_TRUE(DecodeList().ok());
  EXPECT_EQ(listed().read_mask->size(), 1000u);
  request_.mutable_read_mask()->add_paths("id");
  for (int i = 0; i < 1000000; ++i) request_.mutable_update_mask()->add_paths("");
  const absl::Status status = Decode();
  EXPECT_THAT(Fields(status), ElementsAre("update_mask"));
  EXPECT_THAT(Fields(DecodeList()), ElementsAre("read_mask"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("more than 1000 paths"));
  EXPECT_LE(saved().update_mask->size(), 1000u);
}

TEST_F(RequestDecoderTest, TheOccurrencesOfAMaskCountTogetherAndUnknownFieldsInItDoNot) {
  request_.mutable_read_mask()->add_paths("id");
  std::string bytes;
  for (int i = 0; i < 999; ++i) bytes += request_.SerializeAsString();
  request_.mutable_read_mask()->GetReflection()->MutableUnknownFields(request_.mutable_read_mask())->AddVarint(7, 1);
  bytes += request_.SerializeAsString();
  ASSERT_TRUE(DecodeList(bytes).ok());
  EXPECT_EQ(listed().read_mask->size(), 1000u);
  EXPECT_THAT(Fields(DecodeList(bytes + request_.SerializeAsString())), ElementsAre("read_mask"));
}

TEST_F(RequestDecoderTest, OrderAndPageTokenHaveALongestLength) {
  request_.set_order_by(std::string(4096, 'a'));
  request_.set_page_token(std::string(65536, 'a'));
  ASSERT_TRUE(DecodeList().ok());
  EXPECT_EQ(listed().order_by.size(), 4096u);
  EXPECT_EQ(listed().page_token.size(), 65536u);
  request_.mutable_order_by()->push_back('a');
  request_.mutable_page_token()->push_back('a');
  const absl::Status status = DecodeList();
  EXPECT_THAT(Fields(status), UnorderedElementsAre("order_by", "page_token"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("at most 4096 are allowed"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("at most 65536 are allowed"));
}

std::string Delimited(int number, const std::string& payload) {
  std::string field;
  AppendVarint(MakeTag(number, WireType::kLength), &field);
  AppendLengthDelimited(payload, &field);
  return field;
}

std::string RequestWith(const std::string& all) { return Delimited(fuzz::v1::SaveRequest::kAllFieldNumber, all); }

TEST_F(RequestDecoderTest, TheLastOfEqualMapKeysWinsInAMapOfAnySize) {
  const auto entry = [](const std::string& key, const std::string& value) {
    google::protobuf::Struct one;
    (*one.mutable_fields())[key].set_string_value(value);
    return one.SerializeAsString();
  };
  std::string empty;
  for (int i = 0; i < 500000; ++i) empty.append("\x0a\x00", 2);
  const std::string bytes =
      entry("b", "first") + empty + entry("a", "1") + entry("", "gone") + empty + entry("b", "last");
  ASSERT_TRUE(Decode(RequestWith(Delimited(fuzz::v1::All::kJsonStructFieldNumber, bytes))).ok());
  EXPECT_EQ(Argument("all.json_struct").text, R"({"":null,"a":"1","b":"last"})");
}

TEST_F(RequestDecoderTest, TheLastOfEqualNumericMapKeysWinsHoweverTheyAreWritten) {
  const auto entry = [](int64_t key, int value) {
    std::string bytes;
    AppendVarint(MakeTag(2, WireType::kVarint), &bytes);
    AppendVarint(value, &bytes);
    for (const int64_t number : {int64_t{99}, key}) {  // within an entry, too, the last key counts
      AppendVarint(MakeTag(1, WireType::kVarint), &bytes);
      AppendVarint(static_cast<uint64_t>(number), &bytes);
    }
    return Delimited(fuzz::v1::All::kLevelMapFieldNumber, bytes);
  };
  const std::string bytes = entry(-3, 0) + entry(10, 5) + entry(2, 0) + entry(-3, 5) + entry(0, 5) +
                            Delimited(fuzz::v1::All::kLevelMapFieldNumber, "");
  ASSERT_TRUE(Decode(RequestWith(bytes)).ok());
  EXPECT_EQ(Argument("all.level_map").text, R"({"-3":"LEVEL_HIGH","0":"LEVEL_LOW","2":"LEVEL_LOW","10":"LEVEL_HIGH"})");
}

}  // namespace
}  // namespace rowkeeper::codec
