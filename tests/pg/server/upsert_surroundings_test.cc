#include <string>
#include <vector>

#include "server/sql/variants.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/upsert_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

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
  EXPECT_EQ(AllSaid(BatchUpsert({{"new", "n"}, {"low", "a"}, {"LOW", "b"}})), "INVALID_ARGUMENT INVALID_FIELD []");
  EXPECT_EQ(AllSaid(BatchUpsert({{"low", "a"}, {"Low", "b"}})), "INVALID_ARGUMENT INVALID_FIELD []");
  EXPECT_EQ(Stored(), "");
  ASSERT_TRUE(Upsert("LOW", "x").ok());
  for (const char* title : {"x", "y"}) {  // the row would be left alone, or changed
    EXPECT_THAT(AllSaid(BatchUpsert({{"new", "n"}, {"LOW", title}, {"low", "b"}})), HasSubstr("INVALID_ARGUMENT"));
  }
  const auto both = BatchUpsert({{"new", "n"}, {"Low", "a"}, {"low", "b"}});
  EXPECT_EQ(Summary(both), "INVALID_ARGUMENT INVALID_FIELD []");
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

TEST_F(UpsertSurroundingsTest, AKeyThatATriggerEmptiesIsNoKeyToLookBy) {
  Run("CREATE FUNCTION on_member() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.email := nullif(NEW.email, "
      "'none'); "
      "RETURN NEW; END $$; CREATE TRIGGER on_member BEFORE INSERT OR UPDATE ON member FOR EACH ROW EXECUTE FUNCTION "
      "on_member(); ALTER TABLE member ALTER email DROP NOT NULL; DROP INDEX uq_member_club_email; CREATE UNIQUE INDEX "
      "uq_member_club_email ON member (club, email) NULLS NOT DISTINCT WHERE deleted_at IS NULL; INSERT INTO member "
      "(club, "
      "email, name) VALUES ('a', NULL, 'old')");
  const auto answer = server_->Call("MemberRepository.BatchUpsert",
                                    {{"members", {{{"club", "a"}, {"email", "none"}, {"name", "new"}}}}});
  EXPECT_EQ(Summary(answer), "FAILED_PRECONDITION TRIGGER_REFUSED");
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("makes email of the shop.v1.Member empty"));
  EXPECT_EQ(Value("SELECT string_agg(name, ',') FROM member"), "old");
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
            "INVALID_ARGUMENT INVALID_FIELD [items[2].sku]");
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

TEST_F(UpsertSurroundingsTest, AnIndexMayHaveAnotherCollationThanItsColumn) {
  Run("CREATE COLLATION ignore_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false); CREATE UNIQUE "
      "INDEX ON item (sku COLLATE ignore_case);");
  EXPECT_EQ(Said(Upsert("low", "x")), "INSERTED low:x:1");
  EXPECT_EQ(Said(Upsert("LOW", "y")), "UPDATED low:y:2");
  EXPECT_EQ(AllSaid(BatchUpsert({{"new", "n"}, {"Low", "y"}})), "INSERTED new:n:1, UNCHANGED low:y:2");
  EXPECT_EQ(BatchUpsert({{"two", "n"}, {"TWO", "y"}}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Stored(), "low:y:2, new:n:1");
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

}  // namespace
}  // namespace rowkeeper::testing
