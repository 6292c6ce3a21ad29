#include "server/schema/compatibility/compatibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

constexpr char kBefore[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; STATE_DONE = 2; reserved 7, 10 to 12; }
message Owner {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string name = 2;
}
message Item {
  option (rowkeeper.v1.entity) = { unique_keys: {fields: ["owner_id", "code"]} };
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string title = 2 [(rowkeeper.v1.column) = {max_length: 40, sortable: true, filterable: true}];
  optional string notes = 3;
  int64 owner_id = 4 [(rowkeeper.v1.column) = {references: "shop.v1.Owner"}];
  string code = 5;
  State state = 6;
  int32 amount = 7;
  repeated string tags = 8;
  oneof place { string street = 9; string square = 10; }
  optional google.protobuf.Timestamp deleted_at = 11 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  reserved 20 to 22, 30;
  reserved "colour";
}
message GetItemRequest { int64 id = 1; }
message GetItemResponse { Item item = 1; }
message DeleteItemRequest { int64 id = 1; }
message DeleteItemResponse {}
service ItemRepository {
  option (rowkeeper.v1.repository) = { entity: "shop.v1.Item" };
  rpc Get(GetItemRequest) returns (GetItemResponse);
  rpc Remove(DeleteItemRequest) returns (DeleteItemResponse) {
    option (rowkeeper.v1.method) = { operation: OPERATION_SOFT_DELETE };
  }
}
)";

using Edits = std::vector<std::pair<std::string, std::string>>;

/// What breaks when the file `text` is edited so: "element: problem", one a line.
std::vector<std::string> AfterEditsOf(const std::string& text, const Edits& edits) {
  std::string now = text;
  for (const auto& [from, to] : edits) {
    EXPECT_NE(now.find(from), std::string::npos) << from;
    now = absl::StrReplaceAll(now, {{from, to}});
  }
  const auto before = testing::CompileProtoText(text), after = testing::CompileProtoText(now);
  if (before == nullptr || after == nullptr) return {"does not compile"};
  catalogue::Diagnostics found;
  CompareCatalogues(*before, *after, &found);
  std::vector<std::string> lines;
  for (const catalogue::Diagnostic& diagnostic : found.Sorted()) {
    EXPECT_GT(diagnostic.line, 0) << diagnostic.ToString();
    EXPECT_FALSE(diagnostic.remedy.empty()) << diagnostic.ToString();
    lines.push_back(absl::StrCat(diagnostic.element, ": ", diagnostic.problem));
  }
  return lines;
}

std::vector<std::string> After(const Edits& edits) { return AfterEditsOf(kBefore, edits); }

TEST(Compatibility, FindsNothingInWhatClientsDoNotSee) {
  EXPECT_THAT(After({}), IsEmpty());
  for (const Edits& edits : std::vector<Edits>{
           {{"string name = 2;", "string name = 2; optional string phone = 3;"}},
           {{"string name = 2;", "reserved 2; reserved \"name\";"}},
           {{"max_length: 40", "max_length: 60"}},
           {{"max_length: 40, ", ""}},
           {{"int32 amount = 7;", "int64 amount = 7;"}},
           {{"string code = 5;", "optional string code = 5;"}},
           {{"STATE_DONE = 2;", "STATE_DONE = 2; STATE_LATE = 3;"}},
           {{"[\"owner_id\", \"code\"]", "[\"owner_id\", \"code\", \"title\"]"}},
           {{"20 to 22, 30", "20 to 30"}},
           {{"20 to 22, 30", "20, 21, 22, 30"}},
           {{"rpc Get(",
             "rpc GetAgain(GetItemRequest) returns (GetItemResponse) { option (rowkeeper.v1.method) = {operation: "
             "OPERATION_GET}; }\n  rpc Get("}},
       }) {
    EXPECT_THAT(After(edits), IsEmpty()) << edits[0].second;
  }
}

