#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kBatchNote[] = R"(
message Note {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string slug = 2 [(rowkeeper.v1.column) = {max_length: 60, unique: true}];
  string title = 3;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
message Notes { repeated Note notes = 1; }
message Rows { repeated Note notes = 1; }
)";

std::vector<std::string> BatchMistakes(const std::string& rpc, const std::string& messages = "") {
  return Plans::OfText(absl::StrCat(kBatchNote,
                                    "service NoteRepository {\n  option (rowkeeper.v1.repository).entity = ",
                                    "\"shop.v1.Note\";\n  rpc ", rpc, "\n}\n", messages))
      .Mistakes();
}

TEST(BatchMistakes, FlawlessBatchesHaveNone) {
  EXPECT_THAT(BatchMistakes("BatchCreate(Rows) returns (Notes);"), IsEmpty());
  EXPECT_THAT(BatchMistakes("BatchCreate(Rows) returns (google.protobuf.Empty);"), IsEmpty());
  EXPECT_THAT(BatchMistakes("BatchGet(In) returns (Notes);", "message In { repeated string ids = 1; }"), IsEmpty());
  EXPECT_THAT(BatchMistakes("BatchGetBySlug(In) returns (Notes);", "message In { repeated string slugs = 1; }"),
              IsEmpty());
  EXPECT_THAT(BatchMistakes("BatchDelete(In) returns (google.protobuf.Empty);",
                            "message In { repeated Key keys = 1; } message Key { string id = 1; int64 version = 2; }"),
              IsEmpty());
  EXPECT_THAT(BatchMistakes("Upsert(In) returns (Note) { option (rowkeeper.v1.method).conflict_fields = \"slug\"; }",
                            "message In { Note note = 1; }"),
              IsEmpty());
}

TEST(BatchMistakes, ARequestWithoutElements) {
  EXPECT_THAT(BatchMistakes("BatchCreate(In) returns (Notes);", "message In {}"),
              ElementsAre("shop.v1.NoteRepository.BatchCreate: the request has no field for rows; add a repeated field "
                          "of type shop.v1.Note"));
  EXPECT_THAT(BatchMistakes("BatchGet(In) returns (Notes);", "message In {}"),
              ElementsAre("shop.v1.NoteRepository.BatchGet: the request has no field for keys; add a repeated field of "
                          "a key's values (`repeated string ids`) or of messages with its fields"));
}

TEST(BatchMistakes, KeysThatNameNoRow) {
  EXPECT_THAT(BatchMistakes("BatchGet(In) returns (Notes);", "message In { repeated string titles = 1; }"),
              ElementsAre("shop.v1.In.titles: its fields are not those of a key, so they do not name one row; give it "
                          "the fields of a key, and `version` at most: id or slug"));
  EXPECT_THAT(BatchMistakes("BatchGet(In) returns (Notes);", "message In { repeated string names = 1; }"),
              ElementsAre("shop.v1.In.names: names no key: shop.v1.Note has no field of this name, or its singular; "
                          "name it after the field of a key, in the plural: id or slug"));
  EXPECT_THAT(BatchMistakes("BatchGet(In) returns (Notes);", "message In { repeated int32 ids = 1; }"),
              ElementsAre("shop.v1.In.ids: cannot hold values of shop.v1.Note.id; write `repeated string`"));
}

TEST(BatchMistakes, AKeyOfLiveRowsWhereDeletedOnesCount) {
  EXPECT_THAT(BatchMistakes("BatchRestore(In) returns (Notes);", "message In { repeated string slugs = 1; }"),
              ElementsAre("shop.v1.In.slugs: its fields are not those of a key, so they do not name one row; give it "
                          "the fields of a key, and `version` at most: id"));
}

TEST(BatchMistakes, AColumnBesideTheElements) {
  EXPECT_THAT(
      BatchMistakes("BatchGet(In) returns (Notes);", "message In { repeated string ids = 1; string title = 2; }"),
      ElementsAre("shop.v1.In.title: stands for one column of all rows, which this operation does not take; "
                  "give it in each key"));
}

TEST(BatchMistakes, ConflictFieldsThatAreNoKey) {
  EXPECT_THAT(
      BatchMistakes("BatchUpsert(Rows) returns (Notes) { option (rowkeeper.v1.method).conflict_fields = \"title\"; }"),
      ElementsAre("shop.v1.NoteRepository.BatchUpsert: conflict_fields: there is no unique key over title; name "
                  "the fields of a key: id or slug"));
  EXPECT_THAT(
      BatchMistakes("BatchUpsert(Rows) returns (Notes) { option (rowkeeper.v1.method).conflict_fields = \"nope\"; }"),
      ElementsAre("shop.v1.NoteRepository.BatchUpsert: conflict_fields: \"nope\" is not a field of "
                  "shop.v1.Note; name the fields of a key: id or slug"));
}

TEST(BatchMistakes, AnUpdateWithoutAMask) {
  EXPECT_THAT(BatchMistakes("BatchUpdate(Rows) returns (Notes);"),
              ElementsAre("shop.v1.NoteRepository.BatchUpdate: an update needs to know which fields to write; add "
                          "`google.protobuf.FieldMask update_mask` to the request"));
}

TEST(BatchMistakes, AReadThatHidesWhatIsMissing) {
  EXPECT_THAT(
      BatchMistakes("BatchGet(In) returns (Notes);", "message In { repeated string ids = 1; bool allow_missing = 2; }"),
      ElementsAre("shop.v1.NoteRepository.BatchGet: with allow_missing callers could not tell which keys have "
                  "no row; add a repeated field missing_ids of the type of shop.v1.In.ids to the response"));
}

TEST(BatchMistakes, ResponseFieldsThatNothingFills) {
  EXPECT_THAT(
      BatchMistakes("BatchGet(In) returns (Out);",
                    "message In { repeated string ids = 1; } message Out { repeated Note notes = 1; repeated string "
                    "missing_ids = 2; }"),
      ElementsAre("shop.v1.Out.missing_ids: would never be filled: without allow_missing a missing key is an "
                  "error; add `bool allow_missing` to the request, or remove this field"));
  EXPECT_THAT(
      BatchMistakes("BatchCreate(Rows) returns (Out);",
                    "message Out { repeated Note notes = 1; repeated rowkeeper.v1.WriteOutcome outcomes = 2; }"),
      ElementsAre("shop.v1.Out.outcomes: a response field that nothing fills; keep one repeated field of "
                  "shop.v1.Note; remove this one"));
  EXPECT_THAT(BatchMistakes("BatchCreate(Rows) returns (Note);"),
              ElementsAre("shop.v1.NoteRepository.BatchCreate: response shop.v1.Note has no field for the rows; return "
                          "a message with a repeated field of shop.v1.Note"));
}

}  // namespace
}  // namespace rowkeeper::plan
