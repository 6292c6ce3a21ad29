// Rows with values that their fields cannot carry, in everything that reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "server/base/error_details.h"
#include "server/base/text.h"
#include "tests/pg/server/log_capture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kBoxes[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "google/type/date.proto";
import "rowkeeper/v1/annotations.proto";
enum Color { COLOR_UNSPECIFIED = 0; COLOR_RED = 1; }
message Settings { int32 level = 1; repeated Settings parts = 2; map<string, int32> marks = 3; }
message Box {
  option (rowkeeper.v1.entity) = {table: "boxes"};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string name = 2;
  google.protobuf.Duration age = 3;
  repeated Thing things = 4;
}
message Thing {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 box_id = 2 [(rowkeeper.v1.column).references = "shop.v1.Box"];
  string name = 3 [(rowkeeper.v1.column).unique = true];
  optional google.protobuf.Timestamp due_at = 4 [(rowkeeper.v1.column).sortable = true];
  optional google.type.Date day = 5;
  optional google.protobuf.Duration span = 6;
  repeated string tags = 7;
  optional Color color = 8 [(rowkeeper.v1.column).type = COLUMN_TYPE_NATIVE_ENUM];
  optional Settings settings = 9;
  Box box = 10;
}
service BoxRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Box";
  rpc GetById(GetBox) returns (Box);
  rpc List(ListBoxes) returns (ListBoxesResponse);
}
message GetBox { int64 id = 1; google.protobuf.FieldMask read_mask = 2; }
message ListBoxes { string page_token = 1; google.protobuf.FieldMask read_mask = 2; bool skip_unrepresentable = 3; }
message ListBoxesResponse {
  repeated Box boxes = 1;
  string next_page_token = 2;
  repeated rowkeeper.v1.UnrepresentableRow unrepresentable = 3;
}
service ThingRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Thing";
  rpc GetById(GetThing) returns (Thing);
  rpc GetByName(GetThingByName) returns (Thing);
  rpc List(ListThings) returns (ListThingsResponse);
  rpc ListPlain(ListPlainThings) returns (ListPlainThingsResponse);
  rpc BatchGet(BatchGetThings) returns (BatchGetThingsResponse);
  rpc Export(ExportThings) returns (stream ExportThingsResponse);
}
message GetThing { int64 id = 1; google.protobuf.FieldMask read_mask = 2; }
message GetThingByName { string name = 1; google.protobuf.FieldMask read_mask = 2; }
message ListThings {
  int32 page_size = 1;
  string page_token = 2;
  string order_by = 3;
  google.protobuf.FieldMask read_mask = 4;
  bool skip_unrepresentable = 5;
  rowkeeper.v1.CountMode count = 6;
}
message ListThingsResponse {
  repeated Thing things = 1;
  string next_page_token = 2;
  string previous_page_token = 3;
  int64 total_size = 4;
  repeated rowkeeper.v1.UnrepresentableRow unrepresentable = 5;
  int32 unrepresentable_count = 6;
}
message ListPlainThings { string page_token = 1; }
message ListPlainThingsResponse { repeated Thing things = 1; string next_page_token = 2; }
message BatchGetThings {
  repeated int64 ids = 1;
  bool allow_missing = 2;
  google.protobuf.FieldMask read_mask = 3;
  bool skip = 4 [(rowkeeper.v1.bind) = BINDING_SKIP_UNREPRESENTABLE];
}
message BatchGetThingsResponse {
  repeated Thing things = 1;
  repeated int64 missing_ids = 2;
  int64 left_out = 3 [(rowkeeper.v1.bind) = BINDING_UNREPRESENTABLE_COUNT];
  repeated rowkeeper.v1.UnrepresentableRow bad = 4 [(rowkeeper.v1.bind) = BINDING_UNREPRESENTABLE];
}
message ExportThings { string resume_token = 1; bool skip_unrepresentable = 2; google.protobuf.FieldMask read_mask = 3; }
message ExportThingsResponse {
  repeated Thing things = 1;
  string resume_token = 2;
  repeated rowkeeper.v1.UnrepresentableRow unrepresentable = 3;
}
)";

