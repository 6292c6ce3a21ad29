#include <chrono>
#include <random>
#include <set>
#include <vector>

#include "tests/pg/server/partial_batch_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/call_cost.h"

namespace rowkeeper::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(PartialBatchTest, EachRowIsStoredOrRefusedOnItsOwn) {
  AddNotes(1);
  const Json answer = MustCall("Create", {{"notes",
                                           {Note("a"), Note("s1"), Note("b", {{"author_id", "77"}}),
                                            Note(std::string(21, 'x')), Note("c", {{"title", "kept"}})}}});
  EXPECT_THAT(ResultsOf(answer),
              ElementsAre("OK", "UNIQUE_VIOLATION", "REFERENCE_VIOLATION", "INVALID_FIELD [notes[3].slug]", "OK"));
  ASSERT_EQ(answer["notes"].size(), 5u);
  EXPECT_EQ(answer["notes"][0]["slug"], "a");
  EXPECT_EQ(answer["notes"][0]["version"], "1");
  for (int i : {1, 2, 3}) EXPECT_EQ(answer["notes"][i], Json::object()) << "an empty message where a row was refused";
  EXPECT_EQ(answer["notes"][4]["title"], "kept");
  EXPECT_EQ(answer["results"][1]["code"], 6);
  EXPECT_THAT(answer["results"][1].value("message", ""), HasSubstr("there is already a shop.v1.Note with this slug"));
  EXPECT_EQ(Slugs(), "a,c,s1");
}

TEST_F(PartialBatchTest, TwoRowsThatExcludeEachOtherLeaveTheFirst) {
  const Json answer = MustCall("Create", {{"notes", {Note("a"), Note("b"), Note("a"), Note("c")}}});
  EXPECT_THAT(ResultsOf(answer), ElementsAre("OK", "OK", "UNIQUE_VIOLATION", "OK"));
  EXPECT_EQ(Slugs(), "a,b,c");
}

TEST_F(PartialBatchTest, NothingAndNothingGoodAreAnsweredToo) {
  EXPECT_EQ(MustCall("Create", Json::object()), Json::object());
  AddNotes(1);
  const Json answer = MustCall("Create", {{"notes", {Note("s1"), Note(std::string(30, 'x'))}}});
  EXPECT_THAT(ResultsOf(answer), ElementsAre("UNIQUE_VIOLATION", "INVALID_FIELD [notes[1].slug]"));
  EXPECT_EQ(answer["notes"], (Json{Json::object(), Json::object()}));
}

TEST_F(PartialBatchTest, MistakesOfTheWholeRequestAreErrorsOfTheCall) {
  AddNotes(1);
  EXPECT_EQ(Summary(Call("Update", {{"notes", {{{"id", "1"}, {"title", "x"}}}}})),
            "INVALID_ARGUMENT INVALID_FIELD [update_mask]");
  Json many = Json::array();
  for (int i = 0; i < 1001; ++i) many.push_back(Note(Cat("n", i)));
  EXPECT_EQ(ReasonOf(Call("Create", {{"notes", many}})), "BATCH_TOO_LARGE");
  EXPECT_EQ(Slugs(), "s1");
}

TEST_F(PartialBatchTest, UpdatesRowByRow) {
  AddNotes(6);
  Sql("UPDATE notes SET deleted_at = now() WHERE id = 3");
  const Json rows = {{{"id", "1"}, {"slug", "one"}},     {{"id", "99"}, {"slug", "none"}},
                     {{"id", "3"}, {"slug", "deleted"}}, {{"id", "4"}, {"slug", "four"}, {"version", "8"}},
                     {{"id", "5"}, {"slug", "one"}},     {{"id", "6"}, {"slug", "six"}, {"version", "1"}},
                     {{"id", "1"}, {"slug", "again"}},   {{"id", "2"}, {"slug", "two"}, {"version", "-1"}},
                     {{"id", "2"}, {"slug", "two"}}};
  const Json answer = MustCall("Update", {{"notes", rows}, {"update_mask", "slug"}});
  EXPECT_THAT(ResultsOf(answer),
              ElementsAre("OK", "ROW_NOT_FOUND", "ROW_NOT_FOUND", "VERSION_MISMATCH", "UNIQUE_VIOLATION", "OK",
                          "INVALID_FIELD [notes[6].id]", "INVALID_FIELD [notes[7].version]", "OK"));
  EXPECT_THAT(answer["results"][1].value("message", ""), HasSubstr("notes[1] (99)"));
  EXPECT_THAT(answer["results"][3].value("message", ""), HasSubstr("notes[3] (version 8)"));
  EXPECT_EQ(answer["notes"][0]["version"], "2");
  EXPECT_EQ(answer["notes"][5]["slug"], "six");
  EXPECT_EQ(answer["notes"][8]["slug"], "two");
  EXPECT_EQ(Slugs(), "one,s4,s5,six,two");
}

