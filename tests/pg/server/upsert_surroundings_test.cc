#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "server/sql/variants.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kShop[] = R"(
syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";

message Item {
  option (rowkeeper.v1.entity) = {table: "item"};
  string sku = 1 [(rowkeeper.v1.column) = {max_length: 60, primary_key: true}];
  string title = 2;
  string kind = 3 [(rowkeeper.v1.column).default_value = "plain"];
  optional string maker = 4 [(rowkeeper.v1.column).immutable = true];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc Upsert(UpsertRequest) returns (UpsertResponse);
  rpc BatchUpsert(Rows) returns (Upserted);
  rpc BatchUpsertPartial(Rows) returns (PartlyUpserted) { option (rowkeeper.v1.method).partial = true; }
  rpc Import(stream Rows) returns (stream Imported) { option (rowkeeper.v1.method).conflict_fields = "sku"; }
  rpc Delete(Key) returns (google.protobuf.Empty);
}
message Key { string sku = 1; }
message UpsertRequest { Item item = 1; google.protobuf.FieldMask update_mask = 2; }
message UpsertResponse { Item item = 1; rowkeeper.v1.WriteOutcome outcome = 2; }
message Rows { repeated Item items = 1; google.protobuf.FieldMask update_mask = 2; }
message Upserted { repeated Item items = 1; repeated rowkeeper.v1.WriteOutcome outcomes = 2; }
message PartlyUpserted {
  repeated Item items = 1;
  repeated rowkeeper.v1.WriteOutcome outcomes = 2;
  repeated rowkeeper.v1.RowResult results = 3;
}
message Imported { int64 imported = 1; int64 inserted = 2; int64 updated = 3; int64 unchanged = 4; }

message Member {
  option (rowkeeper.v1.entity) = {table: "member", unique_keys: {fields: ["club", "email"]}};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string club = 2 [(rowkeeper.v1.column).max_length = 60];
  string email = 3 [(rowkeeper.v1.column).max_length = 60];
  string name = 4;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
service MemberRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Member";
  rpc BatchUpsert(Members) returns (UpsertedMembers) {
    option (rowkeeper.v1.method).conflict_fields = "club";
    option (rowkeeper.v1.method).conflict_fields = "email";
  }
  rpc SoftDelete(MemberKey) returns (google.protobuf.Empty);
}
message MemberKey { string id = 1; }
message Members { repeated Member members = 1; }
message UpsertedMembers { repeated Member members = 1; repeated rowkeeper.v1.WriteOutcome outcomes = 2; }
)";

constexpr char kUpperKey[] =
    "CREATE FUNCTION on_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.sku := upper(NEW.sku); RETURN NEW; END "
    "$$; CREATE TRIGGER on_item BEFORE INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION on_item();";

/// Puts a partitioned table, of the same columns and keys, in the place of item.
constexpr char kPartitioned[] =
    "CREATE TABLE whole (LIKE item INCLUDING ALL) PARTITION BY HASH (sku); DROP TABLE item; ALTER TABLE whole RENAME "
    "TO "
    "item; CREATE TABLE item_0 PARTITION OF item FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE item_1 "
    "PARTITION "
    "OF item FOR VALUES WITH (MODULUS 2, REMAINDER 1);";

