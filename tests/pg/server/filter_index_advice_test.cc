#include "server/app/filter_index_advice.h"

#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::ElementsAre;

constexpr char kNotes[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Note {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column) = {primary_key: true}];
  string title = 2;
  optional string body = 3;
  repeated string tags = 4;
  google.protobuf.Struct labels = 5;
  int64 owner = 6;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc List(ListRequest) returns (ListResponse);
  rpc ListByOwner(ListByOwnerRequest) returns (ListResponse);
}
message ListRequest {
  optional string tag = 1 [(rowkeeper.v1.filter) = {field: "tags", op: FILTER_OPERATOR_CONTAINS}];
  repeated string any = 2 [(rowkeeper.v1.filter) = {field: "tags", op: FILTER_OPERATOR_OVERLAPS, skip_empty: true}];
  optional google.protobuf.Struct labels = 3 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_CONTAINS];
  optional string start = 4 [(rowkeeper.v1.filter) = {field: "title", op: FILTER_OPERATOR_PREFIX}];
  optional string like = 5 [(rowkeeper.v1.filter) = {field: "body", op: FILTER_OPERATOR_LIKE}];
  optional string words = 6 [(rowkeeper.v1.filter) = {
    field: "title", more_fields: "body", op: FILTER_OPERATOR_SEARCH, text_search: "english"}];
  string page_token = 91;
}
message ListByOwnerRequest {
  int64 owner = 1;
  optional google.protobuf.Struct labels = 3 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_CONTAINS];
  string page_token = 91;
}
message ListResponse { repeated Note notes = 1; string next_page_token = 2; }
)";

class FilterIndexAdviceTest : public ::testing::Test {
 protected:
  std::vector<std::string> Advice() {
    const auto connection = server_.Connect();
    const auto live = schema::LiveSchema::Read(*server_.loaded().catalogue, *connection);
    EXPECT_TRUE(live.ok()) << live.status();
    std::vector<std::string> advice;
    if (live.ok()) app::AdviseFilterIndexes(server_.loaded().plans, *live, &advice);
    return advice;
  }

  InProcessServer server_{CompileProtoText(kNotes)};
};

TEST_F(FilterIndexAdviceTest, NamesEachIndexThatWouldServeAFilterOnce) {
  ASSERT_TRUE(server_.ok());
  EXPECT_THAT(
      Advice(),
      ElementsAre("shop.v1.NoteRepository.List reads every row when tag is given; an index on notes USING gin (tags) "
                  "would serve it; declare it as {fields: [\"tags\"], method: \"gin\"}",
                  "shop.v1.NoteRepository.List reads every row when labels is given; an index on notes USING gin "
                  "(labels) would serve it; declare it as {fields: [\"labels\"], method: \"gin\"}",
                  "shop.v1.NoteRepository.List reads every row when start is given; an index on notes USING btree "
                  "(title text_pattern_ops) would serve it; create it in a migration",
                  "shop.v1.NoteRepository.List reads every row when like is given; an index on notes USING gin (body "
                  "gin_trgm_ops) would serve it; create it, and the extension pg_trgm, in a migration",
                  "shop.v1.NoteRepository.List reads every row when words is given; an index on notes USING gin "
                  "(to_tsvector('english'::regconfig, \"title\" || ' ' || coalesce(\"body\", ''))) would serve it; "
                  "create it in a migration"));
}

TEST_F(FilterIndexAdviceTest, IsSilentWhereTheIndexesAre) {
  ASSERT_TRUE(server_.ok());
  server_.database().Run(R"(
CREATE INDEX a ON notes USING gin (tags) WHERE deleted_at IS NULL;
CREATE INDEX b ON notes USING gin (labels jsonb_path_ops);
CREATE INDEX c ON notes (title text_pattern_ops);
CREATE INDEX e ON notes USING gin (to_tsvector('english', title || ' ' || coalesce(body, '')));
)");
  EXPECT_THAT(Advice(), ElementsAre(::testing::HasSubstr("when like is given")));
  server_.database().Run("DROP INDEX a; CREATE INDEX a ON notes USING gin (tags) WHERE id > 5");
  EXPECT_THAT(Advice(),
              ElementsAre(::testing::HasSubstr("when tag is given"), ::testing::HasSubstr("when like is given")));
}

}  // namespace
}  // namespace rowkeeper::testing
