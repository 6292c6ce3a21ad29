#include "server/plan/response_facts.h"

#include <google/protobuf/descriptor.h>

#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A list whose request and response have `in` and `out` beside what they need.
Plans ListOf(const std::string& in, const std::string& out) {
  return Plans::OfText(absl::StrCat(R"(
message Note {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
}
message In { string page_token = 1; )",
                                    in, "}\nmessage Out { repeated Note notes = 1; string next_page_token = 2; ", out,
                                    R"(}
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc List(In) returns (Out);
})"));
}

std::string NameOf(const google::protobuf::FieldDescriptor* field) { return field == nullptr ? "" : field->name(); }

TEST(ResponseFacts, ListsBindTokensAndTheTotalByNameOrOption) {
  const Plans by_name =
      ListOf("rowkeeper.v1.CountMode count = 2;", "string previous_page_token = 3; int64 total_size = 4;");
  ASSERT_THAT(by_name.Mistakes(), IsEmpty());
  EXPECT_EQ(NameOf(by_name.Find("List").response.previous_page_token), "previous_page_token");
  EXPECT_EQ(NameOf(by_name.Find("List").response.total_size), "total_size");
  const Plans by_option = ListOf("rowkeeper.v1.CountMode count = 2;",
                                 "string back = 3 [(rowkeeper.v1.bind) = BINDING_PREVIOUS_PAGE_TOKEN]; "
                                 "int32 total = 4 [(rowkeeper.v1.bind) = BINDING_TOTAL_SIZE];");
  ASSERT_THAT(by_option.Mistakes(), IsEmpty());
  EXPECT_EQ(NameOf(by_option.Find("List").response.previous_page_token), "back");
  EXPECT_EQ(NameOf(by_option.Find("List").response.total_size), "total");
}

TEST(ResponseFacts, WhatTheOperationDoesNotGiveIsFilledByNothing) {
  EXPECT_THAT(ListOf("", "int64 affected = 3;").Mistakes(),
              ElementsAre("shop.v1.Out.affected: a response field that nothing fills; keep one field of shop.v1.Note "
                          "and `string next_page_token`, `string previous_page_token`, `int64 total_size`, `repeated "
                          "rowkeeper.v1.UnrepresentableRow unrepresentable`, `int32 unrepresentable_count`; remove "
                          "this one"));
}

TEST(ResponseFacts, AFactOfTheWrongTypeOrGivenTwice) {
  EXPECT_THAT(ListOf("", "int32 previous_page_token = 3;").Mistakes(),
              ElementsAre("shop.v1.Out.previous_page_token: has type int32 but previous_page_token needs string; write "
                          "string"));
  EXPECT_THAT(ListOf("", "string more = 3 [(rowkeeper.v1.bind) = BINDING_NEXT_PAGE_TOKEN];").Mistakes(),
              ElementsAre("shop.v1.Out.more: another field of the response has this meaning already; keep one"));
}

TEST(ResponseFacts, ATotalAndTheQuestionForItComeTogether) {
  EXPECT_THAT(ListOf("", "int64 total_size = 3;").Mistakes(),
              ElementsAre("shop.v1.Out.total_size: would never be filled: nothing in the request asks for it; add "
                          "`rowkeeper.v1.CountMode count` to the request, or remove this field"));
  EXPECT_THAT(ListOf("rowkeeper.v1.CountMode count = 2;", "").Mistakes(),
              ElementsAre("shop.v1.In.count: asks for a number that the response has no place for; add `int64 "
                          "total_size` to the response, or remove this field"));
}