TEST_F(PartialBatchTest, AnImmutableFieldIsNamedUnderItsElement) {
  AddNotes(2);
  const Json rows = {{{"id", "1"}, {"kind", "other"}, {"title", "a"}}, {{"id", "2"}, {"title", "b"}}};
  const Json answer = MustCall("Update", {{"notes", rows}, {"update_mask", "title,kind"}});
  EXPECT_THAT(ResultsOf(answer), ElementsAre("INVALID_FIELD [notes[0].kind]", "OK"));
}

TEST_F(PartialBatchTest, AMistakeThatOnlyTheDatabaseSeesIsNamedUnderItsElement) {
  Sql("ALTER TABLE notes ADD CONSTRAINT no_swearing CHECK (title <> 'damn')");
  Sql("ALTER TABLE notes ALTER COLUMN title TYPE varchar(5)");
  const Json answer = MustCall("Create", {{"notes", {Note("a"), Note("b", {{"title", "damn"}})}}});
  Sql("ALTER TABLE notes DROP CONSTRAINT no_swearing");
  Sql("ALTER TABLE notes ALTER COLUMN title TYPE text");
  EXPECT_EQ(answer["results"][1]["code"], 3);
  for (const Json& field : answer["results"][1].value("fields", Json::array())) {
    EXPECT_THAT(field.get<std::string>(), ::testing::StartsWith("notes[1]"));
  }
  EXPECT_EQ(Slugs(), "a");
}

TEST_F(PartialBatchTest, SoftDeletesAndRestoresRowByRow) {
  AddNotes(3);
  const auto key = [](int id, int version = 0) {
    return Json{{"id", std::to_string(id)}, {"version", std::to_string(version)}};
  };
  const Json gone = MustCall("SoftDelete", {{"keys", {key(1, 1), key(9), key(2, 5), key(3)}}});
  EXPECT_THAT(ResultsOf(gone), ElementsAre("OK", "ROW_NOT_FOUND", "VERSION_MISMATCH", "OK"));
  EXPECT_TRUE(gone["notes"][3].contains("deleted_at"));
  EXPECT_EQ(Slugs(), "s2");
  Sql("INSERT INTO notes (slug, title, kind) VALUES ('s3', '', '')");
  const Json back = MustCall("Restore", {{"keys", {key(1), key(2), key(3)}}});
  EXPECT_THAT(ResultsOf(back), ElementsAre("OK", "ROW_NOT_DELETED", "UNIQUE_VIOLATION"));
  EXPECT_EQ(Slugs(), "s1,s2,s3");
}

TEST_F(PartialBatchTest, WhatMayBeMissingIsNoFailure) {
  AddNotes(2);
  const Json keys = {{{"id", "9"}}, {{"id", "1"}}, {{"id", "2"}, {"version", "7"}}};
  const Json answer = MustCall("SoftDelete", {{"keys", keys}, {"allow_missing", true}});
  EXPECT_THAT(ResultsOf(answer), ElementsAre("OK", "OK", "VERSION_MISMATCH"));
  EXPECT_EQ(answer["missing"].size(), 1u);
  EXPECT_EQ(answer["missing"][0]["id"], "9");
  EXPECT_EQ(answer["notes"][0], Json::object());
  EXPECT_EQ(answer["notes"][1]["slug"], "s1");
}

TEST_F(PartialBatchTest, DeletesRowByRow) {
  AddNotes(3);
  Sql("INSERT INTO replies (note_id) VALUES (2)");
  const Json answer = MustCall("Delete", Ids({3, 2, 8, 1}));
  EXPECT_THAT(ResultsOf(answer), ElementsAre("OK", "REFERENCE_VIOLATION", "ROW_NOT_FOUND", "OK"));
  EXPECT_EQ(Slugs(), "s2");
}