TEST(Compatibility, FindsWhatChangesBytes) {
  EXPECT_THAT(After({{"  int32 amount = 7;\n", ""}}),
              ElementsAre("shop.v1.Item: field 7, \"amount\" (int32), is gone, and its number is free"));
  EXPECT_THAT(After({{"int32 amount = 7;", "sint32 amount = 7;"}}),
              ElementsAre(MatchesRegex("shop.v1.Item.amount: number 7 was \"amount\" \\(int32\\) and is \"amount\" "
                                       "\\(sint32\\).*")));
  EXPECT_THAT(After({{"int32 amount = 7;", "int32 amount = 12; string label = 7;"}}),
              ElementsAre(MatchesRegex("shop.v1.Item.label: number 7 was .*"), MatchesRegex("shop.v1.Item.label: its "
                                                                                            "column was integer.*")));
  EXPECT_THAT(After({{"repeated string tags = 8;", "string tags = 8;"}}).front(),
              MatchesRegex("shop.v1.Item.tags: number 8 was \"tags\" \\(repeated string\\).*"));
  EXPECT_THAT(After({{"string square = 10; }", "} optional string square = 10;"}}),
              ElementsAre(MatchesRegex("shop.v1.Item.square: it was in the oneof \"place\" and is in no oneof.*")));
}

TEST(Compatibility, FindsNamesThatClientsUse) {
  EXPECT_THAT(
      After({{"string title = 2", "string heading = 2"}}),
      ElementsAre(MatchesRegex("shop.v1.Item.heading: number 2 was \"title\": old clients name it so in masks.*")));
}

TEST(Compatibility, HoldsReservedNumbers) {
  EXPECT_THAT(After({{"20 to 22, 30", "20, 22, 30"}}),
              ElementsAre(MatchesRegex("shop.v1.Item: `reserved 20 to 22;` is gone.*")));
  EXPECT_THAT(After({{"  reserved 20 to 22, 30;", "  optional string size = 30; reserved 20 to 22;"}}),
              ElementsAre(MatchesRegex("shop.v1.Item.size: its number 30 was reserved.*")));
  EXPECT_THAT(After({{"  reserved \"colour\";", "  optional string colour = 15;"}}),
              ElementsAre(MatchesRegex("shop.v1.Item.colour: its name \"colour\" was reserved.*")));
  EXPECT_THAT(After({{"reserved 7, 10 to 12;", "reserved 7, 10, 11;"}}),
              ElementsAre(MatchesRegex("shop.v1.State: `reserved 10 to 12;` is gone.*")));
  EXPECT_THAT(After({{"reserved 7, 10 to 12;", "STATE_NEW = 7; reserved 10 to 12;"}}),
              ElementsAre(MatchesRegex("shop.v1.STATE_NEW: its number 7 was reserved.*")));
}

TEST(Compatibility, FindsWhatOldClientsCanNoLongerCall) {
  EXPECT_THAT(After({{"  rpc Get(GetItemRequest) returns (GetItemResponse);\n", ""}}),
              ElementsAre(MatchesRegex("shop.v1.ItemRepository: method Get is gone.*")));
  EXPECT_THAT(After({{"service ItemRepository", "service ItemStore"}}),
              ElementsAre(MatchesRegex("shop.v1.ItemRepository: the service was here and is gone.*")));
  EXPECT_THAT(After({{"GetItemResponse", "OneItemResponse"}}),
              ElementsAre("shop.v1.ItemRepository.Get: its response was shop.v1.GetItemResponse and is "
                          "shop.v1.OneItemResponse"));
  EXPECT_THAT(
      After({{"OPERATION_SOFT_DELETE", "OPERATION_DELETE"}}),
      ElementsAre(MatchesRegex("shop.v1.ItemRepository.Remove: it was the operation SoftDelete and is Delete.*")));
}

