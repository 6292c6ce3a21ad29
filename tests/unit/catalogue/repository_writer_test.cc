#include "server/catalogue/repository_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Writes the repository of every entity of `text` beside it, and compiles all.
struct Generated {
  std::vector<WrittenProto> files;
  Compiled compiled;
};

Generated Generate(const std::string& name, const std::string& text) {
  TemporaryProtos protos;
  protos.Write(name, text);
  SourceOptions options;
  options.proto_paths = {protos.path()};
  const Compiled before = CompileSource(options);
  EXPECT_NE(before.catalogue, nullptr) << before.diagnostics;
  Generated generated;
  if (before.catalogue == nullptr) return generated;
  for (const auto& entity : before.catalogue->entities()) {
    generated.files.push_back(WriteRepository(*entity));
    protos.Write(generated.files.back().name, generated.files.back().text);
  }
  generated.compiled = CompileSource(options);
  return generated;
}

const char kPlanner[] = R"(syntax = "proto3";
package planner.v1;
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
option go_package = "example.com/planner/v1;plannerv1";
message Profile {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string email = 2 [(rowkeeper.v1.column).unique = true];
}
enum TodoStatus {
  TODO_STATUS_UNSPECIFIED = 0;
  TODO_STATUS_OPEN = 1;
}
message Todo {
  option (rowkeeper.v1.entity) = {indexes: [{fields: ["owner_id", "due_at"]}]};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "planner.v1.Profile"}];
  TodoStatus status = 3;
  optional google.protobuf.Timestamp due_at = 4;
  optional google.protobuf.Timestamp deleted_at = 5 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 6 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
)";

const char kTodoRepository[] = R"(// The repository of planner.v1.Todo.
syntax = "proto3";

package planner.v1;

import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "planner/v1/planner.proto";
import "rowkeeper/v1/annotations.proto";

option go_package = "example.com/planner/v1;plannerv1";

service TodoRepository {
  option (rowkeeper.v1.repository).entity = "planner.v1.Todo";

  // Stores a new row and returns it as stored.
  rpc Create(CreateTodoRequest) returns (Todo);
  rpc GetById(GetTodoByIdRequest) returns (Todo);
  // Pages of all rows.
  rpc List(ListTodosRequest) returns (ListTodosResponse);
  rpc ListByOwner(ListTodosByOwnerRequest) returns (ListTodosResponse);
  // Pages of rows whose due_at is in the window from start_time to before end_time.
  rpc ListByDateRange(ListTodosByDateRangeRequest) returns (ListTodosResponse);
  // How many rows match.
  rpc Count(CountTodosRequest) returns (CountTodosResponse);
  // Writes the fields that update_mask names; * names all.
  rpc Update(UpdateTodoRequest) returns (Todo);
  // Hides the row from every read that does not ask for deleted rows.
  rpc SoftDelete(SoftDeleteTodoRequest) returns (Todo);
  // Takes a soft delete back.
  rpc Restore(RestoreTodoRequest) returns (Todo);
  // Removes the row for good.
  rpc Delete(DeleteTodoRequest) returns (google.protobuf.Empty);
  // Rows by their keys, in the request's order.
  rpc BatchGet(BatchGetTodosRequest) returns (BatchGetTodosResponse);
  // Stores new rows, all or none.
  rpc BatchCreate(BatchCreateTodosRequest) returns (BatchCreateTodosResponse);
  // Writes the fields that update_mask names to all rows, or to none.
  rpc BatchUpdate(BatchUpdateTodosRequest) returns (BatchUpdateTodosResponse);
  rpc BatchSoftDelete(BatchSoftDeleteTodosRequest) returns (BatchSoftDeleteTodosResponse);
  rpc BatchRestore(BatchRestoreTodosRequest) returns (BatchRestoreTodosResponse);
  // Removes rows for good, all or none.
  rpc BatchDelete(BatchDeleteTodosRequest) returns (google.protobuf.Empty);
  // Creates the row, or updates the one with its key.
  rpc Upsert(UpsertTodoRequest) returns (UpsertTodoResponse);
  rpc BatchUpsert(BatchUpsertTodosRequest) returns (BatchUpsertTodosResponse);
  // Writes the fields that update_mask names to all rows that match.
  rpc UpdateWhere(UpdateTodosWhereRequest) returns (UpdateTodosWhereResponse);
  rpc SoftDeleteWhere(SoftDeleteTodosWhereRequest) returns (SoftDeleteTodosWhereResponse);
  // Removes all rows that match for good.
  rpc DeleteWhere(DeleteTodosWhereRequest) returns (DeleteTodosWhereResponse);
  // Removes rows for good that were soft-deleted at least older_than ago.
  rpc Purge(PurgeTodosRequest) returns (PurgeTodosResponse);
  // Stores new rows, as many as there are: every message is stored as a batch.
  rpc Import(stream ImportTodosRequest) returns (stream ImportTodosResponse);
  // All rows that match, by key, as of one moment.
  rpc Export(ExportTodosRequest) returns (stream ExportTodosResponse);
}

