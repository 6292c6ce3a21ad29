// Two elements of a batch that a collation makes one row: every batch method, in every way that a call can run.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

/// Clubs have players that go and come back with them; tags have nobody.
constexpr char kClubs[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Club {
  option (rowkeeper.v1.entity) = {};
  string name = 1 [(rowkeeper.v1.column) = {max_length: 40, primary_key: true}];
  string town = 2;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
message Player {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string club = 2 [(rowkeeper.v1.column) = {references: "shop.v1.Club", max_length: 40, on_delete: ON_DELETE_CASCADE}];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
message Tag {
  option (rowkeeper.v1.entity) = {};
  string name = 1 [(rowkeeper.v1.column) = {max_length: 40, primary_key: true}];
  string town = 2;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
)";

/// The repository of an entity, with each batch method and its partial kin; @ stands for the entity.
constexpr char kRepository[] = R"(
message @Rows { repeated @ rows = 1; google.protobuf.FieldMask update_mask = 2; }
message @Key { string name = 1; int64 version = 2; }
message @Keys { repeated @Key keys = 1; bool allow_missing = 2; }
message @Deletes { repeated @Key keys = 1; }
message @All { repeated @ rows = 1; }
message @Some { repeated @ rows = 1; repeated rowkeeper.v1.RowResult results = 2; }
message @Found { repeated @ rows = 1; repeated @Key missing = 2; }
message @FoundSome { repeated @ rows = 1; repeated @Key missing = 2; repeated rowkeeper.v1.RowResult results = 3; }
message @Results { repeated rowkeeper.v1.RowResult results = 1; }
service @Repository {
  option (rowkeeper.v1.repository).entity = "shop.v1.@";
  rpc BatchUpdate(@Rows) returns (@All);
  rpc BatchUpsert(@Rows) returns (@All);
  rpc BatchSoftDelete(@Keys) returns (@Found);
  rpc BatchRestore(@Keys) returns (@Found);
  rpc BatchDelete(@Deletes) returns (google.protobuf.Empty);
  rpc BatchUpdatePartial(@Rows) returns (@Some) { option (rowkeeper.v1.method).partial = true; }
  rpc BatchUpsertPartial(@Rows) returns (@Some) { option (rowkeeper.v1.method).partial = true; }
  rpc BatchSoftDeletePartial(@Keys) returns (@FoundSome) { option (rowkeeper.v1.method).partial = true; }
  rpc BatchRestorePartial(@Keys) returns (@FoundSome) { option (rowkeeper.v1.method).partial = true; }
  rpc BatchDeletePartial(@Deletes) returns (@Results) { option (rowkeeper.v1.method).partial = true; }
}
)";

std::string RepositoryOf(const char* entity) { return absl::StrReplaceAll(kRepository, {{"@", entity}}); }

struct Way {
  const char* name;
  std::function<absl::Status(InProcessServer*, const std::string&, const Json&)> run;
};

/// The refusal leaves the unit as it is.
absl::Status InAUnitThatGoesOn(InProcessServer* server, const std::string& method, const Json& request) {
  const Unit unit(server);
  const absl::Status status = unit.Call(method, request).status();
  EXPECT_EQ(Summary(unit.Commit()), "OK");
  return status;
}

std::vector<Way> Ways() {
  return {{"alone", [](auto* server, auto& method, auto& request) { return server->Call(method, request).status(); }},
          {"keyed", [](auto* server, auto& method,
                       auto& request) { return server->Call(method, request, WithKey(NewKey())).status(); }},
          {"unit", InAUnitThatGoesOn},
          {"run", [](auto* server, auto& method, auto& request) {
             return RunRequest(server).Add(method, request).Send().status();
           }}};
}

class SameRowTest : public ::testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() {
    server_ = new InProcessServer(CompileProtoText(Cat(kClubs, RepositoryOf("Club"), RepositoryOf("Tag"))));
    CreateKeyTable(&server_->database());
    Sql("CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ALTER TABLE tags "
        "ALTER name TYPE varchar(40) COLLATE loose; ALTER TABLE players DROP CONSTRAINT fk_players_club_clubs; ALTER "
        "TABLE clubs ALTER name TYPE varchar(40) COLLATE loose; ALTER TABLE players ALTER club TYPE varchar(40) "
        "COLLATE "
        "loose; ALTER TABLE players ADD CONSTRAINT fk_players_club_clubs FOREIGN KEY (club) REFERENCES clubs (name) ON "
        "DELETE CASCADE");
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  /// Ants and bees are live, cats and dogs deleted.
  void SetUp() override {
    ASSERT_TRUE(server_->ok());
    Sql("TRUNCATE tags, players, clubs");
    for (const char* table : {"tags", "clubs"}) {
      Sql(Cat("INSERT INTO ", table, " (name, town, deleted_at) VALUES ('ant', 'old', NULL), ('bee', 'old', NULL), ",
              "('cat', 'old', now()), ('dog', 'old', now())"));
    }
    Sql("INSERT INTO players (club, deleted_at) SELECT name, deleted_at FROM clubs");
  }
  static void Sql(const std::string& text) { server_->database().Run(text); }
  static std::string Rows() {
    return server_->database().Value(
        "SELECT string_agg(t, ';' ORDER BY t) FROM (SELECT tags::text FROM tags UNION ALL SELECT clubs::text FROM "
        "clubs "
        "UNION ALL SELECT players::text FROM players) AS x (t)");
  }
  static std::string Method(const std::string& name) { return Cat(GetParam(), "Repository.", name); }

  /// The second and fourth element are the row of the first and third.
  struct Batch {
    std::string method;
    Json request;
    std::string field;
  };
  static std::vector<Batch> Batches() {
    const auto rows = [](const std::vector<std::string>& names) {
      Json list = Json::array();
      for (const std::string& name : names) list.push_back({{"name", name}, {"town", "new"}});
      return Json{{"rows", list}};
    };
    const auto keys = [](const std::vector<std::string>& names, bool allow_missing) {
      Json list = Json::array();
      for (const std::string& name : names) list.push_back({{"name", name}});
      Json request = {{"keys", list}};
      if (allow_missing) request["allow_missing"] = true;
      return request;
    };
    Json update = rows({"ant", "ANT", "bee", "Bee"});
    update["update_mask"] = "town";
    return {{"BatchUpdate", update, "rows"},
            {"BatchUpsert", rows({"ant", "ANT", "bee", "Bee"}), "rows"},
            {"BatchUpsert", rows({"new", "NEW", "fox", "Fox"}), "rows"},
            {"BatchSoftDelete", keys({"ant", "ANT", "bee", "Bee"}, false), "keys"},
            {"BatchSoftDelete", keys({"ant", "ANT", "bee", "Bee"}, true), "keys"},
            {"BatchSoftDelete", keys({"cat", "CAT", "dog", "Dog"}, true), "keys"},
            {"BatchRestore", keys({"cat", "CAT", "dog", "Dog"}, false), "keys"},
            {"BatchRestore", keys({"cat", "CAT", "dog", "Dog"}, true), "keys"},
            {"BatchRestore", keys({"ant", "ANT", "bee", "Bee"}, true), "keys"},
            {"BatchDelete", keys({"ant", "ANT", "bee", "Bee"}, false), "keys"}};
  }

  static inline InProcessServer* server_ = nullptr;
};

TEST_P(SameRowTest, IsRefusedWithBothPlacesAndNothingIsChanged) {
  const std::string before = Rows();
  for (const Batch& batch : Batches()) {
    for (const Way& way : Ways()) {
      SCOPED_TRACE(Cat(batch.method, " ", batch.request.dump(), " ", way.name));
      const absl::Status refused = way.run(server_, Method(batch.method), batch.request);
      const std::string second = Cat(batch.field, "[1].name"), fourth = Cat(batch.field, "[3].name");
      EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << refused;
      EXPECT_EQ(ReasonOf(refused), "INVALID_FIELD");
      EXPECT_THAT(std::string(refused.message()), HasSubstr(Cat(second, ": is the same row as ", batch.field, "[0]")));
      EXPECT_THAT(std::string(refused.message()), HasSubstr(Cat(fourth, ": is the same row as ", batch.field, "[2]")));
      ASSERT_EQ(Rows(), before);
    }
  }
}

TEST_P(SameRowTest, OfAPartialBatchOnlyTheFirstIsWritten) {
  for (const Batch& batch : Batches()) {
    for (const bool in_unit : {false, true}) {
      SCOPED_TRACE(Cat(batch.method, "Partial ", batch.request.dump(), in_unit ? " in a unit" : ""));
      SetUp();
      const std::string method = Method(batch.method + "Partial");
      Json answer;
      if (in_unit) {
        const Unit unit(server_);
        answer = unit.MustCall(method, batch.request);
        ASSERT_EQ(Summary(unit.Commit()), "OK");
      } else {
        answer = server_->MustCall(method, batch.request);
      }
      const Json& results = answer["results"];
      ASSERT_EQ(results.size(), 4u) << answer;
      for (const size_t i : {0, 2}) EXPECT_EQ(results[i].value("code", 0), 0) << answer;
      for (const size_t i : {1, 3}) {
        EXPECT_EQ(results[i].value("reason", ""), "INVALID_FIELD") << answer;
        EXPECT_THAT(results[i].value("message", ""),
                    HasSubstr(Cat("is the same row as ", batch.field, "[", i - 1, "]")));
        EXPECT_EQ(results[i]["fields"][0], Cat(batch.field, "[", i, "].name"));
      }
    }
  }
}

/// What is not there is not the same row, and keys that only look alike are none either.
TEST_P(SameRowTest, RowsThatAreNotThereAreMissing) {
  const Json keys = {{"keys", {{{"name", "gnu"}}, {{"name", "GNU"}}}}};
  EXPECT_EQ(ReasonOf(server_->Call(Method("BatchDelete"), keys).status()), "ROW_NOT_FOUND");
  EXPECT_EQ(ReasonOf(server_->Call(Method("BatchSoftDelete"), keys).status()), "ROW_NOT_FOUND");
  const Json two = {{"rows", {{{"name", "ANT"}, {"town", "new"}}, {{"name", "änt"}, {"town", "new"}}}}};
  EXPECT_TRUE(server_->Call(Method("BatchUpsert"), two).ok());
}

INSTANTIATE_TEST_SUITE_P(Entities, SameRowTest, ::testing::Values("Tag", "Club"),
                         [](const auto& param) { return std::string(param.param); });

}  // namespace
}  // namespace rowkeeper::testing