constexpr char kLists[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Owner {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  repeated Item items = 2 [(rowkeeper.v1.relation) = {inverse_field: "owner_id", limit: 20}];
}
message Item {
  option (rowkeeper.v1.entity) = {default_order_by: "rank", unique_keys: [{fields: ["code"]}, {fields: ["rank"]}]};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 owner_id = 2 [(rowkeeper.v1.column).references = "shop.v1.Owner"];
  string code = 3;
  int64 rank = 4;
  string title = 5;
  google.protobuf.Timestamp added_at = 6;
}
message ListRequest {
  int64 owner_id = 1;
  optional int64 rank_from = 2 [(rowkeeper.v1.filter) = {field: "rank", op: FILTER_OPERATOR_GREATER_OR_EQUAL}];
  optional string word = 3 [(rowkeeper.v1.filter) = {field: "title", op: FILTER_OPERATOR_SEARCH, more_fields: "code"}];
  string page_token = 90;
}
message ListResponse { repeated Item items = 1; string next_page_token = 2; }
message UpsertRequest { repeated Item items = 1; }
message UpsertResponse { repeated Item items = 1; }
service ItemRepository {
  option (rowkeeper.v1.repository) = { entity: "shop.v1.Item" };
  rpc List(ListRequest) returns (ListResponse);
  rpc BatchUpsert(UpsertRequest) returns (UpsertResponse) {
    option (rowkeeper.v1.method) = {conflict_fields: ["code"]};
  }
}
)";

TEST(Compatibility, FindsWhatMethodsDoOtherwiseWithTheSameRequest) {
  const auto one = [](const char* from, const char* to) {
    const auto lines = AfterEditsOf(kLists, {{from, to}});
    EXPECT_EQ(lines.size(), 1U) << to << ": " << ::testing::PrintToString(lines);
    return lines.empty() ? "" : lines[0];
  };
  EXPECT_THAT(AfterEditsOf(kLists, {}), IsEmpty());
  EXPECT_THAT(one("optional int64 rank_from", "int64 rank_from"),
              MatchesRegex("shop.v1.ListRequest.rank_from: the filter is required now.*"));
  EXPECT_THAT(one("  string page_token", "  string title = 4;\n  string page_token"),
              MatchesRegex("shop.v1.ListRequest.title: it is a filter that old clients leave out.*"));
  EXPECT_THAT(AfterEditsOf(kLists, {{"  string page_token", "  optional string title = 4;\n  string page_token"}}),
              IsEmpty());
  EXPECT_THAT(AfterEditsOf(kLists, {{"  int64 owner_id = 1;", "  optional int64 owner_id = 1;"}}), IsEmpty());
  EXPECT_THAT(one("FILTER_OPERATOR_GREATER_OR_EQUAL", "FILTER_OPERATOR_GREATER"),
              MatchesRegex("shop.v1.ListRequest.rank_from: it filters by another column or operator.*"));
  EXPECT_THAT(one("{field: \"rank\", op", "{field: \"id\", op"),
              MatchesRegex("shop.v1.ListRequest.rank_from: it filters by another column or operator.*"));
  EXPECT_THAT(one(", more_fields: \"code\"", ""),
              MatchesRegex("shop.v1.ListRequest.word: it filters by another column or operator.*"));
  EXPECT_THAT(one("  int64 owner_id = 1;", "  reserved 1;"),
              MatchesRegex("shop.v1.ItemRepository.List: `owner_id` filters no longer.*"));
  EXPECT_THAT(one("conflict_fields: [\"code\"]", "conflict_fields: [\"rank\"]"),
              MatchesRegex("shop.v1.ItemRepository.BatchUpsert: it has other conflict_fields.*"));
  EXPECT_THAT(one("default_order_by: \"rank\"", "default_order_by: \"rank desc\""),
              MatchesRegex("shop.v1.Item: the default order is another one.*"));
  EXPECT_THAT(one("limit: 20", "limit: 10"), MatchesRegex("shop.v1.Owner.items: it has another filter.*"));
  EXPECT_THAT(AfterEditsOf(kLists, {{"limit: 20", "limit: 30"}}), IsEmpty());
}

