#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {

inline constexpr char kPartialShop[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Author {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
}
message Note {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string slug = 2 [(rowkeeper.v1.column) = {max_length: 20, unique: true}];
  optional int64 author_id = 3 [(rowkeeper.v1.column).references = "shop.v1.Author"];
  string title = 4;
  string kind = 5 [(rowkeeper.v1.column).immutable = true];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
message Reply {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 note_id = 2 [(rowkeeper.v1.column).references = "shop.v1.Note"];
}
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc Create(Rows) returns (Answer) {
    option (rowkeeper.v1.method) = {operation: OPERATION_BATCH_CREATE, partial: true};
  }
  rpc Update(MaskedRows) returns (Answer) {
    option (rowkeeper.v1.method) = {operation: OPERATION_BATCH_UPDATE, partial: true};
  }
  rpc SoftDelete(Keys) returns (KeyAnswer) {
    option (rowkeeper.v1.method) = {operation: OPERATION_BATCH_SOFT_DELETE, partial: true};
  }
  rpc Restore(Keys) returns (KeyAnswer) {
    option (rowkeeper.v1.method) = {operation: OPERATION_BATCH_RESTORE, partial: true};
  }
  rpc Delete(Ids) returns (Results) {
    option (rowkeeper.v1.method) = {operation: OPERATION_BATCH_DELETE, partial: true};
  }
  rpc Upsert(MaskedRows) returns (UpsertAnswer) {
    option (rowkeeper.v1.method) = {operation: OPERATION_BATCH_UPSERT, partial: true};
  }
}
message Rows { repeated Note notes = 1; }
message MaskedRows { repeated Note notes = 1; google.protobuf.FieldMask update_mask = 2; }
message Key { int64 id = 1; int64 version = 2; }
message Keys { repeated Key keys = 1; bool allow_missing = 2; }
message Ids { repeated int64 ids = 1; }
message Answer { repeated Note notes = 1; repeated rowkeeper.v1.RowResult results = 2; }
message KeyAnswer { repeated Note notes = 1; repeated rowkeeper.v1.RowResult results = 2; repeated Key missing = 3; }
message UpsertAnswer {
  repeated Note notes = 1;
  repeated rowkeeper.v1.RowResult results = 2;
  repeated rowkeeper.v1.WriteOutcome outcomes = 3;
}
message Results { repeated rowkeeper.v1.RowResult results = 1; }
)";

/// "OK", or the reason and the fields: "UNIQUE_VIOLATION", "INVALID_FIELD [notes[1].slug]".
inline std::vector<std::string> ResultsOf(const Json& answer) {
  std::vector<std::string> results;
  for (const Json& result : answer.value("results", Json::array())) {
    std::string text = result.value("code", 0) == 0 ? "OK" : result.value("reason", "?");
    for (const Json& field : result.value("fields", Json::array())) text += Cat(" [", field.get<std::string>(), "]");
    results.push_back(text);
  }
  return results;
}

class PartialBatchTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new InProcessServer(CompileProtoText(kPartialShop)); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override {
    ASSERT_TRUE(server_ != nullptr && server_->ok());
    Sql("TRUNCATE notes, authors, replies RESTART IDENTITY");
    Sql("DROP FUNCTION IF EXISTS act CASCADE");
  }

  static InProcessServer& server() { return *server_; }
  static void Sql(const std::string& text) { server_->database().Run(text); }
  static std::string Value(const std::string& text) { return server_->database().Value(text); }
  static Json MustCall(const std::string& method, const Json& request) {
    return server_->MustCall("NoteRepository." + method, request);
  }
  static absl::StatusOr<Json> Call(const std::string& method, const Json& request) {
    return server_->Call("NoteRepository." + method, request);
  }
  static std::string Slugs() {
    return Value("SELECT coalesce(string_agg(slug, ',' ORDER BY slug), '') FROM notes WHERE deleted_at IS NULL");
  }
  static Json Note(const std::string& slug, const Json& more = Json::object()) {
    Json note = {{"slug", slug}};
    note.update(more);
    return note;
  }
  /// Notes 1, 2, 3 … with the slugs s1, s2, s3 ….
  static void AddNotes(int count) {
    Sql(Cat("INSERT INTO notes (slug, title, kind) SELECT 's' || i, '', '' FROM generate_series(1, ", count, ") AS i"));
  }
  static Json Ids(const std::vector<int>& ids) {
    Json list = Json::array();
    for (int id : ids) list.push_back(std::to_string(id));
    return {{"ids", list}};
  }

 private:
  static inline InProcessServer* server_ = nullptr;
};

}  // namespace rowkeeper::testing
