// The table of types in the reference says what is done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/schema/method_fit.h"
#include "server/sql/types.h"
#include "tests/pg/schema/fit_bench.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::schema {
namespace {

struct TypeRow {
  std::string needed;
  std::string live;
  std::string served;
};

/// The text between backticks, each.
std::vector<std::string> Quoted(const std::string& cell) {
  std::vector<std::string> words;
  const std::vector<std::string> parts = absl::StrSplit(cell, '`');
  for (size_t i = 1; i < parts.size(); i += 2) words.push_back(parts[i]);
  return words;
}

std::vector<TypeRow> ReadTypeTable() {
  std::ifstream page("proto/reference/schema-fit.md");
  std::vector<TypeRow> rows;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (absl::StartsWith(line, "| the field needs")) inside = true;
    if (inside && line.empty()) break;
    if (!inside || !absl::StartsWith(line, "| `")) continue;
    const std::vector<std::string> cells = absl::StrSplit(line, " | ");
    if (cells.size() != 3) continue;
    for (const std::string& live : Quoted(cells[1])) {
      rows.push_back({Quoted(cells[0])[0], live, cells[2].substr(0, cells[2].find(" |"))});
    }
  }
  return rows;
}

constexpr char kTypes[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/type/date.proto";
import "rowkeeper/v1/annotations.proto";
message Thing {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string a = 2 [(rowkeeper.v1.column) = {max_length: 60}];
  repeated string b = 3 [(rowkeeper.v1.column) = {max_length: 60}];
  string c = 4;
  repeated string d = 5;
  string e = 6 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 10, scale: 2}];
  uint64 f = 7;
  int32 g = 8;
  int64 h = 9;
  google.protobuf.Timestamp i = 10;
  google.protobuf.Duration j = 11;
  float k = 12;
  double l = 13;
  bool m = 14;
  bytes n = 15;
  string o = 16 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID];
  google.type.Date p = 17;
  google.protobuf.Struct q = 18;
}
service ThingRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Thing";
  rpc Create(CreateThing) returns (Thing);
  rpc GetById(GetThing) returns (Thing);
  rpc List(ListThings) returns (ListThingsResponse);
  rpc Update(UpdateThing) returns (Thing);
  rpc BatchCreate(BatchCreateThings) returns (BatchCreateThingsResponse);
  rpc BatchUpdate(BatchUpdateThings) returns (BatchUpdateThingsResponse);
}
message CreateThing { Thing thing = 1; }
message GetThing { int64 id = 1; google.protobuf.FieldMask read_mask = 2; }
message ListThings { int32 page_size = 1; string page_token = 2; }
message ListThingsResponse { repeated Thing things = 1; string next_page_token = 2; }
message UpdateThing { Thing thing = 1; google.protobuf.FieldMask update_mask = 2; }
message BatchCreateThings { repeated Thing things = 1; }
message BatchCreateThingsResponse { repeated Thing things = 1; }
message BatchUpdateThings { repeated Thing things = 1; google.protobuf.FieldMask update_mask = 2; }
message BatchUpdateThingsResponse { repeated Thing things = 1; }
)";

std::string Served(const ServiceFit& fit) {
  std::set<std::string> served;
  for (const MethodFit& method : fit.methods) {
    if (method.fits()) served.insert(method.plan->method->name());
  }
  if (served.size() == fit.methods.size()) return "all";
  if (served == std::set<std::string>{"GetById", "List"}) return "reads";
  if (served == std::set<std::string>{"BatchCreate", "Create", "GetById", "List"}) return "reads and creates";
  return served.empty() ? "nothing" : absl::StrJoin(served, ", ");
}

TEST(TypeFit, TheTableOfTypesInTheReferenceIsWhatIsDoneAndStatementsThatAreServedCanBePrepared) {
  auto catalogue = testing::CompileProtoText(kTypes);
  ASSERT_NE(catalogue, nullptr);
  FitBench bench(std::move(catalogue));
  const catalogue::Entity& thing = *bench.catalogue().FindEntity("shop.v1.Thing");
  const std::vector<TypeRow> rows = ReadTypeTable();
  ASSERT_GT(rows.size(), 40u);
  std::set<std::string> walked;
  for (const TypeRow& row : rows) {
    SCOPED_TRACE(absl::StrCat(row.needed, " over ", row.live));
    const auto column = std::find_if(thing.columns.begin(), thing.columns.end(), [&](const catalogue::Column& c) {
      return !c.key && sql::ColumnType(thing, c.type) == row.needed;
    });
    ASSERT_NE(column, thing.columns.end());
    walked.insert(row.needed);
    // A change of type needs casts and drops defaults that do not matter here.
    const std::string name = sql::Identifier(column->name);
    std::string definition = sql::ColumnDefinition(thing, *column);
    const size_t type = definition.find(row.needed);
    ASSERT_NE(type, std::string::npos) << definition;
    const size_t default_clause = definition.find(" DEFAULT");
    if (row.served == "nothing" && default_clause != std::string::npos) definition.resize(default_clause);
    definition.replace(type, row.needed.size(), row.live);
    bench.With(absl::StrCat("ALTER TABLE things DROP COLUMN ", name, "; ALTER TABLE things ADD COLUMN ", definition),
               [&](const FitReport&, const ServiceFit& fit) {
                 EXPECT_EQ(Served(fit), row.served);
                 if (row.served == "nothing") return;
                 for (const MethodFit& method : fit.methods) {
                   EXPECT_EQ(bench.RefusedStatement(*method.plan, "\"things\""), "") << method.plan->full_name;
                 }
               });
  }
  for (const catalogue::Column& column : thing.columns) {
    EXPECT_EQ(walked.count(sql::ColumnType(thing, column.type)), 1u) << "no row for " << column.name;
  }
}

}  // namespace
}  // namespace rowkeeper::schema