TEST(Compatibility, FindsRowsThatBelongToNobodyAnyMore) {
  constexpr char kTenants[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Item {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string tenant_id = 2 [(rowkeeper.v1.column).role = ROLE_TENANT];
  string org = 3;
}
)";
  const std::string role = " [(rowkeeper.v1.column).role = ROLE_TENANT]";
  EXPECT_THAT(AfterEditsOf(kTenants, {{role, ""}}),
              ::testing::Contains(MatchesRegex("shop.v1.Item: tenant_id no longer says whose a row is.*everyone")));
  EXPECT_THAT(AfterEditsOf(kTenants, {{role, ""}, {"string org = 3", "string org = 3" + role}}),
              ::testing::Contains(MatchesRegex("shop.v1.Item: tenant_id no longer says.*by another field")));
  EXPECT_THAT(AfterEditsOf(kTenants, {{"tenant_id = 2", "org_id = 2"}}),
              ::testing::Not(::testing::Contains(MatchesRegex(".*whose a row is.*"))));
}

TEST(Compatibility, FindsCallersThatMayCallNoLonger) {
  const std::string before = absl::StrReplaceAll(
      kLists, {{"rpc List(ListRequest) returns (ListResponse);",
                "rpc List(ListRequest) returns (ListResponse) { option (rowkeeper.v1.method) = {allow: [<>]}; }"}});
  const auto from = [&](const char* allow) { return absl::StrReplaceAll(before, {{"<>", allow}}); };
  EXPECT_THAT(
      AfterEditsOf(from("\"role:a\", \"role:b\""), {{"\"role:a\", ", ""}}),
      ElementsAre(MatchesRegex("shop.v1.ItemRepository.List: call it: role:a could, and now only role:b can.*")));
  EXPECT_THAT(AfterEditsOf(from("\"role:a\""), {{"\"role:a\"", "\"role:a\", \"role:b\""}}), IsEmpty());
  EXPECT_THAT(AfterEditsOf(from("\"role:a\""), {{"\"role:a\"", "\"authenticated\""}}), IsEmpty());
  EXPECT_THAT(AfterEditsOf(from("\"anonymous\""), {{"\"anonymous\"", "\"authenticated\""}}),
              ElementsAre(MatchesRegex(".*List: call it: anonymous could, and now only authenticated can.*")));
  // With the first list, what has none is for nobody.
  const auto first = AfterEditsOf(kLists, {{"rpc List(ListRequest) returns (ListResponse);",
                                            "rpc List(ListRequest) returns (ListResponse) { option "
                                            "(rowkeeper.v1.method) = {allow: [\"everyone\"]}; }"}});
  EXPECT_THAT(first, ::testing::Contains(MatchesRegex(
                         "shop.v1.ItemRepository.BatchUpsert: call it: everyone could, and now only nobody can.*")));
  EXPECT_THAT(first, ::testing::Contains(MatchesRegex(".*use units of work: everyone could, and now only nobody.*")));
  EXPECT_THAT(first, ::testing::Not(::testing::Contains(MatchesRegex("shop.v1.ItemRepository.List: .*"))));
}

TEST(Compatibility, FindsFieldsThatCallersMayTouchNoLonger) {
  EXPECT_THAT(After({{"max_length: 40", "max_length: 40, read: \"role:a\""}}),
              ElementsAre(MatchesRegex("shop.v1.Item.title: read it: everyone could, and now only role:a can.*")));
  EXPECT_THAT(After({{"max_length: 40", "max_length: 40, write: \"role:a\""}}),
              ElementsAre(MatchesRegex("shop.v1.Item.title: write it: everyone could, and now only role:a can.*")));
  EXPECT_THAT(After({{"max_length: 40", "max_length: 40, write: \"everyone\""}}), IsEmpty());
}

