// What a caller who is not on a field's list may not write, and what is left of a row that it writes.
#include "absl/strings/match.h"
#include "tests/pg/server/field_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

class FieldWritesTest : public FieldRulesTest {
 protected:
  /// What the table holds, so that nobody can have written anything.
  static std::string Table() {
    return server().database().Value("SELECT string_agg(p::text, ';' ORDER BY id) FROM persons p");
  }
  Json Part(const Json& fields) const {
    Json person = {{"id", id_}};
    person.update(fields);
    return person;
  }
};

TEST_F(FieldWritesTest, AFieldThatMayNotBeWrittenIsRefusedBeforeAnythingIsExecuted) {
  struct Case {
    std::string method;
    Json request;
    std::string refusal;
  };
  const std::string before = Table();
  for (const Case& c : std::vector<Case>{
           {"Create", {{"person", {{"name", "N"}, {"salary", "1"}}}}, "write salary"},
           {"Create", {{"person", {{"name", "N"}, {"extra", {{"a", 1}}}}}}, "write extra"},
           {"Create", {{"person", {{"name", "N"}, {"phone", "1"}}}}, "write phone"},
           {"BatchCreate", {{"people", {{{"name", "N"}}, {{"name", "M"}, {"rank", "x"}}}}}, "write rank"},
           {"BatchCreatePartial", {{"people", {{{"name", "N"}}, {{"name", "M"}, {"rank", "x"}}}}}, "write rank"},
           {"Update", {{"person", Part({{"salary", "1"}})}, {"update_mask", "salary"}}, "write salary"},
           {"Update", {{"person", Part({{"name", "N"}})}, {"update_mask", "name,salary"}}, "write salary"},
           {"Update", {{"person", Part({{"extra", {{"a", 1}}}})}, {"update_mask", "extra.a"}}, "write extra"},
           {"Update", {{"person", Part({{"name", "N"}, {"rank", "x"}})}, {"update_mask", "*"}}, "write rank"},
           {"Update", {{"person", Part({{"name", "N"}, {"mail", "m"}})}, {"update_mask", "*"}}, "write phone"},
           {"Update", {{"person", Part({{"origin", kSecret}})}, {"update_mask", "origin"}}, "read origin"},
           {"Update", {{"person", Part({{"origin", "else"}})}, {"update_mask", "origin"}}, "read origin"},
           {"BatchUpdate", {{"people", {Part({{"rank", "x"}})}}, {"update_mask", "rank"}}, "write rank"},
           {"BatchUpdate", {{"people", {Part({{"name", "N"}, {"rank", "x"}})}}, {"update_mask", "*"}}, "write rank"},
           {"BatchUpdate",
            {{"people", {Part({{"name", "N"}, {"note", "x"}}), {{"id", manager_}, {"name", "M"}}}},
             {"update_mask", "*"}},
            "read note"},
           {"Update", {{"person", Part({{"name", "N"}})}, {"update_mask", "*,salary"}}, "write salary"},
           {"Update", {{"person", Part({{"name", "N"}})}, {"update_mask", "*,extra.a"}}, "write extra"},
           {"BatchUpdate", {{"people", {Part({{"name", "N"}})}}, {"update_mask", "*,salary"}}, "write salary"},
           {"UpdateWhere", {{"person", {{"mail", "x"}}}, {"update_mask", "*,salary"}, {"name", "Ada"}}, "write salary"},
           {"Upsert", {{"person", Part({{"name", "N"}})}, {"update_mask", "*,salary"}}, "write salary"},
           {"Upsert", {{"person", Part({{"name", "N"}, {"salary", "1"}})}}, "write salary"},
           {"Upsert", {{"person", Part({{"name", "N"}})}, {"update_mask", "name,salary"}}, "write salary"},
           {"Upsert", {{"person", Part({{"name", "N"}, {"rank", "x"}})}, {"update_mask", "name"}}, "write rank"},
           {"Upsert", {{"person", Part({{"name", "N"}, {"note", kSecret}})}}, "read note"},
           {"BatchUpsert", {{"people", {Part({{"name", "N"}, {"salary", "1"}})}}}, "write salary"},
           {"UpdateWhere", {{"person", {{"rank", "x"}}}, {"update_mask", "rank"}, {"name", "Ada"}}, "write rank"},
       }) {
    const std::string method = "PersonRepository." + c.method;
    EXPECT_EQ(Call(method, c.request), Denied(c.refusal)) << method << " " << c.request;
    RunRequest run(&server());
    run.Add("PersonRepository.Create", {{"person", {{"name", "First"}}}}).Add(method, c.request);
    EXPECT_EQ(Answer(run.Send(Staff()).status()), Denied(c.refusal)) << method << " " << c.request;
    EXPECT_EQ(Table(), before) << method << " " << c.request;
  }
}

TEST_F(FieldWritesTest, WhoIsOnTheListWritesThem) {
  const Json ada = Must("PersonRepository.Update",
                        {{"person", Part({{"salary", "1"}, {"rank", "x"}})}, {"update_mask", "salary,rank"}}, Hr());
  EXPECT_EQ(ada.value("salary", ""), "1");
  EXPECT_EQ(ada.value("rank", ""), "x");
}

TEST_F(FieldWritesTest, WhatIsLeftOutGetsItsDefaultInANewRow) {
  const std::string id = Must("PersonRepository.Create", {{"person", {{"name", "New"}}}}, Staff()).value("id", "");
  const Json stored = Must("PersonRepository.GetById", {{"id", id}}, Hr());
  EXPECT_EQ(stored.value("rank", ""), "junior");
  EXPECT_EQ(stored.value("salary", "0"), "0");
}