TEST_F(PartialBatchTest, UpsertsRowByRow) {
  AddNotes(4);
  Sql("UPDATE notes SET deleted_at = now() WHERE id = 4");
  const Json rows = {{{"id", "1"}, {"slug", "s1"}},
                     {{"id", "2"}, {"slug", "new"}},
                     {{"id", "50"}, {"slug", "s3"}},
                     {{"id", "51"}, {"slug", "fresh"}},
                     {{"id", "3"}, {"slug", "s3"}, {"version", "4"}},
                     {{"id", "4"}, {"slug", "s4"}},
                     {{"slug", "nokey"}}};
  const Json answer = MustCall("Upsert", {{"notes", rows}});
  EXPECT_THAT(ResultsOf(answer), ElementsAre("OK", "OK", "UNIQUE_VIOLATION", "OK", "VERSION_MISMATCH",
                                             "UNIQUE_VIOLATION", "INVALID_FIELD [notes[6].id]"));
  EXPECT_EQ(answer["outcomes"], (Json{"WRITE_OUTCOME_UNCHANGED", "WRITE_OUTCOME_UPDATED", "WRITE_OUTCOME_UNSPECIFIED",
                                      "WRITE_OUTCOME_INSERTED", "WRITE_OUTCOME_UNSPECIFIED",
                                      "WRITE_OUTCOME_UNSPECIFIED", "WRITE_OUTCOME_UNSPECIFIED"}));
  EXPECT_EQ(answer["notes"][1]["version"], "2");
  EXPECT_EQ(answer["notes"][0]["slug"], "s1");
  EXPECT_EQ(Slugs(), "fresh,new,s1,s3");
}

TEST_F(PartialBatchTest, RandomBadRowsAreExactlyThoseThatAreRefused) {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    SetUp();
    AddNotes(5);
    const int count = 1 + static_cast<int>(random() % 60);
    Json notes = Json::array();
    std::set<int> bad;
    for (int i = 0; i < count; ++i) {
      const bool refused = random() % 4 == 0;
      if (refused) bad.insert(i);
      const Json more = refused && i % 2 == 0 ? Json{{"author_id", "9"}} : Json::object();
      notes.push_back(Note(refused && i % 2 == 1 ? "s2" : Cat("n", i), more));
    }
    const Json answer = MustCall("Create", {{"notes", notes}});
    const std::vector<std::string> results = ResultsOf(answer);
    ASSERT_EQ(results.size(), static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(results[i] == "OK", bad.count(i) == 0) << i << " of " << count << ": " << results[i];
      EXPECT_EQ(answer["notes"][i].value("slug", ""), bad.count(i) ? "" : notes[i].value("slug", "")) << i;
    }
    EXPECT_EQ(Value("SELECT count(*) FROM notes"), Cat(5 + count - static_cast<int>(bad.size())));
  }
}

TEST_F(PartialBatchTest, AGoodBatchIsOneStatementAndAFewBadRowsAreFewMore) {
  constexpr int kRows = 1000;
  AddNotes(5);
  const auto statements = [](const std::set<int>& bad) {
    Json notes = Json::array();
    for (int i = 0; i < kRows; ++i) notes.push_back(Note(bad.count(i) ? "s1" : RandomHex(8)));
    const CostedAnswer answer = CallCosted(&server(), "NoteRepository.Create", {{"notes", notes}});
    EXPECT_TRUE(answer.answer.ok()) << answer.answer.status();
    return answer.statements;
  };
  EXPECT_EQ(statements({}), 1);
  EXPECT_LE(statements({500}), 15);
  EXPECT_LE(statements({0}), 30);
  EXPECT_LE(statements({0, 333, 999}), 50);
  std::set<int> ten, half, all;
  for (int i = 0; i < kRows; ++i) {
    all.insert(i);
    if (i % 2 == 0) half.insert(i);
    if (i % 100 == 50) ten.insert(i);
  }
  EXPECT_LE(statements(ten), 100);
  EXPECT_LE(statements(half), kRows + 15);
  EXPECT_LE(statements(all), kRows + 12);
  EXPECT_EQ(Value("SELECT count(*) FROM notes"), Cat(5 + 1000 + 999 + 999 + 997 + 990 + 500));
}

