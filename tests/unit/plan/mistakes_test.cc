#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kNote[] = R"(
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; }
message Note {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string slug = 2 [(rowkeeper.v1.column) = {max_length: 60, unique: true}];
  Mood mood = 3;
  bool pinned = 4;
  repeated string tags = 5;
  google.protobuf.Struct extra = 6;
  google.protobuf.Timestamp due_at = 7;
  optional Mood native_mood = 8 [(rowkeeper.v1.column).type = COLUMN_TYPE_NATIVE_ENUM];
  google.protobuf.Timestamp created_at = 20 [(rowkeeper.v1.column).role = ROLE_CREATED_AT];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
message NoteList { repeated Note notes = 1; string next_page_token = 2; }
)";

/// The mistakes of one method over Note, `rpc` being its signature and `messages` what it needs.
std::vector<std::string> Mistakes(const std::string& rpc, const std::string& messages = "") {
  return Plans::OfText(absl::StrCat(kNote, "service NoteRepository {\n  option (rowkeeper.v1.repository).entity = ",
                                    "\"shop.v1.Note\";\n  rpc ", rpc, ";\n}\n", messages))
      .Mistakes();
}

/// The same for a list whose request has `fields` beside its pages.
std::vector<std::string> ListMistakes(const std::string& fields) {
  return Mistakes("List(In) returns (NoteList)",
                  absl::StrCat("message In { int32 page_size = 90; string page_token = 91; ", fields, " }"));
}

TEST(Mistakes, AFlawlessMethodHasNone) {
  EXPECT_THAT(ListMistakes("string slug = 1;"), IsEmpty());
  EXPECT_THAT(Mistakes("Create(Note) returns (Note)"), IsEmpty());
}

TEST(Mistakes, EntityInARequestThatTakesNone) {
  EXPECT_THAT(Mistakes("GetById(In) returns (Note)", "message In { string id = 1; Note note = 2; }"),
              ElementsAre("shop.v1.In.note: holds the entity, which this operation does not take; remove the field"));
  EXPECT_THAT(Mistakes("Create(In) returns (Note)", "message In { Note note = 1; repeated Note more = 2; }"),
              ElementsAre("shop.v1.In.more: holds the entity, which this operation does not take; remove the field"));
}

TEST(Mistakes, TwoFieldsWithOneMeaning) {
  EXPECT_THAT(ListMistakes("int32 size = 1 [(rowkeeper.v1.bind) = BINDING_PAGE_SIZE];"),
              ElementsAre("shop.v1.In.size: another field of the request has this meaning already; keep one"));
}

TEST(Mistakes, ResponseOfTheWrongShape) {
  EXPECT_THAT(Mistakes("List(In) returns (Note)", "message In { string page_token = 1; }"),
              ElementsAre("shop.v1.NoteRepository.List: a list needs a response with a repeated field of the entity; "
                          "return a message with a repeated shop.v1.Note",
                          "shop.v1.NoteRepository.List: a list without pages would lose rows; add `string page_token` "
                          "(and `int32 page_size`) to the request and `string next_page_token` to the response"));
  EXPECT_THAT(Mistakes("GetById(In) returns (NoteList)", "message In { string id = 1; }"),
              ElementsAre("shop.v1.NoteList.next_page_token: a response field that nothing fills; keep one field of "
                          "shop.v1.Note; remove this one",
                          "shop.v1.NoteRepository.GetById: only a list answers with a repeated field of the entity; "
                          "return shop.v1.Note"));
  EXPECT_THAT(Mistakes("GetById(In) returns (google.protobuf.Empty)", "message In { string id = 1; }"),
              ElementsAre("shop.v1.NoteRepository.GetById: a read that returns nothing; return shop.v1.Note"));
}

TEST(Mistakes, ResponseFieldThatNothingFills) {
  EXPECT_THAT(Mistakes("GetById(In) returns (Out)",
                       "message In { string id = 1; } message Out { Note note = 1; int32 total = 2; }"),
              ElementsAre("shop.v1.Out.total: a response field that nothing fills; keep one field of shop.v1.Note; "
                          "remove this one"));
}