/// A stored value that its field cannot carry.
struct Bad {
  std::string column;
  std::string sql;
  /// What an error names.
  std::string field;
};

std::vector<Bad> AllBad() {
  return {
      {"due_at", "'infinity'", "due_at"},
      {"due_at", "'-infinity'", "due_at"},
      {"due_at", "'0044-03-15 00:00:00+00 BC'", "due_at"},
      {"due_at", "'10000-01-01 00:00:00+00'", "due_at"},
      {"day", "'infinity'", "day"},
      {"day", "'0044-03-15 BC'", "day"},
      {"day", "'10000-01-01'", "day"},
      {"span", "'1 month'", "span"},
      {"span", "'1 year -12 days'", "span"},
      {"span", "'3652501 days'", "span"},
      {"tags", "'{a,NULL}'", "tags[1]"},
      {"tags", "'{{a,b}}'", "tags"},
      {"color", "'GREEN'", "color"},
      {"settings", R"('{"level": "x"}')", "settings.level"},
      {"settings", R"('{"parts": [{}, {"level": 1.5}]}')", "settings.parts[1].level"},
      {"settings", R"('{"marks": {"a": 1, "b c": []}}')", R"(settings.marks["b c"])"},
      {"settings", "'[1]'", "settings"},
  };
}

class UnrepresentableTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    InProcessServer::Options options;
    options.serve.streams.export_rows = 5;
    server_ = new InProcessServer(CompileProtoText(kBoxes), options);
    server_->database().Run("ALTER TYPE color ADD VALUE 'GREEN'");
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override {
    ASSERT_TRUE(server_ != nullptr && server_->ok());
    Run("TRUNCATE boxes, things RESTART IDENTITY");
    Run("INSERT INTO boxes (name, age) VALUES ('b', '1 hour')");
  }

  static void Run(const std::string& sql) { server_->database().Run(sql); }
  static absl::StatusOr<Json> Call(const std::string& method, const Json& request) {
    return server_->Call(method, request);
  }
  /// Rows "t1" to "t<count>" with the keys 1 to `count`, all good.
  static void Fill(int count) {
    Run(Cat("INSERT INTO things (box_id, name, tags) SELECT 1, 't' || i, '{}' FROM generate_series(1, ", count,
            ") AS i"));
  }
  static void Spoil(int id, const Bad& bad = AllBad().front()) {
    Run(Cat("UPDATE things SET ", bad.column, " = ", bad.sql, " WHERE id = ", id));
  }
  /// The same; nothing else is bad then.
  static void SpoilOnly(int id, const Bad& bad) {
    Run("UPDATE things SET due_at = NULL, day = NULL, span = NULL, tags = '{}', color = NULL, settings = NULL");
    Spoil(id, bad);
  }
  static std::vector<std::string> NamesIn(const Json& answer) {
    std::vector<std::string> names;
    for (const Json& thing : answer.value("things", Json::array())) names.push_back(thing.value("name", "?"));
    return names;
  }
  /// "id 3 due_at" of each row that was left out.
  static std::vector<std::string> LeftOut(const Json& answer, const std::string& field = "unrepresentable") {
    std::vector<std::string> rows;
    for (const Json& row : answer.value(field, Json::array())) {
      rows.push_back(Cat(row.value("key", "?"), " ", row.value("field", "?")));
    }
    return rows;
  }
  static void ExpectNames(const absl::Status& status, const std::string& key, const std::string& field,
                          const std::string& entity = "shop.v1.Thing") {
    EXPECT_EQ(Summary(status), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
    EXPECT_EQ(MetadataOf(status, "entity"), entity);
    EXPECT_EQ(MetadataOf(status, "key"), key);
    EXPECT_EQ(MetadataOf(status, "field"), field);
    EXPECT_THAT(std::string(status.message()), HasSubstr(Cat(field, " of the ", entity, " with ", key)));
  }

  static inline InProcessServer* server_ = nullptr;
};