TEST_F(PartialBatchTest, InAUnitOfWorkRefusedRowsDoNotFailTheUnit) {
  AddNotes(1);
  Unit unit(&server());
  unit.MustCall("UnitOfWork.Savepoint", {{"handle", unit.handle()}, {"name", "before"}});
  const Json answer =
      unit.MustCall("NoteRepository.Create", {{"notes", {Note("a"), Note("s1"), Note("b", {{"author_id", "7"}})}}});
  EXPECT_THAT(ResultsOf(answer), ElementsAre("OK", "UNIQUE_VIOLATION", "REFERENCE_VIOLATION"));
  EXPECT_EQ(Slugs(), "s1");
  EXPECT_THAT(ResultsOf(unit.MustCall("NoteRepository.Delete", Ids({1, 77}))), ElementsAre("OK", "ROW_NOT_FOUND"));
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(Slugs(), "a");

  Unit other(&server());
  other.MustCall("UnitOfWork.Savepoint", {{"handle", other.handle()}, {"name", "before"}});
  other.MustCall("NoteRepository.Create", {{"notes", {Note("c"), Note("a")}}});
  other.MustCall("UnitOfWork.RollbackTo", {{"handle", other.handle()}, {"name", "before"}});
  other.MustCall("NoteRepository.Create", {{"notes", {Note("d"), Note("a")}}});
  ASSERT_TRUE(other.Commit().ok());
  EXPECT_EQ(Slugs(), "a,d");
}

TEST_F(PartialBatchTest, InARunRefusedRowsDoNotEndTheRun) {
  AddNotes(1);
  const auto answers = RunRequest(&server())
                           .Add("NoteRepository.Create", {{"notes", {Note("a"), Note("s1"), Note("b")}}})
                           .Add("NoteRepository.Update",
                                {{"notes", {{{"id", "1"}, {"title", "x"}}, {{"id", "55"}}}}, {"update_mask", "title"}})
                           .Send();
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_THAT(ResultsOf((*answers)[0]), ElementsAre("OK", "UNIQUE_VIOLATION", "OK"));
  EXPECT_THAT(ResultsOf((*answers)[1]), ElementsAre("OK", "ROW_NOT_FOUND"));
  EXPECT_EQ(Slugs(), "a,b,s1");
}

TEST_F(PartialBatchTest, TextsAreNeverSql) {
  AddNotes(1);
  const std::string evil[] = {"'); DROP TABLE notes", "{\"a\",NULL}", "\\\"}", "NULL", "$1"};
  Json notes = Json::array({Note("s1")});
  for (const std::string& text : evil) notes.push_back(Note(text, {{"title", text}}));
  const Json answer = MustCall("Create", {{"notes", notes}});
  EXPECT_THAT(ResultsOf(answer), ElementsAre("UNIQUE_VIOLATION", "OK", "OK", "OK", "OK", "OK"));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(answer["notes"][i + 1]["slug"], evil[i]);
    EXPECT_EQ(answer["notes"][i + 1]["title"], evil[i]);
  }
}

using PartialPlannerTest = PlannerTest;

TEST_F(PartialPlannerTest, TheExampleTakesWhatIsGood) {
  const std::string owner = NewProfile();
  const Json todos = {{{"owner_id", owner}, {"title", "good"}},
                      {{"owner_id", kNoId}, {"title", "nobody's"}},
                      {{"owner_id", "me"}, {"title", "no uuid"}},
                      {{"owner_id", owner}, {"title", "good too"}, {"due_at", "2026-05-05T10:00:00Z"}}};
  const Json answer = MustCall("TodoRepository.BatchCreatePartial", {{"todos", todos}});
  EXPECT_THAT(ResultsOf(answer), ElementsAre("OK", "REFERENCE_VIOLATION", "INVALID_FIELD [todos[2].owner_id]", "OK"));
  EXPECT_EQ(answer["todos"][3], GetTodo(answer["todos"][3].value("id", "")));
  const Json rows = {{{"id", answer["todos"][0]["id"]}, {"title", "better"}, {"version", "1"}},
                     {{"id", answer["todos"][3]["id"]}, {"title", "stale"}, {"version", "9"}}};
  EXPECT_THAT(ResultsOf(MustCall("TodoRepository.BatchUpdatePartial", {{"todos", rows}, {"update_mask", "title"}})),
              ElementsAre("OK", "VERSION_MISMATCH"));
}

}  // namespace
}  // namespace rowkeeper::testing