TEST(Mistakes, ResponseWithoutAPlaceForRows) {
  EXPECT_THAT(Mistakes("GetById(In) returns (Out)", "message In { string id = 1; } message Out {}"),
              ElementsAre("shop.v1.NoteRepository.GetById: response shop.v1.Out has no field for the rows; return "
                          "shop.v1.Note, or a message with a field of it"));
}

TEST(Mistakes, CreateThatCannotFillAColumn) {
  EXPECT_THAT(Mistakes("Create(In) returns (Note)", "message In { string slug = 1; Mood mood = 2; }"),
              ElementsAre("shop.v1.NoteRepository.Create: cannot fill shop.v1.Note.due_at; add the field to the "
                          "request, or a field of type shop.v1.Note"));
}

TEST(Mistakes, ValueGivenTwice) {
  EXPECT_THAT(Mistakes("Create(In) returns (Note)", "message In { Note note = 1; string slug = 2; }"),
              ElementsAre("shop.v1.In.slug: gives slug a second time; keep one of them"));
}

TEST(Mistakes, ListWithoutPages) {
  EXPECT_THAT(Mistakes("List(In) returns (NoteList)", "message In { int32 page_size = 1; }"),
              ElementsAre("shop.v1.NoteRepository.List: a list without pages would lose rows; add `string page_token` "
                          "(and `int32 page_size`) to the request and `string next_page_token` to the response"));
}

TEST(Mistakes, UpdateWithoutAMask) {
  EXPECT_THAT(Mistakes("Update(In) returns (Note)", "message In { Note note = 1; }"),
              ElementsAre("shop.v1.NoteRepository.Update: an update needs to know which fields to write; add "
                          "`google.protobuf.FieldMask update_mask` to the request"));
}

TEST(Mistakes, RequestThatDoesNotNameOneRow) {
  EXPECT_THAT(Mistakes("GetByMood(In) returns (Note)", "message In { Mood mood = 1; }"),
              ElementsAre("shop.v1.NoteRepository.GetByMood: the request does not name one row; give it the fields of "
                          "a key: id or slug"));
  EXPECT_THAT(Mistakes("GetById(In) returns (Note)", "message In { optional string id = 1; }"),
              ElementsAre("shop.v1.NoteRepository.GetById: the request does not name one row; give it the fields of a "
                          "key: id or slug"));
}

TEST(Mistakes, UniqueKeyOfLiveRowsForAWriteThatReachesDeletedOnes) {
  const std::string by_slug = "message In { string slug = 1; }";
  EXPECT_THAT(Mistakes("Restore(In) returns (Note)", by_slug),
              ElementsAre("shop.v1.NoteRepository.Restore: the request does not name one row; give it the fields of a "
                          "key: id"));
  EXPECT_THAT(Mistakes("SoftDelete(In) returns (Note)", by_slug), IsEmpty());
  EXPECT_THAT(Mistakes("Delete(In) returns (Note)", by_slug), IsEmpty());
  EXPECT_THAT(
      Mistakes("Delete(In) returns (Note)", "message In { string slug = 1; rowkeeper.v1.Deleted deleted = 2; }"),
      ElementsAre("shop.v1.NoteRepository.Delete: the request does not name one row; give it the fields of a "
                  "key: id"));
}

TEST(Mistakes, FieldOfAnotherTypeThanItsColumn) {
  EXPECT_THAT(
      ListMistakes("int32 slug = 1; string mood = 2;"),
      ElementsAre("shop.v1.In.slug: has type int32 but shop.v1.Note.slug has string; write string",
                  "shop.v1.In.mood: has type string but shop.v1.Note.mood has shop.v1.Mood; write shop.v1.Mood"));
}

TEST(Mistakes, InOfASingleValue) {
  EXPECT_THAT(ListMistakes("Mood mood = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_IN];"),
              ElementsAre("shop.v1.In.mood: FILTER_OPERATOR_IN compares a repeated request field with a column of "
                          "single values; make the request field repeated, or choose another operator"));
  EXPECT_THAT(ListMistakes("repeated string tags = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_IN];"),
              ElementsAre("shop.v1.In.tags: FILTER_OPERATOR_IN compares a repeated request field with a column of "
                          "single values; make the request field repeated, or choose another operator"));
}

