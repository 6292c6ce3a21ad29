#include "server/codec/response_encoder.h"

#include <string>

#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "server/base/error_details.h"
#include "tests/fuzz/all_types.pb.h"
#include "tests/fuzz/all_types_plan.h"
#include "tests/unit/codec/fake_rows.h"

namespace rowkeeper::codec {
namespace {

class ResponseEncoderTest : public ::testing::Test {
 protected:
  std::string Encode(const plan::ResponsePlan& plan, const FakeRows& rows, int count, std::string_view token) {
    ResponseFacts facts;
    facts.next_page_token = token;
    return Encode(plan, rows, count, facts);
  }

  std::string Encode(const plan::ResponsePlan& plan, const FakeRows& rows, int count, const ResponseFacts& facts) {
    std::string bytes;
    EXPECT_TRUE(ResponseEncoder::Compile(plan)->Encode(rows, count, *rows_, facts, &bytes).ok());
    return bytes;
  }

  const std::unique_ptr<const RowEncoder> rows_ =
      RowEncoder::Compile(fuzz::AllTypes(), {{fuzz::ColumnNamed("plain_string"), fuzz::ColumnNamed("plain_int32")}});
  const plan::ResponsePlan list_ = fuzz::SavePlan().response;
};

TEST_F(ResponseEncoderTest, AListHoldsItsRowsInOrderAndTheToken) {
  const FakeRows rows{{{"one", "1"}, {std::string(300, 'x'), "2"}, {std::nullopt, std::nullopt}, {"extra", "4"}}};
  fuzz::v1::ListResponse response;
  ASSERT_TRUE(response.ParseFromString(Encode(list_, rows, 3, "more")));
  ASSERT_EQ(response.rows_size(), 3);
  EXPECT_EQ(response.rows(0).plain_string(), "one");
  EXPECT_EQ(response.rows(1).plain_string().size(), 300u);
  EXPECT_EQ(response.rows(2).ByteSizeLong(), 0u);
  EXPECT_EQ(response.next_page_token(), "more");
}

TEST_F(ResponseEncoderTest, TheLastPageHasNoToken) { EXPECT_EQ(Encode(list_, FakeRows{}, 0, ""), ""); }

TEST_F(ResponseEncoderTest, AnEntityIsItsRowAndAHolderWrapsIt) {
  const FakeRows rows{{{"one", "1"}}};
  fuzz::v1::All all;
  ASSERT_TRUE(all.ParseFromString(Encode({plan::ResponseShape::kEntity, nullptr, nullptr}, rows, 1, "")));
  EXPECT_EQ(all.plain_string(), "one");
  const auto* field = fuzz::v1::SaveRequest::descriptor()->FindFieldByName("all");
  fuzz::v1::SaveRequest holder;
  ASSERT_TRUE(holder.ParseFromString(Encode({plan::ResponseShape::kHolder, field, nullptr}, rows, 1, "")));
  EXPECT_EQ(holder.all().plain_int32(), 1);
}

TEST_F(ResponseEncoderTest, AnEmptyResponseIgnoresRows) {
  EXPECT_EQ(Encode({plan::ResponseShape::kEmpty, nullptr, nullptr}, FakeRows{{{"one", "1"}}}, 1, ""), "");
}

/// The wrapper message stands for a response with one fact of its type.
template <typename Wrapper>
const google::protobuf::FieldDescriptor* Field() {
  return Wrapper::descriptor()->FindFieldByName("value");
}

TEST_F(ResponseEncoderTest, FactsGoWhereTheResponseHasFieldsForThem) {
  ResponseFacts facts;
  facts.previous_page_token = "before";
  facts.total_size = int64_t{5000000000};
  facts.affected = 7;
  facts.more = true;
  plan::ResponsePlan plan;
  plan.shape = plan::ResponseShape::kFacts;
  const auto encode = [&](const google::protobuf::FieldDescriptor* plan::ResponsePlan::*place,
                          const google::protobuf::FieldDescriptor* field) {
    plan::ResponsePlan one = plan;
    one.*place = field;
    return Encode(one, FakeRows{{{"no", "place"}}}, 1, facts);
  };
  google::protobuf::StringValue text;
  ASSERT_TRUE(
      text.ParseFromString(encode(&plan::ResponsePlan::previous_page_token, Field<google::protobuf::StringValue>())));
  EXPECT_EQ(text.value(), "before");
  google::protobuf::Int64Value number;
  ASSERT_TRUE(number.ParseFromString(encode(&plan::ResponsePlan::total_size, Field<google::protobuf::Int64Value>())));
  EXPECT_EQ(number.value(), 5000000000);
  ASSERT_TRUE(number.ParseFromString(encode(&plan::ResponsePlan::affected, Field<google::protobuf::Int64Value>())));
  EXPECT_EQ(number.value(), 7);
  google::protobuf::BoolValue more;
  ASSERT_TRUE(more.ParseFromString(encode(&plan::ResponsePlan::more, Field<google::protobuf::BoolValue>())));
  EXPECT_TRUE(more.value());
  EXPECT_EQ(Encode(plan, FakeRows{}, 0, facts), "");
}

TEST_F(ResponseEncoderTest, ANumberThatAnInt32CannotHoldIsAnError) {
  plan::ResponsePlan plan;
  plan.shape = plan::ResponseShape::kFacts;
  plan.total_size = Field<google::protobuf::Int32Value>();
  ResponseFacts facts;
  facts.total_size = int64_t{1} << 31;
  std::string bytes;
  EXPECT_EQ(ErrorReason(ResponseEncoder::Compile(plan)->Encode(FakeRows{}, 0, *rows_, facts, &bytes)),
            "UNREPRESENTABLE_VALUE");
}

TEST_F(ResponseEncoderTest, ARowThatCannotBeWrittenFailsTheResponse) {
  std::string bytes;
  const absl::Status status = ResponseEncoder::Compile(list_)->Encode(FakeRows{{{"one", "x"}}}, 1, *rows_, {}, &bytes);
  EXPECT_EQ(ErrorReason(status), "UNREPRESENTABLE_VALUE");
}

}  // namespace
}  // namespace rowkeeper::codec