message CreateTodoRequest {
  Todo todo = 1;
}

message GetTodoByIdRequest {
  string id = 1;
  google.protobuf.FieldMask read_mask = 2;
  rowkeeper.v1.Deleted deleted = 3;
}

message ListTodosRequest {
  optional TodoStatus status = 1;
  int32 page_size = 2;
  string page_token = 3;
  string order_by = 4;
  google.protobuf.FieldMask read_mask = 5;
  rowkeeper.v1.Deleted deleted = 6;
  rowkeeper.v1.CountMode count = 7;
}

message ListTodosByOwnerRequest {
  string owner_id = 1;
  optional TodoStatus status = 2;
  int32 page_size = 3;
  string page_token = 4;
  string order_by = 5;
  google.protobuf.FieldMask read_mask = 6;
  rowkeeper.v1.Deleted deleted = 7;
  rowkeeper.v1.CountMode count = 8;
}

message ListTodosByDateRangeRequest {
  string owner_id = 1;
  google.protobuf.Timestamp start_time = 2 [(rowkeeper.v1.filter) = {
    field: "due_at"
    op: FILTER_OPERATOR_GREATER_OR_EQUAL
  }];
  google.protobuf.Timestamp end_time = 3 [(rowkeeper.v1.filter) = {
    field: "due_at"
    op: FILTER_OPERATOR_LESS
  }];
  optional TodoStatus status = 4;
  int32 page_size = 5;
  string page_token = 6;
  string order_by = 7;
  google.protobuf.FieldMask read_mask = 8;
  rowkeeper.v1.Deleted deleted = 9;
  rowkeeper.v1.CountMode count = 10;
}

message ListTodosResponse {
  repeated Todo todos = 1;
  string next_page_token = 2;
  string previous_page_token = 3;
  optional int64 total_size = 4;
}

message CountTodosRequest {
  optional TodoStatus status = 1;
  rowkeeper.v1.Deleted deleted = 2;
  rowkeeper.v1.CountMode count = 3;
}

message CountTodosResponse {
  int64 total_size = 1;
}

message UpdateTodoRequest {
  Todo todo = 1;
  google.protobuf.FieldMask update_mask = 2;
}

message SoftDeleteTodoRequest {
  string id = 1;
  int64 version = 2;
  bool allow_missing = 3;
}

message RestoreTodoRequest {
  string id = 1;
  int64 version = 2;
  bool allow_missing = 3;
}

message DeleteTodoRequest {
  string id = 1;
  int64 version = 2;
  bool allow_missing = 3;
}

message BatchGetTodosRequest {
  repeated string ids = 1;
  google.protobuf.FieldMask read_mask = 2;
  rowkeeper.v1.Deleted deleted = 3;
  bool allow_missing = 4;
}

