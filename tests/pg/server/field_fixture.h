#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/policy_fixture.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {

/// People of a company, of whom not everybody may read and write everything: for `role:hr` is what both lists name.
constexpr char kPeopleProto[] = R"(
syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "rowkeeper/v1/annotations.proto";

message Department {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string name = 2 [(rowkeeper.v1.column).max_length = 80];
  string budget = 3 [(rowkeeper.v1.column) = {max_length: 80, read: "role:hr", write: "role:hr"}];
  repeated Person people = 4 [(rowkeeper.v1.relation).inverse_field = "department_id"];
  // The most expensive first, which tells what they cost.
  repeated Person by_salary = 5 [(rowkeeper.v1.relation) = {inverse_field: "department_id", order_by: "salary desc"}];
  repeated Person rich = 6 [(rowkeeper.v1.relation) = {inverse_field: "department_id", filter: "salary > 5"}];
}

message Person {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string name = 2 [(rowkeeper.v1.column) = {max_length: 80, unique: true, sortable: true, filterable: true}];
  int64 salary = 3 [(rowkeeper.v1.column) = {sortable: true, filterable: true, read: "role:hr", write: "role:hr"}];
  // Everybody writes it, few read it.
  optional string note = 4 [(rowkeeper.v1.column) = {max_length: 80, filterable: true, read: "role:hr"}];
  // Everybody reads it, few write it.
  string rank = 5 [(rowkeeper.v1.column) = {max_length: 80, default_value: "junior", write: "role:hr"}];
  optional string badge = 6 [(rowkeeper.v1.column) = {max_length: 80, unique: true, read: "role:hr", write: "role:hr"}];
  optional string department_id = 7 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Department"}];
  optional string manager_id = 8
      [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Person", read: "role:hr", write: "role:hr"}];
  google.protobuf.Struct extra = 9 [(rowkeeper.v1.column) = {read: "role:hr", write: "role:hr"}];
  string origin = 10 [(rowkeeper.v1.column) = {max_length: 80, immutable: true, read: "role:hr"}];
  oneof contact {
    string phone = 11 [(rowkeeper.v1.column) = {max_length: 80, write: "role:hr"}];
    string mail = 12 [(rowkeeper.v1.column).max_length = 80];
  }
  oneof place {
    string desk = 14 [(rowkeeper.v1.column) = {max_length: 80, read: "role:hr"}];
    string car = 15 [(rowkeeper.v1.column).max_length = 80];
  }
  int64 version = 13 [(rowkeeper.v1.column).role = ROLE_VERSION];
  Department department = 20 [(rowkeeper.v1.relation).field = "department_id"];
  Person manager = 21 [(rowkeeper.v1.relation).field = "manager_id"];
}

service DepartmentRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Department";
  rpc Create(CreateDepartmentRequest) returns (Department);
  rpc GetById(GetDepartmentByIdRequest) returns (Department);
}
message CreateDepartmentRequest { Department department = 1; }
message GetDepartmentByIdRequest { string id = 1; google.protobuf.FieldMask read_mask = 2; }

service PersonRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Person";
  rpc Create(CreatePersonRequest) returns (Person);
  rpc GetById(GetPersonByIdRequest) returns (Person);
  rpc GetByBadge(GetPersonByBadgeRequest) returns (Person);
  rpc List(ListPeopleRequest) returns (ListPeopleResponse);
  rpc ListByNote(ListPeopleByNoteRequest) returns (ListPeopleResponse);
  rpc Count(CountPeopleRequest) returns (CountPeopleResponse);
  rpc Update(UpdatePersonRequest) returns (Person);
  rpc Delete(DeletePersonRequest) returns (google.protobuf.Empty);
  rpc BatchGet(BatchGetPeopleRequest) returns (BatchGetPeopleResponse);
  rpc BatchCreate(BatchCreatePeopleRequest) returns (BatchCreatePeopleResponse);
  rpc BatchUpdate(BatchUpdatePeopleRequest) returns (BatchUpdatePeopleResponse);
  rpc Upsert(UpsertPersonRequest) returns (UpsertPersonResponse);
  rpc BatchUpsert(BatchUpsertPeopleRequest) returns (BatchUpsertPeopleResponse);
  rpc UpsertByBadge(UpsertPersonRequest) returns (UpsertPersonResponse) {
    option (rowkeeper.v1.method) = {operation: OPERATION_UPSERT, conflict_fields: "badge"};
  }
  rpc BatchCreatePartial(BatchCreatePartialPeopleRequest) returns (BatchCreatePartialPeopleResponse) {
    option (rowkeeper.v1.method).partial = true;
  }
  rpc UpdateWhere(UpdatePeopleWhereRequest) returns (UpdatePeopleWhereResponse);
  rpc DeleteWhere(DeletePeopleWhereRequest) returns (DeletePeopleWhereResponse);
  rpc Import(stream ImportPeopleRequest) returns (stream ImportPeopleResponse);
  rpc Export(ExportPeopleRequest) returns (stream ExportPeopleResponse);
  rpc FindNamed(FindNamedRequest) returns (FindNamedResponse) {
    option (rowkeeper.v1.method) = {sql: "SELECT * FROM persons WHERE name = :name"};
  }
  rpc FindOneNamed(FindNamedRequest) returns (Person) {
    option (rowkeeper.v1.method) = {sql: "SELECT * FROM persons WHERE name = :name"};
  }
}
message CreatePersonRequest { Person person = 1; }
message GetPersonByIdRequest { string id = 1; google.protobuf.FieldMask read_mask = 2; }
message GetPersonByBadgeRequest { string badge = 1; google.protobuf.FieldMask read_mask = 2; }
message ListPeopleRequest {
  int32 page_size = 1;
  string page_token = 2;
  string order_by = 3;
  string filter = 4;
  google.protobuf.FieldMask read_mask = 5;
  optional int64 salary_above = 6 [(rowkeeper.v1.filter) = {field: "salary", op: FILTER_OPERATOR_GREATER}];
  optional string search = 7 [(rowkeeper.v1.filter) = {field: "name", more_fields: "note", op: FILTER_OPERATOR_SEARCH}];
  optional bool without_note = 8 [(rowkeeper.v1.filter) = {field: "note", op: FILTER_OPERATOR_IS_NULL}];
}
message ListPeopleByNoteRequest { string note = 1; int32 page_size = 2; string page_token = 3; }
message ListPeopleResponse { repeated Person people = 1; string next_page_token = 2; }
message CountPeopleRequest {
  string filter = 1;
  optional int64 salary_above = 2 [(rowkeeper.v1.filter) = {field: "salary", op: FILTER_OPERATOR_GREATER}];
}
message CountPeopleResponse { int64 total_size = 1; }
message UpdatePersonRequest { Person person = 1; google.protobuf.FieldMask update_mask = 2; }
message DeletePersonRequest { string id = 1; }
message BatchGetPeopleRequest { repeated string ids = 1; google.protobuf.FieldMask read_mask = 2; }
message BatchGetPeopleResponse { repeated Person people = 1; }
message BatchCreatePeopleRequest { repeated Person people = 1; }
message BatchCreatePeopleResponse { repeated Person people = 1; }
message BatchUpdatePeopleRequest { repeated Person people = 1; google.protobuf.FieldMask update_mask = 2; }
message BatchUpdatePeopleResponse { repeated Person people = 1; }
message UpsertPersonRequest { Person person = 1; google.protobuf.FieldMask update_mask = 2; }
message UpsertPersonResponse { Person person = 1; rowkeeper.v1.WriteOutcome outcome = 2; }
message BatchUpsertPeopleRequest { repeated Person people = 1; google.protobuf.FieldMask update_mask = 2; }
message BatchUpsertPeopleResponse { repeated Person people = 1; }
message BatchCreatePartialPeopleRequest { repeated Person people = 1; }
message BatchCreatePartialPeopleResponse { repeated Person people = 1; repeated rowkeeper.v1.RowResult results = 2; }
message UpdatePeopleWhereRequest {
  Person person = 1;
  google.protobuf.FieldMask update_mask = 2;
  optional string name = 3;
  string filter = 4;
}
message UpdatePeopleWhereResponse { int64 affected = 1; }
message DeletePeopleWhereRequest {
  string filter = 1;
  optional string name = 2;
  optional int64 salary = 3;
}
message DeletePeopleWhereResponse { int64 affected = 1; }
message ImportPeopleRequest { repeated Person people = 1; }
message ImportPeopleResponse { int64 imported = 1; }
message ExportPeopleRequest { google.protobuf.FieldMask read_mask = 1; string resume_token = 2; optional string note = 3; }
message ExportPeopleResponse { repeated Person people = 1; string resume_token = 2; }
message FindNamedRequest { string name = 1; }
message FindNamedResponse { repeated Person people = 1; }
)";

