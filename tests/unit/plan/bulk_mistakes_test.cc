#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kBulkNote[] = R"(
message Note {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string slug = 2 [(rowkeeper.v1.column) = {max_length: 60, unique: true}];
  string title = 3;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
message Flagged {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  bool gone = 2 [(rowkeeper.v1.column).role = ROLE_DELETED_FLAG];
}
message Plain {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string name = 2 [(rowkeeper.v1.column).immutable = true];
}
message Out { int64 affected = 1; }
)";

std::vector<std::string> MistakesOf(const std::string& entity, const std::string& rpc, const std::string& messages) {
  return Plans::OfText(absl::StrCat(kBulkNote, "service Repository {\n  option (rowkeeper.v1.repository).entity = ",
                                    "\"shop.v1.", entity, "\";\n  rpc ", rpc, "\n}\n", messages))
      .Mistakes();
}

std::vector<std::string> BulkMistakes(const std::string& rpc, const std::string& messages) {
  return MistakesOf("Note", rpc, messages);
}

TEST(BulkMistakes, FlawlessBulkChangesHaveNone) {
  EXPECT_THAT(BulkMistakes("UpdateWhere(In) returns (Out);",
                           "message In { Note note = 1; google.protobuf.FieldMask update_mask = 2; "
                           "optional string title = 3; int32 max_affected = 4; }"),
              IsEmpty());
  EXPECT_THAT(BulkMistakes("SoftDeleteWhere(In) returns (Out);", "message In { string title = 1; }"), IsEmpty());
  EXPECT_THAT(BulkMistakes("DeleteWhere(In) returns (Out);",
                           "message In { repeated string ids = 1 [(rowkeeper.v1.filter) = {field: \"id\", "
                           "op: FILTER_OPERATOR_IN}]; rowkeeper.v1.Deleted deleted = 2; }"),
              IsEmpty());
  EXPECT_THAT(BulkMistakes("Purge(In) returns (Two);",
                           "message In { google.protobuf.Duration older_than = 1; int64 max_affected = 2; } "
                           "message Two { int64 affected = 1; bool more = 2; }"),
              IsEmpty());
}

TEST(BulkMistakes, TheLongestStandardNameCounts) {
  const Plans plans = Plans::OfText(absl::StrCat(kBulkNote, R"(service Repository {
        option (rowkeeper.v1.repository).entity = "shop.v1.Note";
        rpc DeleteWhereTitled(In) returns (Out);
        rpc DeleteAll(In) returns (Out) { option (rowkeeper.v1.method).operation = OPERATION_DELETE_WHERE; }
      }
      message In { string title = 1; })"));
  EXPECT_THAT(plans.Mistakes(), IsEmpty());
  EXPECT_EQ(plans.Find("DeleteWhereTitled").operation, catalogue::Operation::kDeleteWhere);
  EXPECT_EQ(plans.Find("DeleteAll").operation, catalogue::Operation::kDeleteWhere);
}

TEST(BulkMistakes, ARequestThatRestrictsNothing) {
  EXPECT_THAT(BulkMistakes("SoftDeleteWhere(In) returns (Out);", "message In { int64 max_affected = 1; }"),
              ElementsAre("shop.v1.Repository.SoftDeleteWhere: the request restricts nothing, so every call would "
                          "change every row; add fields named after columns, or with (rowkeeper.v1.filter), or `string "
                          "filter`"));
}

TEST(BulkMistakes, AnUpdateWithoutValuesOrMask) {
  EXPECT_THAT(BulkMistakes("UpdateWhere(In) returns (Out);", "message In { string title = 1; }"),
              ElementsAre("shop.v1.Repository.UpdateWhere: the request has no field for the new values; add a field of "
                          "type shop.v1.Note",
                          "shop.v1.Repository.UpdateWhere: an update needs to know which fields to write; add "
                          "`google.protobuf.FieldMask update_mask` to the request"));
}

TEST(BulkMistakes, AnUpdateOfAnEntityThatNeverChanges) {
  EXPECT_THAT(MistakesOf("Plain", "UpdateWhere(In) returns (Out);",
                         "message In { Plain plain = 1; google.protobuf.FieldMask update_mask = 2; string name = 3; }"),
              ElementsAre("shop.v1.Repository.UpdateWhere: shop.v1.Plain has no field that such a request may write; "
                          "remove the method"));
}

