#include "server/plan/batch/import_response.h"
#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kNote[] = R"(
message Note {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string title = 2;
}
message Rows { repeated Note notes = 1; }
message Progress { int64 imported = 1; int64 chunks = 2; }
message From { string resume_token = 1; }
message Page { repeated Note notes = 1; string resume_token = 2; }
)";

std::vector<std::string> Mistakes(const std::string& rpc, const std::string& messages = "") {
  return Plans::OfText(absl::StrCat(kNote, "service NoteRepository {\n  option (rowkeeper.v1.repository).entity = ",
                                    "\"shop.v1.Note\";\n  rpc ", rpc, "\n}\n", messages))
      .Mistakes();
}

constexpr char kUpsert[] = " { option (rowkeeper.v1.method).conflict_fields = \"id\"; }";

TEST(StreamMistakes, FlawlessStreamsHaveNone) {
  EXPECT_THAT(Mistakes("Import(stream Rows) returns (stream Progress);"), IsEmpty());
  EXPECT_THAT(Mistakes("Import(stream Rows) returns (Progress);"), IsEmpty());
  EXPECT_THAT(
      Mistakes(absl::StrCat("Import(stream Rows) returns (stream Out)", kUpsert),
               "message Out { int64 imported = 1; int64 inserted = 2; int64 updated = 3; int64 unchanged = 4; }"),
      IsEmpty());
  EXPECT_THAT(Mistakes("Import(stream Rows) returns (stream Out);",
                       "message Out { int64 rows = 1 [(rowkeeper.v1.bind) = BINDING_AFFECTED]; }"),
              IsEmpty());
  EXPECT_THAT(Mistakes("Export(From) returns (stream Page);"), IsEmpty());
}

TEST(StreamMistakes, AnImportThatDoesNotSayHowFarItIs) {
  EXPECT_THAT(Mistakes("Import(stream Rows) returns (stream Out);", "message Out { int64 chunks = 1; }"),
              ElementsAre("shop.v1.NoteRepository.Import: whose stream broke could not tell how many rows are stored; "
                          "add `int64 imported` to shop.v1.Out"));
  EXPECT_THAT(Mistakes("Import(stream Rows) returns (google.protobuf.Empty);"),
              ElementsAre("shop.v1.NoteRepository.Import: whose stream broke could not tell how many rows are stored; "
                          "add `int64 imported` to google.protobuf.Empty"));
}

TEST(StreamMistakes, FieldsOfAnImportsAnswerThatNothingFills) {
  EXPECT_THAT(Mistakes("Import(stream Rows) returns (stream Out);",
                       "message Out { int64 imported = 1; repeated Note notes = 2; int64 updated = 3; }"),
              ElementsAre("shop.v1.Out.notes: a response field that nothing fills; an import answers `int64 imported`, "
                          "`int64 chunks`; remove this one",
                          "shop.v1.Out.updated: a response field that nothing fills; an import answers `int64 "
                          "imported`, `int64 chunks`; remove this one"));
  EXPECT_THAT(Mistakes("Import(stream Rows) returns (stream Out);", "message Out { int32 imported = 1; }"),
              ElementsAre("shop.v1.Out.imported: has type int32 but imported needs int64; write int64"));
}

TEST(StreamMistakes, AnImportTakesRowsAsABatchDoes) {
  EXPECT_THAT(Mistakes("Import(stream In) returns (stream Progress);", "message In {}"),
              ElementsAre("shop.v1.NoteRepository.Import: the request has no field for rows; add a repeated field of "
                          "type shop.v1.Note"));
}

TEST(StreamMistakes, AnExportThatCouldNotGoOn) {
  constexpr char kRemedy[] =
      "shop.v1.NoteRepository.Export: an export whose stream broke could not go on; add `string resume_token` to the "
      "request and to the response";
  EXPECT_THAT(Mistakes("Export(In) returns (stream Page);", "message In {}"), ElementsAre(kRemedy));
  EXPECT_THAT(Mistakes("Export(From) returns (stream Out);", "message Out { repeated Note notes = 1; }"),
              ElementsAre(kRemedy));
}

TEST(StreamMistakes, AnExportOfSomethingElseThanRows) {
  EXPECT_THAT(Mistakes("Export(From) returns (stream Out);", "message Out { Note note = 1; string resume_token = 2; }"),
              ElementsAre("shop.v1.NoteRepository.Export: an export needs a response with a repeated field of the "
                          "entity; return a message with a repeated shop.v1.Note"));
}

TEST(StreamPlans, AnImportHasThePlanOfItsMessages) {
  const Plans plans = Plans::OfText(absl::StrCat(kNote, R"(
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc Import(stream Rows) returns (stream Progress);
  rpc ImportOver(stream Rows) returns (stream Progress) { option (rowkeeper.v1.method).conflict_fields = "id"; }
  rpc Export(From) returns (stream Page);
}
)"));
  EXPECT_EQ(plans.Find("NoteRepository.Import").operation, catalogue::Operation::kBatchCreate);
  EXPECT_EQ(plans.Find("NoteRepository.ImportOver").operation, catalogue::Operation::kBatchUpsert);
  EXPECT_TRUE(IsImport(plans.Find("NoteRepository.Import")));
  EXPECT_TRUE(plans.Find("NoteRepository.Export").reads_only());
  EXPECT_TRUE(IsStreaming(plans.Find("NoteRepository.Export")));
  EXPECT_FALSE(IsImport(plans.Find("NoteRepository.Export")));
}

}  // namespace
}  // namespace rowkeeper::plan