TEST_F(UnrepresentableTest, EveryReadNamesEntityKeyAndFieldWhateverItsMask) {
  Fill(2);
  for (const Bad& bad : AllBad()) {
    SCOPED_TRACE(bad.column + " " + bad.sql);
    SpoilOnly(2, bad);
    for (const std::string& mask : {std::string("*"), Cat("name,", bad.column)}) {
      ExpectNames(Call("ThingRepository.GetById", {{"id", 2}, {"read_mask", mask}}).status(), "id 2", bad.field);
      ExpectNames(Call("ThingRepository.GetByName", {{"name", "t2"}, {"read_mask", mask}}).status(), "id 2", bad.field);
      ExpectNames(Call("ThingRepository.List", {{"read_mask", mask}}).status(), "id 2", bad.field);
      ExpectNames(Call("ThingRepository.BatchGet", {{"ids", {1, 2}}, {"read_mask", mask}}).status(), "id 2", bad.field);
      ExpectNames(EndOf(StartExport(server_, "ThingRepository.Export", {{"read_mask", mask}}).get()), "id 2",
                  bad.field);
    }
    ExpectNames(Call("ThingRepository.ListPlain", Json::object()).status(), "id 2", bad.field);
    ExpectNames(Call("BoxRepository.GetById", {{"id", 1}, {"read_mask", Cat("name,things.", bad.column)}}).status(),
                "id 2", bad.field);
    EXPECT_EQ(Summary(Call("ThingRepository.GetById", {{"id", 2}, {"read_mask", "name,box_id"}})), "OK");
  }
}

TEST_F(UnrepresentableTest, ListsAndBatchesAndExportsGoOnWhenTheyAreAskedTo) {
  Fill(3);
  for (const Bad& bad : AllBad()) {
    SCOPED_TRACE(bad.column + " " + bad.sql);
    SpoilOnly(2, bad);
    const std::string row = Cat("id 2 ", bad.field);
    const Json list = server_->MustCall("ThingRepository.List", {{"skip_unrepresentable", true}, {"order_by", "id"}});
    EXPECT_THAT(NamesIn(list), ElementsAre("t1", "t3"));
    EXPECT_THAT(LeftOut(list), ElementsAre(row));
    EXPECT_EQ(list.value("unrepresentable_count", 0), 1);
    EXPECT_EQ(list["unrepresentable"][0].value("entity", ""), "shop.v1.Thing");
    EXPECT_THAT(list["unrepresentable"][0].value("message", ""), HasSubstr("cannot be sent"));
    const Json batch =
        server_->MustCall("ThingRepository.BatchGet", {{"ids", {3, 2, 9, 1}}, {"skip", true}, {"allow_missing", true}});
    EXPECT_THAT(NamesIn(batch), ElementsAre("t3", "t1"));
    EXPECT_THAT(LeftOut(batch, "bad"), ElementsAre(row));
    EXPECT_EQ(batch["left_out"], "1");
    EXPECT_EQ(batch["missing_ids"], (Json{"9"}));
    const auto stream = StartExport(server_, "ThingRepository.Export", {{"skip_unrepresentable", true}});
    const std::vector<Json> messages = stream->ReceiveAll();
    EXPECT_EQ(Summary(stream->Finish()), "OK");
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_THAT(NamesIn(messages[0]), ElementsAre("t1", "t3"));
    EXPECT_THAT(LeftOut(messages[0]), ElementsAre(row));
  }
}

/// The line of `method` about a row that cannot be shown; empty when there is none.
std::string LineAbout(const std::string& method, const std::string& log) {
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const bool about = line.find("a stored value cannot be sent") != std::string::npos;
    if (about && line.find(method) != std::string::npos) return line;
  }
  return "";
}

TEST_F(UnrepresentableTest, TheLogNamesEntityKeyAndFieldAsWell) {
  Fill(3);
  for (const Bad& bad : AllBad()) {
    SCOPED_TRACE(bad.column + " " + bad.sql);
    SpoilOnly(2, bad);
    LogCapture capture;
    EXPECT_FALSE(Call("ThingRepository.GetById", {{"id", 2}}).ok());
    server_->MustCall("ThingRepository.List", {{"skip_unrepresentable", true}});
    server_->MustCall("ThingRepository.BatchGet", {{"ids", {1, 2}}, {"skip", true}});
    EXPECT_TRUE(EndOf(StartExport(server_, "ThingRepository.Export", {{"skip_unrepresentable", true}}).get()).ok());
    const std::string log = capture.Read();
    for (const char* method : {"GetById", "List", "BatchGet", "Export"}) {
      const std::string line = LineAbout(Cat("shop.v1.ThingRepository.", method), log);
      EXPECT_THAT(line, HasSubstr("entity=shop.v1.Thing"));
      EXPECT_THAT(line, HasSubstr("key=\"id 2\""));
      EXPECT_THAT(line, HasSubstr(Cat("field=", bad.field.substr(0, bad.field.find("[\"")))));
    }
  }
}

