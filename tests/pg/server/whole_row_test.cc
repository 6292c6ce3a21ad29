#include <string>

#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

constexpr char kNamesakes[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Status {
  option (rowkeeper.v1.entity).table = "status";
  int64 id = 1 [(rowkeeper.v1.column) = {primary_key: true, output_only: true}];
  string status = 2;
  string note = 3;
}
service StatusRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Status";
  rpc GetById(StatusKey) returns (Status);
  rpc List(ListStatusRequest) returns (StatusPage);
  rpc Create(StatusRequest) returns (Status);
  rpc Update(StatusUpdate) returns (Status);
  rpc Delete(StatusKey) returns (google.protobuf.Empty);
  rpc BatchCreate(StatusesRequest) returns (Statuses);
  rpc BatchUpdate(StatusesUpdate) returns (Statuses);
}
message StatusKey { int64 id = 1; }
message ListStatusRequest { int32 page_size = 1; string page_token = 2; }
message StatusPage { repeated Status items = 1; string next_page_token = 2; }
message Statuses { repeated Status items = 1; }
message StatusRequest { Status item = 1; }
message StatusUpdate { Status item = 1; google.protobuf.FieldMask update_mask = 2; }
message StatusesRequest { repeated Status items = 1; }
message StatusesUpdate { repeated Status items = 1; google.protobuf.FieldMask update_mask = 2; }
message Mark {
  option (rowkeeper.v1.entity).table = "gone";
  int64 id = 1 [(rowkeeper.v1.column) = {primary_key: true, output_only: true}];
  string note = 2;
  optional google.protobuf.Timestamp gone = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
service MarkRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Mark";
  rpc GetById(MarkKey) returns (Mark);
  rpc Create(MarkRequest) returns (Mark);
  rpc SoftDelete(MarkKey) returns (Mark);
}
message MarkKey { int64 id = 1; }
message MarkRequest { Mark item = 1; }
)";

constexpr char kMissing[] = "FAILED_PRECONDITION SCHEMA_MISMATCH";

/// Servers of tables that have a column of their name. Where it is renamed, PostgreSQL finds the table by that name.
class WholeRowTest : public ::testing::Test {
 protected:
  static InProcessServer::Options StillTime() {
    InProcessServer::Options options;
    options.time = InProcessServer::Options::Time::kStill;
    return options;
  }

  void SetUp() override {
    ASSERT_TRUE(server_.ok());
    server_.database().Run("ALTER TABLE status ADD secret text DEFAULT 'not for callers'");
    server_.MustCall("StatusRepository.Create", {{"item", {{"status", "open"}, {"note", "first"}}}});
    server_.MustCall("MarkRepository.Create", {{"item", {{"note", "first"}}}});
  }

  InProcessServer server_{CompileProtoText(kNamesakes), StillTime()};
};

TEST_F(WholeRowTest, ATableWithAColumnOfItsNameIsServed) {
  const Json one = {{"id", 1}, {"status", "done"}, {"note", "again"}};
  EXPECT_EQ(server_.MustCall("StatusRepository.GetById", {{"id", 1}})["status"], "open");
  server_.MustCall("StatusRepository.Update", {{"item", one}, {"update_mask", "status"}});
  EXPECT_EQ(server_.MustCall("StatusRepository.List", Json::object())["items"][0]["status"], "done");
  server_.MustCall("StatusRepository.BatchUpdate", {{"items", {one}}, {"update_mask", "status,note"}});
  server_.MustCall("StatusRepository.BatchCreate", {{"items", {{{"status", "open"}}, {{"status", "new"}}}}});
  server_.MustCall("StatusRepository.Delete", {{"id", 2}});
  EXPECT_EQ(server_.database().Value("SELECT string_agg(id || status || note, ',' ORDER BY id) FROM status"),
            "1doneagain,3new");
  server_.MustCall("MarkRepository.SoftDelete", {{"id", 1}});
  EXPECT_EQ(Summary(server_.Call("MarkRepository.GetById", {{"id", 1}})), "NOT_FOUND ROW_NOT_FOUND");
}

TEST_F(WholeRowTest, TheColumnIsFoundByItsNumber) {
  server_.database().Run("ALTER TABLE status RENAME status TO state; ALTER TABLE gone RENAME gone TO left_at");
  EXPECT_EQ(server_.MustCall("StatusRepository.GetById", {{"id", 1}})["status"], "open");
  server_.MustCall("StatusRepository.Create", {{"item", {{"status", "new"}}}});
  EXPECT_EQ(server_.database().Value("SELECT state FROM status WHERE id = 2"), "new");
  server_.MustCall("MarkRepository.SoftDelete", {{"id", 1}});
  EXPECT_EQ(Summary(server_.Call("MarkRepository.GetById", {{"id", 1}})), "NOT_FOUND ROW_NOT_FOUND");
  server_.database().Run("ALTER TABLE status RENAME TO note; ALTER TABLE note RENAME note TO remark");
  EXPECT_EQ(server_.MustCall("StatusRepository.GetById", {{"id", 1}})["note"], "first");
}

TEST_F(WholeRowTest, ARowIsNotReadAsTheColumnThatItsTableHasLost) {
  server_.database().Run("COMMENT ON TABLE status IS NULL; ALTER TABLE status RENAME status TO state");
  const Json one = {{"id", 1}, {"status", "done"}, {"note", "again"}};
  EXPECT_EQ(Summary(server_.Call("StatusRepository.GetById", {{"id", 1}})), kMissing);
  EXPECT_EQ(Summary(server_.Call("StatusRepository.List", Json::object())), kMissing);
  EXPECT_EQ(Summary(server_.Call("StatusRepository.Create", {{"item", {{"note", "x"}}}})), kMissing);
  EXPECT_EQ(Summary(server_.Call("StatusRepository.Update", {{"item", one}, {"update_mask", "note"}})), kMissing);
  EXPECT_EQ(Summary(server_.Call("StatusRepository.BatchUpdate", {{"items", {one}}, {"update_mask", "note"}})),
            kMissing);
  EXPECT_EQ(server_.database().Value("SELECT string_agg(id || state || note, ',') FROM status"), "1openfirst");
}

TEST_F(WholeRowTest, NoRowIsHiddenByTheMarkThatItsTableHasLost) {
  server_.database().Run("COMMENT ON TABLE gone IS NULL; ALTER TABLE gone RENAME gone TO left_at");
  EXPECT_EQ(Summary(server_.Call("MarkRepository.GetById", {{"id", 1}})), kMissing);
  EXPECT_EQ(Summary(server_.Call("MarkRepository.SoftDelete", {{"id", 1}})), kMissing);
}

}  // namespace
}  // namespace rowkeeper::testing