/// Upserts of tables that have triggers, partitions and collations that the repository knows nothing of.
class UpsertSurroundingsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = std::make_unique<InProcessServer>(CompileProtoText(kShop));
    ASSERT_TRUE(server_->ok());
  }
  void Run(std::string_view sql) { server_->database().Run(sql); }
  std::string Value(const std::string& sql) { return server_->database().Value(sql); }
  /// "A:x:1, B:y:2": sku, title and version of all rows.
  std::string Stored() {
    return Value("SELECT coalesce(string_agg(concat_ws(':', sku, title, version), ', ' ORDER BY sku), '') FROM item");
  }

  static Json Item(const std::string& sku, const std::string& title) { return {{"sku", sku}, {"title", title}}; }
  static Json Items(const std::vector<std::pair<std::string, std::string>>& items) {
    Json rows = Json::array();
    for (const auto& [sku, title] : items) rows.push_back(Item(sku, title));
    return {{"items", rows}};
  }
  CallResult Upsert(const std::string& sku, const std::string& title) {
    return server_->Call("ItemRepository.Upsert", {{"item", Item(sku, title)}});
  }
  CallResult BatchUpsert(const std::vector<std::pair<std::string, std::string>>& items) {
    return server_->Call("ItemRepository.BatchUpsert", Items(items));
  }

  static std::string Outcome(const Json& name) { return name.get<std::string>().substr(sizeof("WRITE_OUTCOME_") - 1); }
  /// "UPDATED LOW:x:2", or the error's code and reason.
  static std::string Said(const CallResult& answer) {
    if (!answer.ok()) return Summary(answer);
    return Cat(Outcome((*answer)["outcome"]), " ", Shown((*answer)["item"]));
  }
  /// The same of a batch, joined by ", ".
  static std::string AllSaid(const CallResult& answer) {
    if (!answer.ok()) return Summary(answer);
    std::string text;
    for (size_t i = 0; i < (*answer)["items"].size(); ++i) {
      text += Cat(i == 0 ? "" : ", ", Outcome((*answer)["outcomes"][i]), " ", Shown((*answer)["items"][i]));
    }
    return text;
  }
  static std::string Shown(const Json& item) {
    return Cat(item.value("sku", ""), ":", item.value("title", ""), ":", item.value("version", ""));
  }

  std::unique_ptr<InProcessServer> server_;
};

TEST_F(UpsertSurroundingsTest, ATriggerMayNormaliseTheKey) {
  Run(kUpperKey);
  EXPECT_EQ(Said(Upsert("low", "x")), "INSERTED LOW:x:1");
  EXPECT_EQ(Said(Upsert("low", "y")), "UPDATED LOW:y:2");
  EXPECT_EQ(Said(Upsert("low", "y")), "UNCHANGED LOW:y:2");
  EXPECT_EQ(Said(Upsert("LOW", "y")), "UNCHANGED LOW:y:2");
  EXPECT_EQ(Said(Upsert("LOW", "z")), "UPDATED LOW:z:3");
  EXPECT_EQ(Stored(), "LOW:z:3");
}

TEST_F(UpsertSurroundingsTest, ABatchOfKeysThatATriggerNormalisesKeepsItsOrder) {
  Run(kUpperKey);
  EXPECT_EQ(AllSaid(BatchUpsert({{"OK1", "a"}, {"low2", "b"}, {"zz", "c"}, {"A9", "d"}})),
            "INSERTED OK1:a:1, INSERTED LOW2:b:1, INSERTED ZZ:c:1, INSERTED A9:d:1");
  EXPECT_EQ(AllSaid(BatchUpsert({{"zz", "c"}, {"new", "n"}, {"low2", "B"}, {"OK1", "A"}, {"ok0", "e"}})),
            "UNCHANGED ZZ:c:1, INSERTED NEW:n:1, UPDATED LOW2:B:2, UPDATED OK1:A:2, INSERTED OK0:e:1");
  EXPECT_EQ(Stored(), "A9:d:1, LOW2:B:2, NEW:n:1, OK0:e:1, OK1:A:2, ZZ:c:1");
}

