#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "rowkeeper/v1/annotations.pb.h"
#include "server/base/database_errors.h"
#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/codec/batch_response_encoder.h"
#include "server/codec/request_decoder.h"
#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::codec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kNote[] = R"(
message Note {
  option (rowkeeper.v1.entity) = {};
  int64 tenant = 1 [(rowkeeper.v1.column).primary_key = true];
  string id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string slug = 3 [(rowkeeper.v1.column) = {max_length: 5, unique: true}];
  repeated string tags = 4;
  int32 revision = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
  optional google.protobuf.Timestamp deleted_at = 24 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc BatchGet(Slugs) returns (Found);
  rpc BatchDelete(Keys) returns (Left);
  rpc BatchUpdate(Rows) returns (Notes);
  rpc BatchUpdatePartial(Rows) returns (Results) { option (rowkeeper.v1.method).partial = true; }
  rpc BatchUpsert(Rows) returns (Upserted);
  rpc Purge(PurgeRequest) returns (Purged);
}
message Slugs { repeated string slugs = 1; bool allow_missing = 2; }
message Found { repeated Note notes = 1; repeated string missing_slugs = 2; }
message Key { int64 tenant = 1; string id = 2; int32 revision = 3; }
message Keys { repeated Key keys = 3; bool allow_missing = 1; }
message Left { repeated Note notes = 1; repeated Key missing = 2; }
message Rows { repeated Note notes = 1; google.protobuf.FieldMask update_mask = 2; }
message Notes { repeated Note notes = 1; }
message Results { repeated Note notes = 1; repeated rowkeeper.v1.RowResult results = 7; }
message Upserted { repeated Note notes = 1; repeated rowkeeper.v1.WriteOutcome outcomes = 2; }
message PurgeRequest { google.protobuf.Duration older_than = 1; int64 max_affected = 2; }
message Purged { int64 affected = 1; }
)";

constexpr char kId[] = "aaaaaaaa-0000-4000-8000-000000000000";

class BatchCodecTest : public ::testing::Test {
 protected:
  using Message = google::protobuf::Message;

  const plan::MethodPlan& Plan(const std::string& name) const { return plans_.Find("NoteRepository." + name); }
  std::unique_ptr<Message> New(const google::protobuf::Descriptor* type) {
    return std::unique_ptr<Message>(messages_.GetPrototype(type)->New());
  }
  /// Decodes a request in protobuf's text form.
  absl::Status Decode(const std::string& method, const std::string& text, const plan::BatchLimits& limits = {}) {
    auto request = New(Plan(method).method->input_type());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << text;
    return RequestDecoder::Compile(Plan(method), limits)->Decode(request->SerializeAsString(), &decoded_);
  }
  /// The text of the element's field; "-" when it is absent.
  std::string Text(const std::string& method, size_t element, const std::string& name) const {
    const plan::MethodPlan& plan = Plan(method);
    for (size_t i = 0; i < plan.inputs.size(); ++i) {
      if (!plan.inputs[i].element || plan.inputs[i].name != name || plan.inputs[i].column < 0) continue;
      const plan::Argument& argument = decoded_.as<plan::BatchRequest>().elements[element].arguments[i];
      return argument.present ? argument.text : "-";
    }
    return "no such field";
  }
  /// The response of these facts, in protobuf's text form.
  std::string Encode(const std::string& method, const std::vector<std::vector<std::string>>& missing,
                     const std::vector<plan::WriteOutcome>& writes, const std::vector<absl::Status>& results) {
    std::string bytes;
    EXPECT_TRUE(BatchResponseEncoder(Plan(method)).Append(missing, writes, results, &bytes).ok());
    auto response = New(Plan(method).method->output_type());
    EXPECT_TRUE(response->ParseFromString(bytes));
    return response->ShortDebugString();
  }

  const plan::Plans plans_ = plan::Plans::OfText(kNote);
  google::protobuf::DynamicMessageFactory messages_;
  plan::Request decoded_;
};

TEST_F(BatchCodecTest, ElementsKeepTheirOrderAndTheirOwnFields) {
  ASSERT_TRUE(Decode("BatchUpdate", Cat("notes {tenant: 1 id: '", kId,
                                        "' slug: 'a' revision: 3} notes {} notes {tags: 'x' "
                                        "tags: 'y,z'} update_mask {paths: 'slug'}"))
                  .ok());
  ASSERT_EQ(decoded_.as<plan::BatchRequest>().elements.size(), 3u);
  EXPECT_EQ(Text("BatchUpdate", 0, "slug"), "a");
  EXPECT_EQ(decoded_.as<plan::BatchRequest>().elements[0].version, 3);
  EXPECT_EQ(Text("BatchUpdate", 1, "slug"), "-");
  EXPECT_EQ(decoded_.as<plan::BatchRequest>().elements[1].version, 0);
  EXPECT_EQ(Text("BatchUpdate", 2, "tags"), "{\"x\",\"y,z\"}");
  EXPECT_THAT(*plan::PartOf<plan::WithUpdateMask>(decoded_.family)->update_mask, ElementsAre("slug"));
}

TEST_F(BatchCodecTest, ValuesAreElements) {
  ASSERT_TRUE(Decode("BatchGet", "slugs: 'a' slugs: '' allow_missing: true").ok());
  ASSERT_EQ(decoded_.as<plan::BatchRequest>().elements.size(), 2u);
  EXPECT_EQ(Text("BatchGet", 0, ""), "a");
  EXPECT_TRUE(plan::PartOf<plan::WithAllowMissing>(decoded_.family)->allow_missing);
}

