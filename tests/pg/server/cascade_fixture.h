#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {

/// Keys of three types, a self reference, a cycle, a key of two columns, a flag without a time, rows that cannot be
/// soft-deleted, and every action.
inline constexpr char kOrgs[] = R"(syntax = "proto3";
package org.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Org {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  google.protobuf.Timestamp updated_at = 2 [(rowkeeper.v1.column).role = ROLE_UPDATED_AT];
  optional google.protobuf.Timestamp deleted_at = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 4 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
message Team {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 org_id = 2 [(rowkeeper.v1.column) = {references: "org.v1.Org", on_delete: ON_DELETE_CASCADE}];
  optional int64 parent_id = 3 [(rowkeeper.v1.column) = {references: "org.v1.Team", on_delete: ON_DELETE_CASCADE}];
  optional string slug = 4 [(rowkeeper.v1.column).unique = true];
  optional google.protobuf.Timestamp deleted_at = 5 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 6 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
message Member {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  int64 team_id = 2 [(rowkeeper.v1.column) = {references: "org.v1.Team", on_delete: ON_DELETE_CASCADE}];
  optional string buddy_id = 3 [(rowkeeper.v1.column) = {
    type: COLUMN_TYPE_UUID references: "org.v1.Member" on_delete: ON_DELETE_SET_NULL}];
  optional google.protobuf.Timestamp deleted_at = 4 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
// Deleted by a flag alone.
message Badge {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string member_id = 2 [(rowkeeper.v1.column) = {
    type: COLUMN_TYPE_UUID references: "org.v1.Member" on_delete: ON_DELETE_CASCADE}];
  bool is_deleted = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_FLAG];
}
// A key of two references.
message Pair {
  option (rowkeeper.v1.entity) = {};
  string a_id = 1 [(rowkeeper.v1.column) = {
    type: COLUMN_TYPE_UUID primary_key: true references: "org.v1.Member" on_delete: ON_DELETE_CASCADE}];
  string b_id = 2 [(rowkeeper.v1.column) = {
    type: COLUMN_TYPE_UUID primary_key: true references: "org.v1.Member" on_delete: ON_DELETE_CASCADE}];
  optional google.protobuf.Timestamp deleted_at = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
message Invoice {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 org_id = 2 [(rowkeeper.v1.column) = {references: "org.v1.Org", on_delete: ON_DELETE_RESTRICT}];
  optional google.protobuf.Timestamp deleted_at = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
// Cannot be soft-deleted and forbids it.
message Ledger {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 team_id = 2 [(rowkeeper.v1.column) = {references: "org.v1.Team"}];
}
// Cannot be soft-deleted and stays.
message Wall {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 team_id = 2 [(rowkeeper.v1.column) = {references: "org.v1.Team", on_delete: ON_DELETE_CASCADE}];
}
message Memo {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  optional int64 team_id = 2 [(rowkeeper.v1.column) = {references: "org.v1.Team", on_delete: ON_DELETE_SET_NULL}];
  optional int64 org_id = 3 [(rowkeeper.v1.column) = {references: "org.v1.Org", on_delete: ON_DELETE_SET_NULL}];
  int32 version = 4 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
message Label {
  option (rowkeeper.v1.entity) = {};
  string code = 1 [(rowkeeper.v1.column) = {primary_key: true, max_length: 20}];
  int64 org_id = 2 [(rowkeeper.v1.column) = {references: "org.v1.Org", on_delete: ON_DELETE_CASCADE}];
  optional google.protobuf.Timestamp deleted_at = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
message Tag {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string label_code = 2 [(rowkeeper.v1.column) = {
    max_length: 20, references: "org.v1.Label", on_delete: ON_DELETE_CASCADE}];
  optional google.protobuf.Timestamp deleted_at = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
// A cycle of two tables.
message Left {
  option (rowkeeper.v1.entity) = {table: "lefts"};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  optional int64 right_id = 2 [(rowkeeper.v1.column) = {references: "org.v1.Right", on_delete: ON_DELETE_CASCADE}];
  optional google.protobuf.Timestamp deleted_at = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
message Right {
  option (rowkeeper.v1.entity) = {table: "rights"};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  optional int64 left_id = 2 [(rowkeeper.v1.column) = {references: "org.v1.Left", on_delete: ON_DELETE_CASCADE}];
  optional google.protobuf.Timestamp deleted_at = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
message Key { int64 id = 1; int64 version = 2; bool allow_missing = 3; }
message PlainKey { int64 id = 1; bool allow_missing = 2; }
message Uuid { string id = 1; }
message Code { string code = 1; }
message TwoKeys { string a_id = 1; string b_id = 2; }
message Element { int64 id = 1; int64 version = 2; }
message Batch { repeated Element keys = 1; bool allow_missing = 2; }
message Orgs { repeated Org orgs = 1; }
message OrgsWhere { int64 id = 1; int32 max_affected = 2; }
message Affected { int64 affected = 1; }
message Teams { repeated Team teams = 1; }
service OrgRepository {
  option (rowkeeper.v1.repository).entity = "org.v1.Org";
  rpc SoftDelete(Key) returns (Org);
  rpc Restore(Key) returns (Org);
  rpc BatchSoftDelete(Batch) returns (Orgs);
  rpc BatchRestore(Batch) returns (Orgs);
  rpc SoftDeleteWhere(OrgsWhere) returns (Affected);
}
service TeamRepository {
  option (rowkeeper.v1.repository).entity = "org.v1.Team";
  rpc SoftDelete(Key) returns (google.protobuf.Empty);
  rpc Restore(Key) returns (Team);
  rpc BatchSoftDelete(Batch) returns (Teams);
  rpc BatchRestore(Batch) returns (google.protobuf.Empty);
}
service MemberRepository {
  option (rowkeeper.v1.repository).entity = "org.v1.Member";
  rpc SoftDelete(Uuid) returns (Member);
  rpc Restore(Uuid) returns (Member);
}
service PairRepository {
  option (rowkeeper.v1.repository).entity = "org.v1.Pair";
  rpc SoftDelete(TwoKeys) returns (Pair);
  rpc Restore(TwoKeys) returns (Pair);
}
service LabelRepository {
  option (rowkeeper.v1.repository).entity = "org.v1.Label";
  rpc SoftDelete(Code) returns (Label);
  rpc Restore(Code) returns (google.protobuf.Empty);
}
service LeftRepository {
  option (rowkeeper.v1.repository).entity = "org.v1.Left";
  rpc SoftDelete(PlainKey) returns (Left);
  rpc Restore(PlainKey) returns (Left);
}
service InvoiceRepository {
  option (rowkeeper.v1.repository).entity = "org.v1.Invoice";
  rpc SoftDelete(PlainKey) returns (Invoice);
  rpc Restore(PlainKey) returns (Invoice);
}
)";

/// One server over the entities above, whose tables each test finds empty.
class CascadeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { StartServer(kOrgs); }
  /// For a suite with a SetUpTestSuite of its own.
  static void StartServer(const std::string& text) { server_ = new InProcessServer(CompileProtoText(text)); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override {
    ASSERT_TRUE(server_ != nullptr && server_->ok());
    Run("TRUNCATE orgs, lefts, rights CASCADE");
  }

  static InProcessServer& server() { return *server_; }
  static void Run(const std::string& sql) { server_->database().Run(sql); }
  static std::string Value(const std::string& sql) { return server_->database().Value(sql); }

  static absl::StatusOr<Json> Do(const std::string& method, const Json& request) {
    return server_->Call(Cat("org.v1.", method), request);
  }
  static std::string Summarised(const std::string& method, const Json& request) { return Summary(Do(method, request)); }
  static std::string Refusal(const std::string& method, const Json& request) {
    return std::string(Do(method, request).status().message());
  }

  /// The keys of the live rows of a table, in order.
  static std::string Live(const std::string& table, const std::string& key = "id",
                          const std::string& live = "deleted_at IS NULL") {
    return Value(Cat("SELECT coalesce(string_agg((", key, ")::text, ' ' ORDER BY (", key, ")::text), '') FROM ", table,
                     " WHERE ", live));
  }
  /// A uuid that ends in a number.
  static std::string Id(int number) {
    const std::string digits = std::to_string(number);
    return Cat("00000000-0000-4000-8000-", std::string(12 - digits.size(), '0'), digits);
  }
  static std::string Quoted(int number) { return Cat("'", Id(number), "'"); }

 private:
  static inline InProcessServer* server_ = nullptr;
};

}  // namespace rowkeeper::testing