TEST(Mistakes, RepeatedOnOneSideOnly) {
  EXPECT_THAT(ListMistakes("repeated Mood mood = 1; string tags = 2;"),
              ElementsAre("shop.v1.In.mood: is repeated on one side only; declare it as the column's field is, or use "
                          "op: FILTER_OPERATOR_IN",
                          "shop.v1.In.tags: is repeated on one side only; declare it as the column's field is, or use "
                          "op: FILTER_OPERATOR_CONTAINS"));
}

TEST(Mistakes, OperatorOutsideOfLists) {
  EXPECT_THAT(Mistakes("GetById(In) returns (Note)",
                       "message In { string id = 1; Mood mood = 2 [(rowkeeper.v1.filter).op = "
                       "FILTER_OPERATOR_NOT_EQUAL]; }"),
              ElementsAre("shop.v1.In.mood: only list methods take an operator other than equality; remove op, or make "
                          "it a List"));
}

TEST(Mistakes, ComparisonOfWhatHasNoOrder) {
  for (const char* field : {"string id", "bool pinned", "repeated string tags", "google.protobuf.Struct extra"}) {
    const std::string name = std::string(field).substr(std::string(field).rfind(' ') + 1);
    EXPECT_THAT(ListMistakes(absl::StrCat(field, " = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_LESS];")),
                ElementsAre(absl::StrCat("shop.v1.In.", name, ": values of shop.v1.Note.", name,
                                         " have no order; use FILTER_OPERATOR_EQUAL, FILTER_OPERATOR_NOT_EQUAL or "
                                         "FILTER_OPERATOR_IN")));
  }
}

TEST(Mistakes, ComparisonOfAnEnumThatIsStoredAsText) {
  for (const char* op : {"LESS", "LESS_OR_EQUAL", "GREATER", "GREATER_OR_EQUAL"}) {
    EXPECT_THAT(ListMistakes(absl::StrCat("Mood mood = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_", op, "];")),
                ElementsAre("shop.v1.In.mood: shop.v1.Note.mood is stored as text, which sorts by the alphabet and not "
                            "by the order of the enum; store it with `type: COLUMN_TYPE_NATIVE_ENUM`, or use "
                            "FILTER_OPERATOR_EQUAL, FILTER_OPERATOR_NOT_EQUAL or FILTER_OPERATOR_IN"));
  }
  EXPECT_THAT(ListMistakes("Mood native_mood = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_LESS]; "
                           "Mood mood = 2 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_NOT_EQUAL];"),
              IsEmpty());
}

TEST(Mistakes, FieldThatBindsToNothing) {
  const std::string remedy =
      "name it like a field of the entity or like a standard field (page_size, read_mask, …), or point it at one with "
      "[(rowkeeper.v1.filter).field = \"…\"]";
  EXPECT_THAT(ListMistakes("string colour = 1;"),
              ElementsAre("shop.v1.In.colour: binds to nothing: shop.v1.Note has no field \"colour\"; " + remedy));
  EXPECT_THAT(ListMistakes("string x = 1 [(rowkeeper.v1.filter).field = \"y\"];"),
              ElementsAre("shop.v1.In.x: binds to nothing: shop.v1.Note has no field \"y\"; " + remedy));
}

TEST(Mistakes, ControlOfTheWrongType) {
  EXPECT_THAT(ListMistakes("string order_by = 1; string read_mask = 2; bool deleted = 3; int64 size = 4 "
                           "[(rowkeeper.v1.bind) = BINDING_ORDER_BY];"),
              ElementsAre("shop.v1.In.read_mask: has type string but read_mask needs google.protobuf.FieldMask; write "
                          "google.protobuf.FieldMask",
                          "shop.v1.In.deleted: has type bool but deleted needs rowkeeper.v1.Deleted; write "
                          "rowkeeper.v1.Deleted",
                          "shop.v1.In.size: has type int64 but order_by needs string; write string"));
}