TEST(BulkMistakes, ValuesWhereNoneAreWritten) {
  EXPECT_THAT(BulkMistakes("DeleteWhere(In) returns (Out);", "message In { Note note = 1; string title = 2; }"),
              ElementsAre("shop.v1.In.note: holds the entity, which this operation does not take; remove the field"));
}

TEST(BulkMistakes, AResponseWithoutACount) {
  EXPECT_THAT(BulkMistakes("DeleteWhere(In) returns (google.protobuf.Empty);", "message In { string title = 1; }"),
              ElementsAre("shop.v1.Repository.DeleteWhere: callers could not tell how many rows were changed; return a "
                          "message with a field `int64 affected`"));
}

TEST(BulkMistakes, AResponseWithRows) {
  EXPECT_THAT(
      BulkMistakes("DeleteWhere(In) returns (Rows);",
                   "message In { string title = 1; } message Rows { int64 affected = 1; repeated Note notes = 2; }"),
      ElementsAre("shop.v1.Rows.notes: a response field that nothing fills; keep `int64 affected`; remove this "
                  "one"));
}

TEST(BulkMistakes, APurgeByAnAgeThatNobodyKnows) {
  EXPECT_THAT(
      MistakesOf("Flagged", "Purge(In) returns (Out);", "message In { google.protobuf.Duration older_than = 1; }"),
      ElementsAre("shop.v1.Repository.Purge: nobody knows when a row of shop.v1.Flagged was deleted, so none can be "
                  "old; give the entity an `optional google.protobuf.Timestamp` field with ROLE_DELETED_AT, or remove "
                  "the method; DeleteWhere with `deleted` removes rows of any age"));
  EXPECT_THAT(BulkMistakes("Purge(In) returns (Out);", "message In { int64 max_affected = 1; }"),
              ElementsAre("shop.v1.Repository.Purge: a purge needs to know which rows are old enough; add "
                          "`google.protobuf.Duration older_than` to the request"));
  EXPECT_THAT(BulkMistakes("Purge(In) returns (Out);", "message In { string older_than = 1; }"),
              ElementsAre("shop.v1.Repository.Purge: a purge needs to know which rows are old enough; add "
                          "`google.protobuf.Duration older_than` to the request",
                          "shop.v1.In.older_than: has type string but older_than needs google.protobuf.Duration; write "
                          "google.protobuf.Duration"));
}

TEST(PartialMistakes, AResponseWithoutResults) {
  const std::string problem =
      ": the batch is partial, and callers could not tell what became of each element; return a message with a field "
      "`repeated rowkeeper.v1.RowResult results`, or remove `partial`";
  const std::string messages = "message In { repeated Note notes = 1; } message Rows { repeated Note notes = 1; }";
  const std::string partial = " { option (rowkeeper.v1.method).partial = true; }";
  EXPECT_THAT(BulkMistakes("BatchCreate(In) returns (Rows)" + partial, messages),
              ElementsAre("shop.v1.Repository.BatchCreate" + problem));
  EXPECT_THAT(BulkMistakes("BatchCreate(In) returns (google.protobuf.Empty)" + partial, messages),
              ElementsAre("shop.v1.Repository.BatchCreate" + problem));
}

TEST(PartialMistakes, ResultsOfABatchThatIsAtomic) {
  EXPECT_THAT(BulkMistakes("BatchCreate(In) returns (Rows);",
                           "message In { repeated Note notes = 1; } message Rows { repeated Note notes = 1; repeated "
                           "rowkeeper.v1.RowResult results = 2; }"),
              ElementsAre(::testing::HasSubstr("shop.v1.Rows.results: a response field that nothing fills")));
}

TEST(PartialMistakes, RowsAreOptionalInTheResponse) {
  EXPECT_THAT(BulkMistakes("BatchDelete(In) returns (Results) { option (rowkeeper.v1.method).partial = true; }",
                           "message In { repeated string ids = 1; } message Results { repeated rowkeeper.v1.RowResult "
                           "results = 1; }"),
              IsEmpty());
}

}  // namespace
}  // namespace rowkeeper::plan