message BatchGetTodosResponse {
  repeated Todo todos = 1;
  repeated string missing_ids = 2;
}

message BatchCreateTodosRequest {
  repeated Todo todos = 1;
}

message BatchCreateTodosResponse {
  repeated Todo todos = 1;
}

message BatchUpdateTodosRequest {
  repeated Todo todos = 1;
  google.protobuf.FieldMask update_mask = 2;
}

message BatchUpdateTodosResponse {
  repeated Todo todos = 1;
}

message BatchSoftDeleteTodosRequest {
  repeated TodoKey keys = 1;
  bool allow_missing = 2;
}

message BatchSoftDeleteTodosResponse {
  repeated Todo todos = 1;
  repeated TodoKey missing_keys = 2;
}

message BatchRestoreTodosRequest {
  repeated TodoKey keys = 1;
  bool allow_missing = 2;
}

message BatchRestoreTodosResponse {
  repeated Todo todos = 1;
  repeated TodoKey missing_keys = 2;
}

message BatchDeleteTodosRequest {
  repeated TodoKey keys = 1;
  bool allow_missing = 2;
}

message UpsertTodoRequest {
  Todo todo = 1;
  google.protobuf.FieldMask update_mask = 2;
}

message UpsertTodoResponse {
  Todo todo = 1;
  rowkeeper.v1.WriteOutcome outcome = 2;
}

message BatchUpsertTodosRequest {
  repeated Todo todos = 1;
  google.protobuf.FieldMask update_mask = 2;
}

message BatchUpsertTodosResponse {
  repeated Todo todos = 1;
  repeated rowkeeper.v1.WriteOutcome outcomes = 2;
}

message TodoKey {
  string id = 1;
  int64 version = 2;
}

message UpdateTodosWhereRequest {
  Todo todo = 1;
  google.protobuf.FieldMask update_mask = 2;
  repeated string ids = 3 [(rowkeeper.v1.filter) = {
    field: "id"
    op: FILTER_OPERATOR_IN
    skip_empty: true
  }];
  optional string owner_id = 4;
  optional TodoStatus status = 5;
  int64 max_affected = 6;
}

message UpdateTodosWhereResponse {
  int64 affected = 1;
}

message SoftDeleteTodosWhereRequest {
  repeated string ids = 1 [(rowkeeper.v1.filter) = {
    field: "id"
    op: FILTER_OPERATOR_IN
    skip_empty: true
  }];
  optional string owner_id = 2;
  optional TodoStatus status = 3;
  int64 max_affected = 4;
}

message SoftDeleteTodosWhereResponse {
  int64 affected = 1;
}

message DeleteTodosWhereRequest {
  repeated string ids = 1 [(rowkeeper.v1.filter) = {
    field: "id"
    op: FILTER_OPERATOR_IN
    skip_empty: true
  }];
  optional string owner_id = 2;
  optional TodoStatus status = 3;
  rowkeeper.v1.Deleted deleted = 4;
  int64 max_affected = 5;
}

message DeleteTodosWhereResponse {
  int64 affected = 1;
}

message PurgeTodosRequest {
  google.protobuf.Duration older_than = 1;
  int64 max_affected = 2;
}

message PurgeTodosResponse {
  int64 affected = 1;
  bool more = 2;
}

message ImportTodosRequest {
  repeated Todo todos = 1;
}

message ImportTodosResponse {
  int64 imported = 1;
  int64 chunks = 2;
}

message ExportTodosRequest {
  optional TodoStatus status = 1;
  string resume_token = 2;
  google.protobuf.FieldMask read_mask = 3;
  rowkeeper.v1.Deleted deleted = 4;
}

message ExportTodosResponse {
  repeated Todo todos = 1;
  string resume_token = 2;
}
)";

