#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/base/text.h"
#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {

/// People and their clubs: every kind of relation. Keys of clubs are texts that need quoting.
inline constexpr char kClubs[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Person {
  option (rowkeeper.v1.entity) = {table: "people"};
  int32 id = 1 [(rowkeeper.v1.column) = {primary_key: true}];
  string name = 2 [(rowkeeper.v1.column).sortable = true];
  optional int32 boss_id = 3 [(rowkeeper.v1.column).references = "shop.v1.Person"];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  Person boss = 40;
  repeated Person reports = 41 [(rowkeeper.v1.relation) = {order_by: "name desc", limit: 10}];
  Badge badge = 42;
  repeated Club clubs = 43 [(rowkeeper.v1.relation) = {through: "shop.v1.Membership", order_by: "name", limit: 3}];
  repeated Club led = 44 [(rowkeeper.v1.relation) = {
    filter: "size > 2 OR name = \"it's \\\"open\\\"; --\""
    order_by: "size desc nulls last, name"
    limit: 2
  }];
}
message Badge {
  option (rowkeeper.v1.entity) = {};
  int32 id = 1 [(rowkeeper.v1.column) = {primary_key: true}];
  int32 person_id = 2 [(rowkeeper.v1.column) = {references: "shop.v1.Person", unique: true}];
  int32 number = 3;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  Person person = 40;
}
message Club {
  option (rowkeeper.v1.entity) = {default_order_by: "name"};
  string code = 1 [(rowkeeper.v1.column) = {primary_key: true}];
  string name = 2 [(rowkeeper.v1.column).sortable = true];
  optional int32 size = 3;
  optional int32 leader_id = 4 [(rowkeeper.v1.column).references = "shop.v1.Person"];
  bool is_deleted = 24 [(rowkeeper.v1.column).role = ROLE_DELETED_FLAG];
  Person leader = 40;
  repeated Person members = 41 [(rowkeeper.v1.relation) = {through: "shop.v1.Membership", order_by: "name"}];
  repeated Membership memberships = 42;
}
message Membership {
  option (rowkeeper.v1.entity) = {};
  int32 id = 1 [(rowkeeper.v1.column) = {primary_key: true}];
  int32 person_id = 2 [(rowkeeper.v1.column).references = "shop.v1.Person"];
  string club_code = 3 [(rowkeeper.v1.column).references = "shop.v1.Club"];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  Person person = 40;
  Club club = 41;
}
service PersonRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Person";
  rpc Create(CreatePersonRequest) returns (Person);
  rpc GetById(GetPersonRequest) returns (Person);
  rpc BatchGet(BatchGetPeopleRequest) returns (BatchGetPeopleResponse);
  rpc List(ListPeopleRequest) returns (ListPeopleResponse);
  rpc Update(UpdatePersonRequest) returns (Person);
}
message CreatePersonRequest { Person person = 1; }
message UpdatePersonRequest { Person person = 1; google.protobuf.FieldMask update_mask = 2; }
message GetPersonRequest { int32 id = 1; google.protobuf.FieldMask read_mask = 2; rowkeeper.v1.Deleted deleted = 3; }
message BatchGetPeopleRequest { repeated int32 ids = 1; google.protobuf.FieldMask read_mask = 2; }
message BatchGetPeopleResponse { repeated Person people = 1; }
message ListPeopleRequest {
  int32 page_size = 1; string page_token = 2; string order_by = 3; google.protobuf.FieldMask read_mask = 4;
}
message ListPeopleResponse { repeated Person people = 1; string next_page_token = 2; }
service ClubRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Club";
  rpc Get(GetClubRequest) returns (Club);
  rpc List(ListClubsRequest) returns (ListClubsResponse);
}
message GetClubRequest { string code = 1; google.protobuf.FieldMask read_mask = 2; }
message ListClubsRequest {
  int32 page_size = 1; string page_token = 2; string order_by = 3; google.protobuf.FieldMask read_mask = 4;
}
message ListClubsResponse { repeated Club clubs = 1; string next_page_token = 2; }
)";

/// `text` as a SQL literal.
inline std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace rowkeeper::testing