TEST(ResponseFacts, RowsThatAreLeftOutAreReportedAndTheReportIsAskedFor) {
  const Plans plans = ListOf("bool skip_unrepresentable = 2;",
                             "repeated rowkeeper.v1.UnrepresentableRow unrepresentable = 3; "
                             "int64 unrepresentable_count = 4;");
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  EXPECT_EQ(NameOf(plans.Find("List").response.unrepresentable), "unrepresentable");
  EXPECT_EQ(NameOf(plans.Find("List").response.unrepresentable_count), "unrepresentable_count");
  EXPECT_THAT(ListOf("bool lenient = 2 [(rowkeeper.v1.bind) = BINDING_SKIP_UNREPRESENTABLE];",
                     "int32 bad = 3 [(rowkeeper.v1.bind) = BINDING_UNREPRESENTABLE_COUNT];")
                  .Mistakes(),
              IsEmpty());
  EXPECT_THAT(ListOf("bool skip_unrepresentable = 2;", "").Mistakes(),
              ElementsAre("shop.v1.In.skip_unrepresentable: leaves rows out, and callers could not tell which; add "
                          "`repeated rowkeeper.v1.UnrepresentableRow unrepresentable` (or `int32 "
                          "unrepresentable_count`) to the response, or remove this field"));
  EXPECT_THAT(ListOf("", "int32 unrepresentable_count = 3;").Mistakes(),
              ElementsAre("shop.v1.Out.unrepresentable_count: would never be filled: nothing in the request asks for "
                          "rows to be left out; add `bool skip_unrepresentable` to the request, or remove this field"));
  EXPECT_THAT(ListOf("string skip_unrepresentable = 2;", "int32 unrepresentable_count = 3;").Mistakes(),
              ::testing::Contains("shop.v1.In.skip_unrepresentable: has type string but skip_unrepresentable needs "
                                  "bool; write bool"));
  EXPECT_THAT(ListOf("bool skip_unrepresentable = 2;", "repeated string unrepresentable = 3;").Mistakes(),
              ::testing::Contains("shop.v1.Out.unrepresentable: has type string but unrepresentable needs repeated "
                                  "rowkeeper.v1.UnrepresentableRow; write repeated rowkeeper.v1.UnrepresentableRow"));
}

TEST(ResponseFacts, OnlyReadsOfManyRowsCanLeaveRowsOut) {
  const char* kNotes = R"(
message Note {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string text = 2;
}
message Get { string id = 1; bool skip_unrepresentable = 2; }
message Create { repeated Note notes = 1; bool skip_unrepresentable = 2; }
message Notes { repeated Note notes = 1; }
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc GetById(Get) returns (Note);
  rpc BatchCreate(Create) returns (Notes);
})";
  EXPECT_THAT(Plans::OfText(kNotes).Mistakes(),
              ::testing::UnorderedElementsAre(
                  "shop.v1.Get.skip_unrepresentable: skip_unrepresentable has no meaning for this operation on "
                  "shop.v1.Note; remove the field",
                  "shop.v1.Create.skip_unrepresentable: skip_unrepresentable has no meaning for this operation on "
                  "shop.v1.Note; remove the field"));
}

TEST(ResponseFacts, ACountAnswersItsTotalOnly) {
  const char* kCount = R"(
message Note {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
}
message In { rowkeeper.v1.CountMode count = 1; }
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc Count(In) returns (Out);
}
message Out {)";
  const Plans good = Plans::OfText(absl::StrCat(kCount, "int64 total_size = 1; }"));
  ASSERT_THAT(good.Mistakes(), IsEmpty());
  EXPECT_EQ(good.Find("Count").response.shape, ResponseShape::kFacts);
  EXPECT_THAT(Plans::OfText(absl::StrCat(kCount, "Note note = 1; int64 total_size = 2; }")).Mistakes(),
              ElementsAre("shop.v1.Out.note: a response field that nothing fills; keep `int64 total_size`; remove this "
                          "one"));
  EXPECT_THAT(Plans::OfText(absl::StrCat(kCount, "}")).Mistakes(),
              ElementsAre("shop.v1.NoteRepository.Count: a count needs a response with a place for the number; return "
                          "a message with a field `int64 total_size`"));
}

}  // namespace
}  // namespace rowkeeper::plan