TEST_F(BatchCodecTest, TooManyElementsAreNotRead) {
  plan::BatchLimits limits;
  limits.max_rows = 2;
  EXPECT_TRUE(Decode("BatchGet", "slugs: 'a' slugs: 'b'", limits).ok());
  EXPECT_EQ(ErrorReason(Decode("BatchGet", "slugs: 'a' slugs: 'b' slugs: 'c'", limits)), "BATCH_TOO_LARGE");
  EXPECT_THAT(decoded_.as<plan::BatchRequest>().elements, IsEmpty());
}

TEST_F(BatchCodecTest, ABigMessageIsNotRead) {
  plan::BatchLimits limits;
  limits.max_bytes = 1024;
  EXPECT_EQ(ErrorReason(Decode("BatchUpdate", "notes {tags: '" + std::string(1100, 'x') + "'}", limits)),
            "BATCH_TOO_LARGE");
}

TEST_F(BatchCodecTest, EveryMistakeIsNamedByItsElement) {
  const absl::Status status = Decode("BatchUpdate", "notes {slug: 'toolong' id: 'x'} notes {} notes {slug: 'toolong'}");
  EXPECT_THAT(ErrorFields(status), ElementsAre("notes[0].id", "notes[0].slug", "notes[2].slug"));
}

TEST_F(BatchCodecTest, InAPartialBatchMistakesAreTheElementsOwn) {
  ASSERT_TRUE(
      Decode("BatchUpdatePartial", "notes {slug: 'toolong' id: 'x'} notes {slug: 'ok'} notes {slug: 'toolong'}").ok());
  ASSERT_EQ(decoded_.as<plan::BatchRequest>().elements.size(), 3u);
  EXPECT_THAT(ErrorFields(decoded_.as<plan::BatchRequest>().elements[0].refusal),
              ElementsAre("notes[0].id", "notes[0].slug"));
  EXPECT_TRUE(decoded_.as<plan::BatchRequest>().elements[1].refusal.ok());
  EXPECT_THAT(ErrorFields(decoded_.as<plan::BatchRequest>().elements[2].refusal), ElementsAre("notes[2].slug"));
}

TEST_F(BatchCodecTest, AnAgeIsAnInterval) {
  ASSERT_TRUE(Decode("Purge", "older_than {seconds: 90 nanos: 5000} max_affected: 7").ok());
  EXPECT_EQ(decoded_.as<plan::BulkRequest>().older_than, "90.000005 seconds");
  EXPECT_EQ(decoded_.as<plan::BulkRequest>().max_affected, 7);
  ASSERT_TRUE(Decode("Purge", "older_than {}").ok());
  EXPECT_EQ(decoded_.as<plan::BulkRequest>().older_than, "0.000000 seconds");
  ASSERT_TRUE(Decode("Purge", "").ok());
  EXPECT_EQ(decoded_.as<plan::BulkRequest>().older_than, std::nullopt);
  EXPECT_EQ(decoded_.as<plan::BulkRequest>().max_affected, std::nullopt);
  EXPECT_THAT(ErrorFields(Decode("Purge", "older_than {seconds: 1 nanos: -1}")), ElementsAre("older_than"));
}

TEST_F(BatchCodecTest, MissingKeysAreShapedAsTheRequests) {
  EXPECT_EQ(Encode("BatchGet", {{"a"}, {"b,\"c"}}, {}, {}), "missing_slugs: \"a\" missing_slugs: \"b,\\\"c\"");
  EXPECT_EQ(Encode("BatchDelete", {{"7", kId}}, {}, {}), Cat("missing { tenant: 7 id: \"", kId, "\" }"));
  EXPECT_EQ(Encode("BatchDelete", {}, {}, {}), "");
}

TEST_F(BatchCodecTest, OutcomesAreOneForEachElement) {
  using plan::WriteOutcome;
  EXPECT_EQ(Encode("BatchUpsert", {}, {WriteOutcome::kUpdated, WriteOutcome::kNone, WriteOutcome::kUnchanged}, {}),
            "outcomes: WRITE_OUTCOME_UPDATED outcomes: WRITE_OUTCOME_UNSPECIFIED outcomes: WRITE_OUTCOME_UNCHANGED");
}

TEST_F(BatchCodecTest, ResultsTellCodeReasonMessageAndFields) {
  const absl::Status wrong = InvalidField("notes[1].slug", "is too long");
  EXPECT_EQ(Encode("BatchUpdatePartial", {}, {}, {absl::OkStatus(), wrong}),
            "results { } results { code: 3 reason: \"INVALID_FIELD\" message: \"notes[1].slug: is too long\" fields: "
            "\"notes[1].slug\" }");
  EXPECT_EQ(Encode("BatchUpdatePartial", {}, {}, {}), "");
}

TEST(BulkErrors, AnElementsErrorIsNamedUnderTheElement) {
  EXPECT_THAT(ErrorFields(OfElement(InvalidField("title", "x"), "notes[12]")), ElementsAre("notes[12].title"));
  EXPECT_THAT(ErrorFields(OfElement(InvalidField("", "x"), "notes[12]")), ElementsAre("notes[12]"));
  EXPECT_THAT(ErrorFields(OfElement(InvalidField("notes[12].title", "x"), "notes[12]")),
              ElementsAre("notes[12].title"));
  EXPECT_THAT(ErrorFields(OfElement(InvalidField("notes[12]", "x"), "notes[12]")), ElementsAre("notes[12]"));
  EXPECT_EQ(OfElement(Deadlock(), "notes[12]"), Deadlock());
  EXPECT_THAT(ErrorFields(absl::OkStatus()), IsEmpty());
}

}  // namespace
}  // namespace rowkeeper::codec