TEST(RepositoryWriterTest, WritesTheWholeRepositoryOfAnEntity) {
  const Generated generated = Generate("planner/v1/planner.proto", kPlanner);
  ASSERT_EQ(generated.files.size(), 2u);
  EXPECT_EQ(generated.files[1].name, "planner/v1/todo_repository.proto");
  EXPECT_EQ(generated.files[1].text, kTodoRepository);
  EXPECT_EQ(generated.compiled.diagnostics, "");
  EXPECT_EQ(generated.compiled.catalogue->repositories().size(), 2u);
}

TEST(RepositoryWriterTest, AUniqueKeyGetsItsOwnMethod) {
  const Generated generated = Generate("planner/v1/planner.proto", kPlanner);
  const std::string& profile = generated.files.front().text;
  EXPECT_THAT(profile, HasSubstr("rpc GetByEmail(GetProfileByEmailRequest) returns (Profile);"));
  EXPECT_THAT(profile, Not(HasSubstr("SoftDelete")));
  EXPECT_THAT(profile, Not(HasSubstr("version = ")));
  EXPECT_THAT(profile, Not(HasSubstr("ListByDateRange")));
}

TEST(RepositoryWriterTest, KeysOfManyFieldsAndStandardNamesAreServed) {
  const Generated generated = Generate("shop.proto", ShopFile(R"(
message Outer {
  message City {
    option (rowkeeper.v1.entity) = {unique_keys: [{fields: ["read_mask", "kind"]}]};
    google.type.Date day_date = 1 [(rowkeeper.v1.column).primary_key = true];
    int64 version = 2 [(rowkeeper.v1.column).primary_key = true];
    string read_mask = 3;
    Kind kind = 4;
    int32 revision = 5 [(rowkeeper.v1.column).role = ROLE_VERSION];
  }
  enum Kind { KIND_A = 0; }
}
)"));
  EXPECT_EQ(generated.compiled.diagnostics, "");
  const std::string& text = generated.files.front().text;
  EXPECT_EQ(generated.files.front().name, "outer_city_repository.proto");
  EXPECT_THAT(text, HasSubstr("rpc GetByDayDateAndVersion(GetOuterCityByDayDateAndVersionRequest) "
                              "returns (Outer.City);"));
  EXPECT_THAT(text, HasSubstr("message DeleteOuterCityRequest {\n"
                              "  google.type.Date day_date = 1;\n"
                              "  int64 version = 2 [(rowkeeper.v1.filter) = {field: \"version\"}];\n"
                              "  int64 request_version = 3 [(rowkeeper.v1.bind) = BINDING_VERSION];\n"));
  EXPECT_THAT(text, HasSubstr("  string read_mask = 1 [(rowkeeper.v1.filter) = {field: \"read_mask\"}];\n"
                              "  Outer.Kind kind = 2;\n"
                              "  google.protobuf.FieldMask request_read_mask = 3 [(rowkeeper.v1.bind) = "
                              "BINDING_READ_MASK];\n"));
  EXPECT_THAT(text, HasSubstr("repeated Outer.City outer_cities = 1;"));
}

TEST(RepositoryWriterTest, EveryExampleEntityGetsARepositoryThatCompiles) {
  SourceOptions options;
  options.proto_paths = {"proto"};
  const Compiled examples = CompileSource(options);
  ASSERT_NE(examples.catalogue, nullptr) << examples.diagnostics;
  ASSERT_FALSE(examples.catalogue->entities().empty());
  for (const auto& entity : examples.catalogue->entities()) {
    TemporaryProtos protos;
    WrittenProto written = WriteRepository(*entity);
    // The examples have repositories of their own: a package of another name keeps the two apart.
    const size_t package = written.text.find(".v1;");
    ASSERT_NE(package, std::string::npos);
    written.text.replace(package, 4, ".v1.generated;");
    protos.Write("generated.proto", written.text);
    SourceOptions both;
    both.proto_paths = {"proto", protos.path()};
    EXPECT_EQ(CompileSource(both).diagnostics, "") << written.text;
  }
}

}  // namespace
}  // namespace rowkeeper::catalogue