TEST_F(UnrepresentableTest, WithoutSuchRowsNothingIsReported) {
  Fill(1);
  const Json list = server_->MustCall("ThingRepository.List", {{"skip_unrepresentable", true}});
  EXPECT_FALSE(list.contains("unrepresentable"));
  EXPECT_FALSE(list.contains("unrepresentable_count"));
}

TEST_F(UnrepresentableTest, PagesGoOnBehindRowsThatCannotBeShownInBothDirections) {
  Fill(9);
  // The order column itself has the values, at both ends and in the middle of pages.
  Run("UPDATE things SET due_at = timestamptz '2024-01-01 00:00:00+00' + id * interval '1 day'");
  Run("UPDATE things SET due_at = '-infinity' WHERE id IN (1, 2)");
  Run("UPDATE things SET due_at = '0044-03-15 00:00:00+00 BC' WHERE id = 3");
  Run("UPDATE things SET due_at = '10000-01-01 00:00:00+00' WHERE id = 8");
  Run("UPDATE things SET due_at = 'infinity' WHERE id = 9");
  for (const int size : {1, 2, 3, 4, 9}) {
    SCOPED_TRACE(size);
    Json request = {
        {"page_size", size}, {"order_by", "due_at"}, {"skip_unrepresentable", true}, {"count", "COUNT_MODE_EXACT"}};
    std::vector<std::string> names, left_out;
    std::vector<Json> pages;
    do {
      pages.push_back(server_->MustCall("ThingRepository.List", request));
      for (const std::string& name : NamesIn(pages.back())) names.push_back(name);
      for (const std::string& row : LeftOut(pages.back())) left_out.push_back(row);
      EXPECT_EQ(pages.back()["total_size"], "9") << "the total is of all rows that match";
      request["page_token"] = pages.back().value("next_page_token", "");
    } while (request["page_token"] != "" && pages.size() < 20);
    EXPECT_THAT(names, ElementsAre("t4", "t5", "t6", "t7"));
    EXPECT_THAT(left_out, ElementsAre("id 1 due_at", "id 2 due_at", "id 3 due_at", "id 8 due_at", "id 9 due_at"));
    // And back again, page by page.
    for (size_t page = pages.size() - 1; page > 0; --page) {
      request["page_token"] = pages[page].value("previous_page_token", "");
      const Json before = server_->MustCall("ThingRepository.List", request);
      EXPECT_EQ(NamesIn(before), NamesIn(pages[page - 1]));
      EXPECT_EQ(LeftOut(before), LeftOut(pages[page - 1]));
    }
  }
}

TEST_F(UnrepresentableTest, AnErrorOfAPageIsPassedByTheSameTokenOnRequest) {
  Fill(3);
  Spoil(2);
  const Json first = server_->MustCall("ThingRepository.List", {{"page_size", 1}, {"order_by", "id"}});
  Json request = {{"page_size", 1}, {"order_by", "id"}, {"page_token", first["next_page_token"]}};
  ExpectNames(Call("ThingRepository.List", request).status(), "id 2", "due_at");
  request["skip_unrepresentable"] = true;
  const Json second = server_->MustCall("ThingRepository.List", request);
  EXPECT_THAT(LeftOut(second), ElementsAre("id 2 due_at"));
  request["page_token"] = second["next_page_token"];
  EXPECT_THAT(NamesIn(server_->MustCall("ThingRepository.List", request)), ElementsAre("t3"));
}