TEST_F(UpsertSurroundingsTest, TwoElementsThatATriggerMakesOneRowAreRefused) {
  Run(kUpperKey);
  EXPECT_EQ(AllSaid(BatchUpsert({{"new", "n"}, {"low", "a"}, {"LOW", "b"}})),
            "INVALID_ARGUMENT INVALID_FIELD [shop.v1.Item]");
  EXPECT_EQ(AllSaid(BatchUpsert({{"low", "a"}, {"Low", "b"}})), "INVALID_ARGUMENT INVALID_FIELD [shop.v1.Item]");
  EXPECT_EQ(Stored(), "");
  ASSERT_TRUE(Upsert("LOW", "x").ok());
  for (const char* title : {"x", "y"}) {  // the row would be left alone, or changed
    EXPECT_THAT(AllSaid(BatchUpsert({{"new", "n"}, {"LOW", title}, {"low", "b"}})), HasSubstr("INVALID_ARGUMENT"));
  }
  const auto both = BatchUpsert({{"new", "n"}, {"Low", "a"}, {"low", "b"}});
  EXPECT_EQ(Summary(both), "INVALID_ARGUMENT INVALID_FIELD [shop.v1.Item]");
  EXPECT_THAT(std::string(both.status().message()), HasSubstr("the same row"));
  EXPECT_EQ(Stored(), "LOW:x:1");
  Unit unit(server_.get());
  EXPECT_EQ(Said(unit.Call("ItemRepository.Upsert", {{"item", Item("a", "1")}})), "INSERTED A:1:1");
  EXPECT_EQ(AllSaid(unit.Call("ItemRepository.BatchUpsert", Items({{"b", "2"}, {"LOW", "x"}, {"low", "y"}}))),
            "INVALID_ARGUMENT INVALID_FIELD [items]");
  EXPECT_TRUE(unit.Commit().ok()) << "the batch is undone, the unit goes on";
  EXPECT_EQ(Stored(), "A:1:1, LOW:x:1");
}

TEST_F(UpsertSurroundingsTest, AVersionGuardsTheRowWithTheKeyThatIsGiven) {
  Run(kUpperKey);
  ASSERT_TRUE(Upsert("LOW", "x").ok());
  Json item = Item("low", "y");
  item["version"] = "1";
  EXPECT_EQ(Said(server_->Call("ItemRepository.Upsert", {{"item", item}})), "ABORTED VERSION_MISMATCH");
  item["sku"] = "LOW";
  EXPECT_EQ(Said(server_->Call("ItemRepository.Upsert", {{"item", item}})), "UPDATED LOW:y:2");
  EXPECT_EQ(Stored(), "LOW:y:2");
}

TEST_F(UpsertSurroundingsTest, NormalisedKeysGoThroughUnitsImportsAndPartialBatches) {
  Run(kUpperKey);
  ASSERT_TRUE(Upsert("LOW", "x").ok());
  Unit unit(server_.get());
  EXPECT_EQ(Said(unit.Call("ItemRepository.Upsert", {{"item", Item("low", "y")}})), "UPDATED LOW:y:2");
  EXPECT_EQ(AllSaid(unit.Call("ItemRepository.BatchUpsert", Items({{"a", "1"}, {"low", "y"}, {"b", "2"}}))),
            "INSERTED A:1:1, UNCHANGED LOW:y:2, INSERTED B:2:1");
  EXPECT_EQ(AllSaid(unit.Call("ItemRepository.BatchUpsertPartial", Items({{"a", "1"}, {"low", "z"}, {"c", "3"}}))),
            "UNCHANGED A:1:1, UPDATED LOW:z:3, INSERTED C:3:1");
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(Stored(), "A:1:1, B:2:1, C:3:1, LOW:z:3");

  EXPECT_EQ(AllSaid(server_->Call("ItemRepository.BatchUpsertPartial", Items({{"a", "2"}, {"d", "4"}}))),
            "UPDATED A:2:2, INSERTED D:4:1");
  StreamClient stream(server_.get(), "ItemRepository.Import");
  ASSERT_TRUE(stream.Send(Items({{"a", "2"}, {"e", "5"}})));
  EXPECT_EQ(stream.Receive(), (Json{{"imported", "2"}, {"inserted", "1"}, {"unchanged", "1"}}));
  ASSERT_TRUE(stream.Send(Items({{"e", "6"}})));
  EXPECT_EQ(stream.Receive(), (Json{{"imported", "3"}, {"inserted", "1"}, {"updated", "1"}, {"unchanged", "1"}}));
  stream.SendNoMore();
  EXPECT_TRUE(EndOf(&stream).ok());
  EXPECT_EQ(Stored(), "A:2:2, B:2:1, C:3:1, D:4:1, E:6:2, LOW:z:3");
}