TEST(Compatibility, FindsRulesThatRowsMayBreak) {
  const auto one = [](const char* from, const char* to) {
    const auto lines = After({{from, to}});
    EXPECT_EQ(lines.size(), 1U) << to;
    return lines.empty() ? "" : lines[0];
  };
  EXPECT_THAT(one("max_length: 40", "max_length: 39"),
              MatchesRegex("shop.v1.Item.title: its column was character "
                           "varying\\(40\\) and is character varying\\(39\\).*"));
  EXPECT_THAT(one("string code = 5;", "string code = 5 [(rowkeeper.v1.column).max_length = 9];"),
              MatchesRegex("shop.v1.Item.code: its column was text.*"));
  EXPECT_THAT(one("optional string notes", "string notes"), MatchesRegex("shop.v1.Item.notes: it was `optional`.*"));
  EXPECT_THAT(one("string code = 5;", "string code = 5 [(rowkeeper.v1.column).unique = true];"),
              MatchesRegex("shop.v1.Item: rows must be unique in code now.*"));
  EXPECT_THAT(one("[\"owner_id\", \"code\"]", "[\"owner_id\", \"title\"]"),
              MatchesRegex("shop.v1.Item: rows must be unique in owner_id, title now.*"));
  EXPECT_THAT(one("STATE_DONE = 2;", "reserved 2;"), MatchesRegex("shop.v1.Item.state: rows may hold DONE, .*|"
                                                                  "shop.v1.Item.state: rows may hold STATE_DONE, .*"));
  EXPECT_THAT(one("STATE_DONE = 2;", "STATE_FINISHED = 2;"), MatchesRegex("shop.v1.Item.state: rows may hold .*"));
  EXPECT_THAT(one("sortable: true, ", ""), MatchesRegex("shop.v1.Item.title: it is no longer sortable.*"));
  EXPECT_THAT(one(", filterable: true", ""), MatchesRegex("shop.v1.Item.title: it is no longer filterable.*"));
  EXPECT_THAT(one("string code = 5;", "string code = 5 [(rowkeeper.v1.column).immutable = true];"),
              MatchesRegex("shop.v1.Item.code: it has become immutable.*"));
  EXPECT_THAT(one("references: \"shop.v1.Owner\"", "references: \"shop.v1.Owner\", on_delete: ON_DELETE_CASCADE"),
              MatchesRegex("shop.v1.Item.owner_id: on_delete was ON_DELETE_RESTRICT and is ON_DELETE_CASCADE.*"));
  EXPECT_THAT(one("int64 owner_id = 4",
                  "int64 buyer_id = 14 [(rowkeeper.v1.column) = {references: \"shop.v1.Owner\"}];\n"
                  "  int64 owner_id = 4"),
              MatchesRegex("shop.v1.Item.buyer_id: old clients leave this new field out.*"));
}

TEST(Compatibility, AsksWhatBecomesOfTheTable) {
  const Edits renamed = {{"message Owner {\n  option (rowkeeper.v1.entity) = {};",
                          "message Person {\n  option "
                          "(rowkeeper.v1.entity) = {<>};"},
                         {"shop.v1.Owner", "shop.v1.Person"}};
  const auto with = [&](const char* options) {
    Edits edits = renamed;
    edits.emplace_back("<>", options);
    return After(edits);
  };
  EXPECT_THAT(with("table: \"owners\""),
              ElementsAre(MatchesRegex("shop.v1.Owner: the entity was here and is gone, .* table \"owners\"")));
  EXPECT_THAT(with("former_names: [\"shop.v1.Owner\"]"), IsEmpty());
}

TEST(Compatibility, AnExampleFitsItself) {
  for (const char* example : {"planner/v1", "tracker/v1"}) {
    const auto before = testing::CompileExample(example), now = testing::CompileExample(example);
    ASSERT_NE(before, nullptr);
    catalogue::Diagnostics found;
    CompareCatalogues(*before, *now, &found);
    EXPECT_EQ(found.ToString(), "");
  }
}

}  // namespace
}  // namespace rowkeeper::schema
