// What custom queries store can be read again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "server/base/text.h"
#include "tests/pg/server/query_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kThings[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/timestamp.proto";
import "google/type/date.proto";
import "rowkeeper/v1/annotations.proto";
enum Color { COLOR_UNSPECIFIED = 0; COLOR_RED = 1; }
message Thing {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  optional google.protobuf.Timestamp due_at = 2;
  optional google.type.Date day = 3;
  optional google.protobuf.Duration span = 4;
  repeated string tags = 5;
  optional Color color = 6 [(rowkeeper.v1.column).type = COLUMN_TYPE_NATIVE_ENUM];
  string name = 7;
}
message None {}
message Affected { int64 affected = 1; }
message Row { int64 id = 1; string name = 2; }
message Rows { repeated Row rows = 1; int64 affected = 2; }
message Named { repeated Row rows = 1; }
message Event {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  google.protobuf.Timestamp at = 2;
}
message ListThings { string page_token = 1; }
message ListThingsResponse { repeated Thing things = 1; string next_page_token = 2; }
service ThingRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Thing";
  rpc List(ListThings) returns (ListThingsResponse);
)";

/// One query for each way to write, each in words of what it stores.
struct Way {
  std::string name;
  std::string response;
  /// `%` stands for an assignment to a column, "due_at = …".
  std::string sql;
};

const std::vector<Way>& Ways() {
  static const auto* const ways = new std::vector<Way>{
      {"Plain", "Affected", "UPDATE things SET %"},
      {"Silent", "google.protobuf.Empty", "UPDATE things SET % WHERE id = 2"},
      {"Alias", "Affected", "UPDATE things AS t SET % FROM (SELECT 2 AS id) AS x WHERE t.id = x.id -- two\n"},
      {"Returning", "Rows", "UPDATE things SET % RETURNING id, name"},
      {"With", "Rows",
       "WITH x AS (SELECT id FROM things) UPDATE things t SET % FROM x WHERE x.id = t.id "
       "RETURNING t.id, t.name"},
      {"Below", "Affected",
       "WITH gone AS (DELETE FROM things WHERE id < 0 RETURNING id) UPDATE things SET % WHERE id > 0"},
      {"Conflict", "Affected",
       "INSERT INTO things (id, name, tags) VALUES (2, 'x', '{}') ON CONFLICT (id) DO UPDATE SET %"},
      {"Inside", "Named",
       "WITH w (one, two) AS (UPDATE things AS t SET % RETURNING t.id, (t.name)) SELECT one AS id, two AS name FROM w"},
      {"InsideStar", "Named",
       "WITH w AS (UPDATE things SET % RETURNING *), n AS (SELECT count(*) FROM w) SELECT w.id, name FROM w, n"},
      {"InsideSilent", "google.protobuf.Empty",
       "WITH \"as (\" AS (SELECT 2 AS id), w AS (UPDATE things SET % WHERE id = 2 /* ) */\n) SELECT id FROM \"as (\""},
      {"InsideTwice", "google.protobuf.Empty",
       "WITH e AS (INSERT INTO events (at) SELECT now() WHERE false), w AS (UPDATE things SET % WHERE id = 2 RETURNING "
       "id) INSERT INTO events (at) SELECT now() FROM w"},
      {"InsideConflict", "google.protobuf.Empty",
       "WITH w AS (INSERT INTO things AS t (id, name, tags) VALUES (2, 'x', '{}') ON CONFLICT (id) DO UPDATE SET %) "
       "SELECT 1"},
  };
  return *ways;
}

struct Stored {
  std::string bad;
  std::string good;
  std::string field;
};

const std::vector<Stored>& Values() {
  static const auto* const values = new std::vector<Stored>{
      {"due_at = now() + interval '10000 years'", "due_at = now() + interval '1 year'", "due_at"},
      {"due_at = '-infinity'", "due_at = NULL", "due_at"},
      {"day = '0044-03-15 BC'", "day = '0044-03-15'", "day"},
      {"span = interval '1 day' + interval '1 month'", "span = interval '40 days'", "span"},
      {"tags = ARRAY['a', NULL]", "tags = '[3:4]={a,b}'", "tags"},
      {"tags = ARRAY[ARRAY['a']]", "tags = '{}'", "tags"},
      {"color = ('GR' || 'EEN')::text::color", "color = 'RED'", "color"},
  };
  return *values;
}

/// The name of the query that stores the value with this number.
std::string NameOf(const Way& way, size_t value, const std::string& kind) { return Cat(way.name, kind, value); }

std::string Catalogue() {
  std::string text = kThings;
  for (const Way& way : Ways()) {
    for (size_t i = 0; i < Values().size(); ++i) {
      for (const bool good : {false, true}) {
        std::string sql = way.sql;
        sql.replace(sql.find('%'), 1, good ? Values()[i].good : Values()[i].bad);
        text += Query(Cat(NameOf(way, i, good ? "Good" : "Bad"), "(None) returns (", way.response, ")"), sql);
      }
    }
  }
  text +=
      Query("InsertMany(None) returns (Affected)",
            "INSERT INTO things (name, tags, due_at) SELECT 'n' || i, '{}', CASE WHEN i = 7 THEN 'infinity' ELSE now() "
            "END FROM generate_series(1, 10) AS i");
  text += Query("InsertAll(None) returns (Affected)",
                "INSERT INTO things SELECT id + 100, due_at, day, span, tags, color, name FROM things");
  text += Query("TwoTables(None) returns (google.protobuf.Empty)",
                "WITH e AS (INSERT INTO events (at) VALUES ('infinity')) UPDATE things SET due_at = now()");
  text += Query("Rename(None) returns (Affected)", "UPDATE things SET name = 'renamed'");
  return text + "}\n";
}

class QueryStoredTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = new InProcessServer(CompileProtoText(Catalogue()));
    server_->database().Run("ALTER TYPE color ADD VALUE 'GREEN'");
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override {
    ASSERT_TRUE(server_ != nullptr && server_->ok());
    server_->database().Run("TRUNCATE things, events RESTART IDENTITY");
    server_->database().Run("INSERT INTO things (name, tags) SELECT 't' || i, '{}' FROM generate_series(1, 3) AS i");
  }

  static absl::StatusOr<Json> Call(const std::string& method, const CallOptions& options = {}) {
    return server_->Call("ThingRepository." + method, Json::object(), options);
  }
  static std::string Content() {
    return server_->database().Value("SELECT string_agg(things::text, ' ' ORDER BY id) FROM things");
  }

  static inline InProcessServer* server_ = nullptr;
};

TEST_F(QueryStoredTest, WhatNoReadCouldShowIsNotStoredWhicheverWayItIsWritten) {
  const std::string before = Content();
  for (const Way& way : Ways()) {
    for (size_t i = 0; i < Values().size(); ++i) {
      SCOPED_TRACE(Cat(way.name, ": ", Values()[i].bad));
      const absl::Status status = Call(NameOf(way, i, "Bad")).status();
      EXPECT_EQ(Summary(status), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
      EXPECT_THAT(MetadataOf(status, "field"), HasSubstr(Values()[i].field));
      EXPECT_EQ(Content(), before);
    }
  }
}

TEST_F(QueryStoredTest, AllElseIsStoredAndAnsweredAsIfNobodyHadLooked) {
  for (const Way& way : Ways()) {
    for (size_t i = 0; i < Values().size(); ++i) {
      SCOPED_TRACE(Cat(way.name, ": ", Values()[i].good));
      const absl::StatusOr<Json> answer = Call(NameOf(way, i, "Good"));
      ASSERT_TRUE(answer.ok()) << answer.status();
      const bool one = way.name == "Silent" || way.name == "Alias" || way.name == "Conflict";
      if (way.response == "Affected") {
        EXPECT_EQ((*answer)["affected"], one ? "1" : "3");
      }
      if (way.response == "Rows") {
        EXPECT_EQ((*answer)["affected"], "3");
      }
      if (way.response == "Rows" || way.response == "Named") {
        ASSERT_EQ((*answer)["rows"].size(), 3u);
        EXPECT_EQ((*answer)["rows"][0].size(), 2u);
      }
      const std::string assignment = Values()[i].good;
      const std::string column = assignment.substr(0, assignment.find(' '));
      const std::string value = assignment.substr(column.size() + 3);
      if (value.find("now()") != std::string::npos) continue;
      EXPECT_EQ(server_->database().Value(
                    Cat("SELECT ", column, " IS NOT DISTINCT FROM ", value, " FROM things WHERE id = 2")),
                "t");
    }
  }
  EXPECT_TRUE(Call("List").ok());
}

TEST_F(QueryStoredTest, OneBadRowOfManyKeepsAllOfThemOut) {
  const std::string before = Content();
  EXPECT_EQ(Summary(Call("InsertMany").status()), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
  EXPECT_EQ(Content(), before);
  EXPECT_EQ(Call("InsertAll").value()["affected"], "3");
  server_->database().Run("UPDATE things SET due_at = 'infinity' WHERE id = 1");
  server_->database().Run("DELETE FROM things WHERE id > 100");
  EXPECT_EQ(Summary(Call("InsertAll").status()), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
}

TEST_F(QueryStoredTest, TheFieldIsThatOfTheTableThatIsWritten) {
  const absl::Status status = Call("TwoTables").status();
  EXPECT_EQ(Summary(status), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
  EXPECT_EQ(MetadataOf(status, "entity"), "shop.v1.Event");
  EXPECT_EQ(MetadataOf(status, "field"), "at");
  EXPECT_EQ(server_->database().Value("SELECT count(*) FROM events"), "0");
}

TEST_F(QueryStoredTest, ColumnsThatTheQueryLeavesAloneAreNoneOfItsBusiness) {
  server_->database().Run("UPDATE things SET due_at = 'infinity', span = '1 month' WHERE id = 2");
  EXPECT_EQ(Call("Rename").value()["affected"], "3");
  EXPECT_EQ(Call("PlainGood0").value()["affected"], "3") << "which repairs due_at";
}

TEST_F(QueryStoredTest, RulesThatCannotReturnWhatIsWrittenAreRefused) {
  server_->database().Run("CREATE RULE also AS ON UPDATE TO things DO ALSO NOTIFY things");
  const std::string before = Content();
  EXPECT_EQ(Summary(Call("PlainGood0").status()), "FAILED_PRECONDITION SCHEMA_MISMATCH");
  EXPECT_EQ(Content(), before);
  EXPECT_EQ(Summary(Call("Rename").status()), "OK") << "texts need no look";
  server_->database().Run("DROP RULE also ON things");
  EXPECT_EQ(Summary(Call("PlainGood0").status()), "OK");
}

TEST_F(QueryStoredTest, TheSameHoldsInAUnitOfWork) {
  const std::string before = Content();
  const Unit unit(server_);
  EXPECT_EQ(Summary(unit.Call("ThingRepository.PlainBad0", Json::object())),
            "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
  EXPECT_FALSE(unit.Commit().ok());
  EXPECT_EQ(Content(), before);
}

}  // namespace
}  // namespace rowkeeper::testing