TEST_F(UpsertSurroundingsTest, AKeyThatIsMadeAnewEachTimeIsFollowedAsFarAsItCanBe) {
  Run("CREATE FUNCTION on_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.sku := 'x' || NEW.sku; RETURN NEW; "
      "END $$; CREATE TRIGGER on_item BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION on_item();");
  EXPECT_EQ(Said(Upsert("a", "1")), "INSERTED xa:1:1");
  EXPECT_EQ(Said(Upsert("a", "2")), "UPDATED xa:2:2");
  EXPECT_EQ(Said(Upsert("xa", "3")), "INSERTED xxa:3:1");
  EXPECT_EQ(AllSaid(BatchUpsert({{"b", "4"}, {"a", "5"}})), "INSERTED xb:4:1, UPDATED xa:5:3");
  EXPECT_EQ(Stored(), "xa:5:3, xb:4:1, xxa:3:1");

  Run("CREATE SEQUENCE turns; CREATE OR REPLACE FUNCTION on_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "NEW.sku := CASE WHEN nextval('turns') % 2 = 0 THEN 'xa' ELSE 'xb' END; RETURN NEW; END $$");
  const auto answer = Upsert("q", "6");
  EXPECT_EQ(Summary(answer), "FAILED_PRECONDITION TRIGGER_REFUSED");
  EXPECT_EQ(Stored(), "xa:5:3, xb:4:1, xxa:3:1");
}

TEST_F(UpsertSurroundingsTest, ARowThatATriggerSkipsIsRefusedAndNothingIsStored) {
  Run("CREATE FUNCTION on_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.title LIKE 'skip%' THEN RETURN "
      "NULL; END IF; RETURN NEW; END $$; CREATE TRIGGER on_item BEFORE INSERT OR UPDATE ON item FOR EACH ROW EXECUTE "
      "FUNCTION on_item();");
  EXPECT_EQ(Said(Upsert("a", "skip")), "FAILED_PRECONDITION TRIGGER_REFUSED");
  EXPECT_EQ(AllSaid(BatchUpsert({{"a", "1"}, {"b", "skip"}, {"c", "3"}})), "FAILED_PRECONDITION TRIGGER_REFUSED");
  EXPECT_EQ(Stored(), "");
  ASSERT_TRUE(BatchUpsert({{"a", "1"}, {"b", "2"}}).ok());
  EXPECT_EQ(Said(Upsert("a", "skip")), "FAILED_PRECONDITION TRIGGER_REFUSED");
  EXPECT_EQ(AllSaid(BatchUpsert({{"a", "2"}, {"b", "skip"}})), "FAILED_PRECONDITION TRIGGER_REFUSED");
  EXPECT_EQ(Stored(), "a:1:1, b:2:1");
  const Json partial = server_->MustCall("ItemRepository.BatchUpsertPartial", Items({{"a", "2"}, {"b", "skip"}}));
  EXPECT_EQ(partial["results"][1]["reason"], "TRIGGER_REFUSED");
  EXPECT_EQ(Stored(), "a:2:2, b:2:1");
}

TEST_F(UpsertSurroundingsTest, PartitionedTablesAreWritten) {
  Run(kPartitioned);
  EXPECT_EQ(Said(Upsert("a", "1")), "INSERTED a:1:1");
  EXPECT_EQ(Said(Upsert("a", "2")), "UPDATED a:2:2");
  EXPECT_EQ(Said(Upsert("a", "2")), "UNCHANGED a:2:2");
  EXPECT_EQ(AllSaid(BatchUpsert({{"c", "3"}, {"a", "4"}, {"b", "5"}, {"d", "6"}})),
            "INSERTED c:3:1, UPDATED a:4:3, INSERTED b:5:1, INSERTED d:6:1");
  StreamClient stream(server_.get(), "ItemRepository.Import");
  ASSERT_TRUE(stream.Send(Items({{"a", "4"}, {"b", "7"}, {"e", "8"}})));
  EXPECT_EQ(stream.Receive(), (Json{{"imported", "3"}, {"inserted", "1"}, {"updated", "1"}, {"unchanged", "1"}}));
  stream.SendNoMore();
  EXPECT_TRUE(EndOf(&stream).ok());
  EXPECT_EQ(Stored(), "a:4:3, b:7:2, c:3:1, d:6:1, e:8:1");
}

TEST_F(UpsertSurroundingsTest, APartitionMayHaveAnotherOrderOfColumns) {
  Run("CREATE TABLE whole (LIKE item INCLUDING ALL) PARTITION BY HASH (sku); CREATE TABLE item_0 (version bigint NOT "
      "NULL DEFAULT 1, gone int, title text NOT NULL, sku varchar(60) NOT NULL, maker text, kind text NOT NULL DEFAULT "
      "'plain'); ALTER TABLE item_0 DROP COLUMN gone; DROP TABLE item; ALTER TABLE whole RENAME TO item; ALTER TABLE "
      "item ATTACH PARTITION item_0 FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE item_1 PARTITION OF item "
      "FOR "
      "VALUES WITH (MODULUS 2, REMAINDER 1);");
  EXPECT_EQ(AllSaid(BatchUpsert({{"c", "3"}, {"a", "4"}, {"b", "5"}, {"d", "6"}})),
            "INSERTED c:3:1, INSERTED a:4:1, INSERTED b:5:1, INSERTED d:6:1");
  EXPECT_EQ(AllSaid(BatchUpsert({{"a", "4"}, {"b", "7"}, {"d", "8"}, {"e", "9"}})),
            "UNCHANGED a:4:1, UPDATED b:7:2, UPDATED d:8:2, INSERTED e:9:1");
}

TEST_F(UpsertSurroundingsTest, ACollationMayMakeKeysEqual) {
  Run("CREATE COLLATION ignore_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ALTER TABLE "
      "item ALTER sku TYPE varchar(60) COLLATE ignore_case;");
  EXPECT_EQ(AllSaid(BatchUpsert({{"new", "n"}, {"low", "a"}, {"LOW", "b"}})),
            "INVALID_ARGUMENT INVALID_FIELD [shop.v1.Item]");
  EXPECT_EQ(Stored(), "");
  EXPECT_EQ(Said(Upsert("low", "x")), "INSERTED low:x:1");
  EXPECT_EQ(Said(Upsert("LOW", "y")), "UPDATED low:y:2");
  EXPECT_EQ(Said(Upsert("Low", "y")), "UNCHANGED low:y:2");
  for (const char* second : {"y", "z"}) {
    for (const char* first : {"y", "w"}) {
      EXPECT_EQ(BatchUpsert({{"new", "n"}, {"LOW", first}, {"low", second}}).status().code(),
                absl::StatusCode::kInvalidArgument)
          << first << second;
    }
  }
  EXPECT_EQ(Stored(), "low:y:2");
}

TEST_F(UpsertSurroundingsTest, ATriggerThatCompletesTheRowIsSeenInTheAnswer) {
  Run("CREATE FUNCTION on_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.title := trim(NEW.title); RETURN "
      "NEW; "
      "END $$; CREATE TRIGGER on_item BEFORE INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION on_item();");
  EXPECT_EQ(AllSaid(BatchUpsert({{"b", " 1 "}, {"a", "2 "}})), "INSERTED b:1:1, INSERTED a:2:1");
  EXPECT_EQ(AllSaid(BatchUpsert({{"b", "1"}, {"a", " 3"}})), "UNCHANGED b:1:1, UPDATED a:3:2");
}

TEST_F(UpsertSurroundingsTest, WhatHasADefaultIsKeptInRowsWhoseKeyIsNormalised) {
  Run(kUpperKey);
  Json items = {{{"sku", "a"}, {"title", "1"}, {"kind", "fine"}}, {{"sku", "b"}, {"title", "1"}}};
  server_->MustCall("ItemRepository.BatchUpsert", {{"items", items}});
  Json again = {{{"sku", "a"}, {"title", "2"}}, {{"sku", "b"}, {"title", "2"}, {"kind", "fair"}}};
  const Json answer = server_->MustCall("ItemRepository.BatchUpsert", {{"items", again}});
  EXPECT_EQ(answer["items"][0]["kind"], "fine");
  EXPECT_EQ(answer["items"][1]["kind"], "fair");
}

TEST_F(UpsertSurroundingsTest, KeysOfSeveralFieldsThatBindLiveRowsOnly) {
  const auto member = [](const std::string& club, const std::string& email, const std::string& name) {
    return Json{{"club", club}, {"email", email}, {"name", name}};
  };
  const auto upsert = [&](const Json& members) {
    return server_->MustCall("MemberRepository.BatchUpsert", {{"members", members}});
  };
  const Json first = upsert({member("b", "x", "1"), member("a", "y", "2"), member("a", "x", "3")});
  EXPECT_EQ(first["outcomes"].dump(),
            R"(["WRITE_OUTCOME_INSERTED","WRITE_OUTCOME_INSERTED","WRITE_OUTCOME_INSERTED"])");
  server_->MustCall("MemberRepository.SoftDelete", {{"id", first["members"][1]["id"]}});
  const Json second = upsert({member("a", "y", "2"), member("b", "x", "4"), member("a", "x", "3")});
  EXPECT_EQ(second["outcomes"].dump(),
            R"(["WRITE_OUTCOME_INSERTED","WRITE_OUTCOME_UPDATED","WRITE_OUTCOME_UNCHANGED"])");
  EXPECT_NE(second["members"][0]["id"], first["members"][1]["id"]);
  EXPECT_EQ(second["members"][1]["id"], first["members"][0]["id"]);
  EXPECT_EQ(second["members"][2], first["members"][2]);
  EXPECT_EQ(Value("SELECT count(*) FROM member"), "4");
}

/// A look-up that is not hashed goes over all elements for each element.
TEST_F(UpsertSurroundingsTest, EveryLookUpOfAnElementIsHashed) {
  const auto connection = server_->Connect();
  const auto execute = [&](const std::string& text) {
    db::Query query;
    query.text = text;
    query.result = ResultShape::Any();
    auto rows = connection->Execute(query);
    EXPECT_TRUE(rows.ok()) << text << ": " << rows.status();
    std::string lines;
    for (int row = 0; rows.ok() && row < rows->size(); ++row) lines += Cat(std::string(rows->cell(row, 0)), "\n");
    return lines;
  };
  execute(sql::GenericPlansText());
  int statements = 0;
  for (const auto& plan : server_->loaded().plans) {
    if (plan->change() != catalogue::Change::kUpsert) continue;
    for (const sql::SampledStatement& sample : sql::SampleStatements(*plan)) {
      SCOPED_TRACE(Cat(plan->full_name, " ", sample.label));
      const std::string name = Cat("s", ++statements);
      execute(sql::PrepareText(name, sample.statement));
      const std::string lines = execute(sql::ExplainText(name, sample.statement));
      EXPECT_EQ(lines.find("(SubPlan "), std::string::npos) << lines;
      const bool looks_up = sample.statement.outcome_cell >= 0;
      EXPECT_EQ(lines.find("hashed SubPlan") != std::string::npos, looks_up) << lines;
    }
  }
  EXPECT_GT(statements, 15);
}

/// The statement waits for another transaction, and then meets what that one left.
class OvertakenTest : public UpsertSurroundingsTest, public ::testing::WithParamInterface<bool> {
 protected:
  /// Runs `sql` beside the upsert, which waits for it.
  CallResult Overtaken(const std::string& sql, const Json& items) {
    Blocker blocker(server_.get(), sql);
    std::unique_ptr<Unit> unit = GetParam() ? std::make_unique<Unit>(server_.get()) : nullptr;
    auto answer = std::async(std::launch::async, [&] {
      CallResult result = server_->Call("ItemRepository.BatchUpsert", {{"items", items}},
                                        unit == nullptr ? CallOptions() : unit->Inside());
      if (unit != nullptr) {
        const CallResult end = result.ok() ? unit->Commit() : unit->Rollback();
        EXPECT_TRUE(end.ok()) << end.status();
      }
      return result;
    });
    EXPECT_TRUE(Eventually(server_.get(),
                           "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                           "wait_event_type = 'Lock' AND query LIKE '%item%')"));
    blocker.End("COMMIT");
    return answer.get();
  }
};

INSTANTIATE_TEST_SUITE_P(AloneAndInAUnit, OvertakenTest, ::testing::Bool());

TEST_P(OvertakenTest, ByANewRow) {
  const Json items = {Item("c", "1"), Item("a", "1"), Item("b", "1")};
  EXPECT_EQ(AllSaid(Overtaken("INSERT INTO item (sku, title) VALUES ('a', '0'), ('b', '1')", items)),
            "INSERTED c:1:1, UPDATED a:1:2, UNCHANGED b:1:1");
  EXPECT_EQ(Stored(), "a:1:2, b:1:1, c:1:1");
}

TEST_P(OvertakenTest, ByADeletion) {
  Run("INSERT INTO item (sku, title) VALUES ('a', '0'), ('b', '0')");
  EXPECT_EQ(AllSaid(Overtaken("DELETE FROM item", {Item("b", "1"), Item("a", "1")})), "INSERTED b:1:1, INSERTED a:1:1");
}

TEST_P(OvertakenTest, ByADeletionOfTheVersionThatIsToBeReplaced) {
  Run("INSERT INTO item (sku, title) VALUES ('a', '0')");
  Json item = Item("a", "1");
  item["version"] = "1";
  EXPECT_EQ(Summary(Overtaken("DELETE FROM item", {Item("b", "1"), item})), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Stored(), "");
}

TEST_P(OvertakenTest, ByAnotherKey) {
  Run("INSERT INTO item (sku, title) VALUES ('a', '0')");
  EXPECT_EQ(AllSaid(Overtaken("UPDATE item SET sku = 'b'", {Item("a", "1")})), "INSERTED a:1:1");
  EXPECT_EQ(Stored(), "a:1:1, b:0:1");
}

TEST_P(OvertakenTest, ByTheSameValues) {
  Run("INSERT INTO item (sku, title) VALUES ('a', '0')");
  EXPECT_EQ(AllSaid(Overtaken("UPDATE item SET title = '1'", {Item("a", "1"), Item("b", "1")})),
            "UNCHANGED a:1:1, INSERTED b:1:1");
}

TEST_P(OvertakenTest, ByAnotherVersionOrImmutableValue) {
  Run("INSERT INTO item (sku, title, maker) VALUES ('a', '0', 'm')");
  Json item = Item("a", "1");
  item.update({{"version", "1"}, {"maker", "m"}});
  EXPECT_EQ(Summary(Overtaken("UPDATE item SET version = 2", {item, Item("b", "1")})), "ABORTED VERSION_MISMATCH");
  item["version"] = "2";
  EXPECT_EQ(Summary(Overtaken("UPDATE item SET maker = 'n'", {item, Item("b", "1")})),
            "INVALID_ARGUMENT INVALID_FIELD [items[0].maker]");
  EXPECT_EQ(Stored(), "a:0:2");
}

/// Eight clients that upsert and delete rows of few keys, in batches and alone. What they were told adds up to what is
/// there.
enum class Keys { kAsStored, kMixedCase };
struct Load {
  int calls = 0;  ///< of each client
  Keys keys = Keys::kAsStored;
};
/// What clients were told.
struct Tally {
  std::atomic<int> inserted{0}, updated{0}, deleted{0}, again{0};
};

constexpr int kKeys = 9;

void DeleteOne(InProcessServer* server, std::minstd_rand* random, Tally* tally) {
  const auto answer = server->Call("ItemRepository.Delete", {{"sku", Cat("K", (*random)() % kKeys)}});
  if (answer.ok()) ++tally->deleted;
  EXPECT_TRUE(answer.ok() || absl::IsNotFound(answer.status())) << answer.status();
}

void UpsertSome(InProcessServer* server, Keys keys, std::minstd_rand* random, Tally* tally) {
  std::map<int, Json> rows;
  for (int i = 0; i < 4; ++i) {
    const int key = static_cast<int>((*random)() % kKeys);
    const bool low = keys == Keys::kMixedCase && (*random)() % 2 == 0;
    rows[key] = {{"sku", Cat(low ? "k" : "K", key)}, {"title", Cat("t", (*random)() % 3)}};
  }
  Json items = Json::array();
  for (const auto& [key, row] : rows) items.push_back(row);
  const auto answer = server->Call("ItemRepository.BatchUpsert", {{"items", items}});
  if (!answer.ok()) {
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kAborted) << answer.status();
    ++tally->again;
    return;
  }
  ASSERT_EQ((*answer)["items"].size(), rows.size());
  size_t i = 0;
  for (const auto& [key, row] : rows) {
    EXPECT_EQ((*answer)["items"][i]["sku"], Cat("K", key));
    EXPECT_EQ((*answer)["items"][i]["title"], row["title"]);
    if ((*answer)["outcomes"][i] == "WRITE_OUTCOME_INSERTED") ++tally->inserted;
    if ((*answer)["outcomes"][i] == "WRITE_OUTCOME_UPDATED") ++tally->updated;
    ++i;
  }
}

void AddsUp(InProcessServer* server, const Load& load) {
  constexpr int kClients = 8;
  Tally tally;
  std::vector<std::thread> clients;
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([&, client] {
      std::minstd_rand random(static_cast<unsigned>(client + 1));
      for (int call = 0; call < load.calls; ++call) {
        if (random() % 3 == 0) {
          DeleteOne(server, &random, &tally);
        } else {
          UpsertSome(server, load.keys, &random, &tally);
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(server->database().Value("SELECT count(*) FROM item"), std::to_string(tally.inserted - tally.deleted));
  EXPECT_EQ(
      server->database().Value("SELECT concat(n_i, ' ', n_u, ' ', n_d) FROM (SELECT count(*) FILTER (WHERE what = "
                               "'INSERT') n_i, count(*) FILTER (WHERE what = 'UPDATE') n_u, count(*) FILTER (WHERE "
                               "what = 'DELETE') n_d FROM done) AS counts"),
      Cat(tally.inserted.load(), " ", tally.updated.load(), " ", tally.deleted.load()));
  EXPECT_LT(tally.again, kClients * load.calls / 4);
}

/// Writes down what really happened to rows.
constexpr char kWitness[] =
    "CREATE TABLE done (what text); CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "
    "done VALUES (TG_OP); RETURN NULL; END $$; CREATE TRIGGER witness AFTER INSERT OR UPDATE OR DELETE ON item FOR "
    "EACH "
    "ROW EXECUTE FUNCTION witness();";

TEST_F(UpsertSurroundingsTest, OutcomesOfConcurrentClientsAddUp) {
  Run(kWitness);
  AddsUp(server_.get(), {60, Keys::kAsStored});
}

TEST_F(UpsertSurroundingsTest, OutcomesOfConcurrentClientsOfAPartitionedTableAddUp) {
  Run(kPartitioned);
  Run(kWitness);
  AddsUp(server_.get(), {60, Keys::kAsStored});
}

TEST_F(UpsertSurroundingsTest, OutcomesOfConcurrentClientsAddUpWhereATriggerNormalisesKeys) {
  Run(kUpperKey);
  Run(kWitness);
  AddsUp(server_.get(), {15, Keys::kMixedCase});
}

}  // namespace
}  // namespace rowkeeper::testing