TEST_F(UnrepresentableTest, AnExportGoesOnOverPiecesWithoutAnyGoodRow) {
  Fill(23);
  Run("UPDATE things SET due_at = 'infinity' WHERE id BETWEEN 4 AND 17 OR id = 23");
  std::vector<std::string> names, left_out;
  std::string token;
  const auto stream = StartExport(server_, "ThingRepository.Export", {{"skip_unrepresentable", true}});
  for (const Json& message : stream->ReceiveAll()) {
    for (const std::string& name : NamesIn(message)) names.push_back(name);
    for (const std::string& row : LeftOut(message)) left_out.push_back(row);
    EXPECT_NE(message.value("resume_token", ""), "");
    if (token.empty() && left_out.size() > 5) token = message["resume_token"];
  }
  EXPECT_EQ(Summary(stream->Finish()), "OK");
  EXPECT_EQ(names.size(), 8u);
  EXPECT_EQ(left_out.size(), 15u);
  EXPECT_EQ(std::set<std::string>(left_out.begin(), left_out.end()).size(), 15u);
  // A stream that broke in the middle of them is resumed behind what was reported.
  const auto resumed =
      StartExport(server_, "ThingRepository.Export", {{"skip_unrepresentable", true}, {"resume_token", token}});
  size_t rest = 0;
  for (const Json& message : resumed->ReceiveAll()) rest += NamesIn(message).size() + LeftOut(message).size();
  EXPECT_EQ(Summary(resumed->Finish()), "OK");
  EXPECT_EQ(rest % 5, 3u) << "whole messages of 5 rows and the last of 3";
  EXPECT_LT(rest, 23u);
}

TEST_F(UnrepresentableTest, RelatedRowsAreLeftOutAndReportedOnce) {
  Fill(3);
  Spoil(2);
  const Json boxes = server_->MustCall(
      "BoxRepository.List", {{"skip_unrepresentable", true}, {"read_mask", "name,things.name,things.due_at"}});
  EXPECT_THAT(NamesIn(boxes["boxes"][0]), ElementsAre("t1", "t3"));
  EXPECT_THAT(LeftOut(boxes), ElementsAre("id 2 due_at"));
  // A row that many share.
  Run("UPDATE boxes SET age = '1 month'");
  const Json things = server_->MustCall(
      "ThingRepository.List", {{"skip_unrepresentable", true}, {"read_mask", "name,box.age"}, {"order_by", "id"}});
  EXPECT_THAT(NamesIn(things), ElementsAre("t1", "t2", "t3"));
  EXPECT_FALSE(things["things"][0].contains("box"));
  EXPECT_THAT(LeftOut(things), ElementsAre("id 1 age"));
  EXPECT_EQ(things["unrepresentable"][0].value("entity", ""), "shop.v1.Box");
  ExpectNames(Call("ThingRepository.List", {{"read_mask", "name,box.age"}}).status(), "id 1", "age", "shop.v1.Box");
}

TEST_F(UnrepresentableTest, WhatAFieldCanCarryIsShownInWhateverFormItIsStored) {
  Fill(1);
  const auto read = [&](const std::string& column, const std::string& sql) {
    Spoil(1, {column, sql, ""});
    return server_->MustCall("ThingRepository.GetById", {{"id", 1}, {"read_mask", column}})[column];
  };
  EXPECT_EQ(read("tags", "'[5:6]={a,b}'"), (Json{"a", "b"}));
  EXPECT_EQ(read("tags", "'[-1:0]={\"[1:2]={}\",\"NULL\"}'"), (Json{"[1:2]={}", "NULL"}));
  EXPECT_EQ(read("due_at", "'0001-01-01 00:00:00+00'"), "0001-01-01T00:00:00Z");
  EXPECT_EQ(read("due_at", "'9999-12-31 23:59:59.999999+00'"), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(read("span", "'3652500 days'"), "315576000000s");
  EXPECT_EQ(read("span", "'-3652500 days'"), "-315576000000s");
  EXPECT_EQ(read("span", "'1 day -00:00:00.000001'"), "86399.999999s");
  EXPECT_EQ(read("span", "interval '1 mon' + interval '-1 mon' + interval '2 hours'"), "7200s");
  EXPECT_EQ(read("settings", R"('{"level": "7", "unknown": [1, {}]}')"), (Json{{"level", 7}}));
}

}  // namespace
}  // namespace rowkeeper::testing