/// A server of kPeopleProto with one person, whose hidden fields hold kSecret or 4711.
class FieldRulesTest : public ::testing::Test {
 protected:
  static constexpr char kSecret[] = "s3cret";

  static void SetUpTestSuite() {
    issuer_ = new PolicyIssuer;
    ReplaceTestFile(FilePath(), kOpenFile);
    InProcessServer::Options options;
    issuer_->Configure(&options.serve.identity);
    options.serve.identity.policy_file = FilePath();
    server_ = new InProcessServer(CompileProtoText(kPeopleProto), options);
    if (server_->ok()) CreateKeyTable(&server_->database());
  }
  static void TearDownTestSuite() {
    delete server_;
    delete issuer_;
    server_ = nullptr;
  }
  void SetUp() override {
    ASSERT_TRUE(server_->ok());
    server().database().Run("TRUNCATE persons, departments");
    department_ = Must("DepartmentRepository.Create", {{"department", {{"name", "Sales"}, {"budget", kSecret}}}}, Hr())
                      .value("id", "");
    manager_ =
        Must("PersonRepository.Create", {{"person", {{"name", "Boss"}, {"rank", "chief"}}}}, Hr()).value("id", "");
    id_ = Must("PersonRepository.Create", {{"person", Ada()}}, Hr()).value("id", "");
  }

  static constexpr char kOpenFile[] = "[methods]\n\"*\" = [\"everyone\"]\n[features]\n\"*\" = [\"everyone\"]\n";
  static InProcessServer& server() { return *server_; }
  static std::string FilePath() { return issuer_->path("policy.toml"); }
  static CallOptions Hr() { return issuer_->As("alice", {"hr"}); }
  /// The same person without the role.
  static CallOptions Staff() { return issuer_->As("alice"); }
  static Json Must(std::string_view method, const Json& request, const CallOptions& as) {
    return server().MustCall(method, request, as);
  }
  /// "PERMISSION_DENIED FIELD_NOT_ALLOWED read salary"; "OK".
  static std::string Answer(const absl::Status& status) {
    if (status.ok()) return "OK";
    return Cat(Summary(status), " ", MetadataOf(status, "access"), " ", MetadataOf(status, "field"));
  }
  static std::string Call(std::string_view method, const Json& request, const CallOptions& as = Staff()) {
    return Answer(server().Call(method, request, as).status());
  }
  static std::string Denied(const std::string& use_and_field) {
    return Cat("PERMISSION_DENIED FIELD_NOT_ALLOWED ", use_and_field);
  }

  Json Ada() const {
    return {{"name", "Ada"},     {"salary", "4711"},       {"note", kSecret},
            {"rank", "senior"},  {"badge", kSecret},       {"department_id", department_},
            {"origin", kSecret}, {"manager_id", manager_}, {"extra", {{"k", kSecret}}},
            {"phone", "555"}};
  }
  Json Stored() const { return Must("PersonRepository.GetById", {{"id", id_}}, Hr()); }

  std::string department_, manager_, id_;

 private:
  static inline PolicyIssuer* issuer_ = nullptr;
  static inline InProcessServer* server_ = nullptr;
};

}  // namespace rowkeeper::testing