TEST_F(FieldWritesTest, AFieldThatMayBeWrittenAndNotReadIsWritten) {
  Must("PersonRepository.Update", {{"person", Part({{"note", "mine"}})}, {"update_mask", "note"}}, Staff());
  EXPECT_EQ(Stored().value("note", ""), "mine");
  Must("PersonRepository.UpdateWhere", {{"person", {{"note", "ours"}}}, {"update_mask", "note"}, {"name", "Ada"}},
       Staff());
  EXPECT_EQ(Stored().value("note", ""), "ours");
  Must("PersonRepository.Update", {{"person", Part({{"name", "Ada"}, {"note", "new"}})}, {"update_mask", "*"}},
       Staff());
  EXPECT_EQ(Stored().value("note", ""), "new");
}

TEST_F(FieldWritesTest, TheMaskForAllLeavesAloneWhatTheCallerDoesNotSee) {
  const Json before = Stored();
  const auto kept = [&] {
    Json now = Stored();
    for (const char* const field : {"salary", "note", "badge", "manager_id", "extra", "origin", "phone", "rank"}) {
      EXPECT_EQ(now[field], before[field]) << field;
    }
    return now;
  };
  Must("PersonRepository.Update", {{"person", Part({{"name", "One"}})}, {"update_mask", "*"}}, Staff());
  EXPECT_EQ(kept().value("name", ""), "One");
  EXPECT_FALSE(Stored().contains("department_id")) << "which the caller could have sent";
  Must("PersonRepository.BatchUpdate", {{"people", {Part({{"name", "Two"}})}}, {"update_mask", "*"}}, Staff());
  EXPECT_EQ(kept().value("name", ""), "Two");
  Must("PersonRepository.Upsert", {{"person", Part({{"name", "Three"}})}}, Staff());
  EXPECT_EQ(kept().value("name", ""), "Three");
  Must("PersonRepository.Upsert", {{"person", Part({{"name", "Four"}})}, {"update_mask", "*"}}, Staff());
  EXPECT_EQ(kept().value("name", ""), "Four");
  Must("PersonRepository.BatchUpsert", {{"people", {Part({{"name", "Five"}})}}}, Staff());
  EXPECT_EQ(kept().value("name", ""), "Five");
  Must("PersonRepository.UpdateWhere", {{"person", {{"name", "Six"}}}, {"update_mask", "*"}, {"name", "Five"}},
       Staff());
  EXPECT_EQ(kept().value("name", ""), "Six");
}

TEST_F(FieldWritesTest, AFieldThatIsNamedBesideTheMaskForAllIsWritten) {
  Must("PersonRepository.Update", {{"person", Part({{"name", "Ada"}})}, {"update_mask", "*,note"}}, Staff());
  EXPECT_FALSE(Stored().contains("note"));
  EXPECT_EQ(Stored().value("salary", ""), "4711");
}

TEST_F(FieldWritesTest, ABatchOfOneClearsAsASingleUpdateDoes) {
  // Of the oneof, nobody but hr reads the one member, and everybody writes it.
  for (const bool batch : {false, true}) {
    Must("PersonRepository.Update", {{"person", Part({{"desk", "d"}})}, {"update_mask", "desk"}}, Staff());
    EXPECT_EQ(Stored().value("desk", ""), "d");
    const Json person = Part({{"name", "Ada"}, {"car", "c"}});
    if (batch) {
      Must("PersonRepository.BatchUpdate", {{"people", {person}}, {"update_mask", "*"}}, Staff());
    } else {
      Must("PersonRepository.Update", {{"person", person}, {"update_mask", "*"}}, Staff());
    }
    EXPECT_FALSE(Stored().contains("desk")) << batch;
    EXPECT_EQ(Stored().value("car", ""), "c") << batch;
  }
}

TEST_F(FieldWritesTest, AMaskThatDoesNotNameAFieldLeavesItsValueUnread) {
  const Json update = {{"person", Part({{"name", "N"}, {"rank", "as read"}})}, {"update_mask", "name"}};
  EXPECT_EQ(Must("PersonRepository.Update", update, Staff()).value("rank", ""), "senior");
}

TEST_F(FieldWritesTest, ImportsRefuseThem) {
  StreamClient stream(&server(), "PersonRepository.Import", Staff());
  stream.Send({{"people", {{{"name", "I"}, {"salary", "5"}}}}});
  stream.SendNoMore();
  EXPECT_EQ(Answer(EndOf(&stream)), Denied("write salary"));
  EXPECT_EQ(server().database().Value("SELECT count(*) FROM persons WHERE name = 'I'"), "0");
}

TEST_F(FieldWritesTest, ARunMayNotFillThem) {
  RunRequest run(&server());
  run.Add("PersonRepository.GetById", {{"id", id_}})
      .Add("PersonRepository.Create", {{"person", {{"name", "Copy"}}}}, {{"person.rank", 0, "rank"}});
  EXPECT_EQ(Answer(run.Send(Staff()).status()), Denied("write rank"));
  EXPECT_TRUE(run.Send(Hr()).ok());
}

TEST_F(FieldWritesTest, ARefusalLeavesAUnitAsItWas) {
  const Unit unit(&server(), Json::object(), Staff());
  unit.MustCall("PersonRepository.Create", {{"person", {{"name", "InUnit"}}}});
  EXPECT_EQ(Answer(unit.Call("PersonRepository.Create", {{"person", {{"name", "N"}, {"rank", "x"}}}}).status()),
            Denied("write rank"));
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_EQ(server().database().Value("SELECT count(*) FROM persons WHERE name = 'InUnit'"), "1");
}

}  // namespace
}  // namespace rowkeeper::testing
