#include "server/catalogue/repository_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

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

constexpr char kTodoRepository[] = "tests/golden/repository/todo_repository.proto";

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

TEST(RepositoryWriterTest, WritesTheWholeRepositoryOfAnEntity) {
  const Generated generated = Generate("planner/v1/planner.proto", kPlanner);
  ASSERT_EQ(generated.files.size(), 2u);
  EXPECT_EQ(generated.files[1].name, "planner/v1/todo_repository.proto");
  if (std::getenv("ROWKEEPER_UPDATE_GOLDEN") != nullptr) std::ofstream(kTodoRepository) << generated.files[1].text;
  std::ifstream golden(kTodoRepository);
  const std::string expected{std::istreambuf_iterator<char>(golden), std::istreambuf_iterator<char>()};
  EXPECT_EQ(generated.files[1].text, expected);
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