TEST(Mistakes, ControlWithoutMeaning) {
  EXPECT_THAT(Mistakes("GetById(In) returns (Note)", "message In { string id = 1; int32 page_size = 2; }"),
              ElementsAre("shop.v1.In.page_size: page_size has no meaning for this operation on shop.v1.Note; remove "
                          "the field"));
  EXPECT_THAT(Mistakes("SoftDelete(In) returns (Note)", "message In { string id = 1; int64 version = 2; }"),
              ElementsAre("shop.v1.In.version: version has no meaning for this operation on shop.v1.Note; remove the "
                          "field"));
}

TEST(Mistakes, OfEveryMethodAreReportedTogether) {
  EXPECT_EQ(Plans::OfText(absl::StrCat(kNote, R"(
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc GetById(GetIn) returns (NoteList);
  rpc Update(UpdateIn) returns (Note);
}
message GetIn { string colour = 1; }
message UpdateIn { Note note = 1; int32 shape = 2; }
)"))
                .Mistakes()
                .size(),
            6u);
}

TEST(Mistakes, OperatorsOnColumnsThatTheyDoNotFit) {
  EXPECT_THAT(ListMistakes("optional bool pinned = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_PREFIX];"),
              ElementsAre("shop.v1.In.pinned: FILTER_OPERATOR_PREFIX looks into text, and shop.v1.Note.pinned is none; "
                          "point it at a single string field of the entity, or choose another operator"));
  EXPECT_THAT(
      ListMistakes("optional int32 slug = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_SEARCH];"),
      ElementsAre("shop.v1.In.slug: FILTER_OPERATOR_SEARCH takes one string; declare the request field as string "
                  "or optional string"));
  EXPECT_THAT(
      ListMistakes("optional bool slug = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_IS_NULL];"),
      ElementsAre("shop.v1.In.slug: shop.v1.Note.slug always has a value; remove the field, or make the entity's "
                  "field optional"));
  EXPECT_THAT(ListMistakes("bool native_mood = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_IS_NULL];"),
              ElementsAre("shop.v1.In.native_mood: FILTER_OPERATOR_IS_NULL takes a bool that may be unset: true, false "
                          "and no restriction; declare the request field as optional bool"));
  EXPECT_THAT(
      ListMistakes("optional string slug = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_CONTAINS];"),
      ElementsAre("shop.v1.In.slug: FILTER_OPERATOR_CONTAINS looks into jsonb and arrays, and shop.v1.Note.slug "
                  "holds a single value; use FILTER_OPERATOR_EQUAL, or on text FILTER_OPERATOR_LIKE or "
                  "FILTER_OPERATOR_SEARCH"));
  EXPECT_THAT(ListMistakes("optional string tags = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_OVERLAPS];"),
              ElementsAre("shop.v1.In.tags: FILTER_OPERATOR_OVERLAPS compares a repeated request field with an array "
                          "column; make both repeated, or use FILTER_OPERATOR_IN for a column of single values"));
  EXPECT_THAT(ListMistakes("optional int32 tags = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_CONTAINS];"),
              ElementsAre("shop.v1.In.tags: has type int32 but shop.v1.Note.tags has string; write string"));
}

TEST(Mistakes, FilterOptionsWithoutAMeaning) {
  EXPECT_THAT(
      ListMistakes("optional string slug = 1 [(rowkeeper.v1.filter).text_search = \"english\"];"),
      ElementsAre("shop.v1.In.slug: more_fields and text_search have a meaning for FILTER_OPERATOR_SEARCH only; "
                  "remove them, or set op: FILTER_OPERATOR_SEARCH"));
  EXPECT_THAT(ListMistakes("string slug = 1 [(rowkeeper.v1.filter).skip_empty = true];"),
              ElementsAre("shop.v1.In.slug: skip_empty is for repeated fields and maps of a list method; write "
                          "`optional` before the field's type instead"));
}

}  // namespace
}  // namespace rowkeeper::plan
