// What a caller who is not on a field's list gets to see of it: nothing, whatever it asks.
#include "absl/strings/match.h"
#include "tests/pg/server/field_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::UnorderedElementsAre;

constexpr const char* kHidden[] = {"salary", "note", "badge", "manager_id", "extra", "origin"};

class FieldReadsTest : public FieldRulesTest {
 protected:
  /// Nothing of what is hidden, and what is not hidden.
  static void ExpectPart(const Json& person, const std::string& name = "Ada") {
    EXPECT_EQ(person.value("name", ""), name) << person;
    EXPECT_TRUE(person.contains("version")) << person;
    for (const char* const field : kHidden) EXPECT_FALSE(person.contains(field)) << field << ": " << person;
    EXPECT_FALSE(absl::StrContains(person.dump(), kSecret)) << person;
  }
};

TEST_F(FieldReadsTest, WhoIsOnTheListSeesAll) {
  const Json person = Stored();
  for (const char* const field : kHidden) EXPECT_TRUE(person.contains(field)) << field << ": " << person;
}

TEST_F(FieldReadsTest, AnswersLackTheFields) {
  ExpectPart(Must("PersonRepository.GetById", {{"id", id_}}, Staff()));
  ExpectPart(Must("PersonRepository.GetById", {{"id", id_}, {"read_mask", "*"}}, Staff()));
  ExpectPart(Must("PersonRepository.BatchGet", {{"ids", {id_}}}, Staff())["people"][0]);
  ExpectPart(Must("PersonRepository.List", {{"filter", "name = Ada"}}, Staff())["people"][0]);
  ExpectPart(Must("PersonRepository.FindNamed", {{"name", "Ada"}}, Staff())["people"][0]);
  ExpectPart(Must("PersonRepository.FindOneNamed", {{"name", "Ada"}}, Staff()));
  const Json update = {{"person", {{"id", id_}, {"mail", "a@b"}}}, {"update_mask", "mail"}};
  EXPECT_EQ(Call("PersonRepository.Update", update), Denied("write phone")) << "it clears the phone";
  ExpectPart(
      Must("PersonRepository.Update", {{"person", {{"id", id_}, {"name", "Eve"}}}, {"update_mask", "name"}}, Staff()),
      "Eve");
  ExpectPart(Must("PersonRepository.BatchUpdate",
                  {{"people", {{{"id", id_}, {"name", "Ada"}}}}, {"update_mask", "name"}}, Staff())["people"][0]);
  ExpectPart(Must("PersonRepository.Upsert", {{"person", {{"id", id_}, {"name", "Eve"}}}}, Staff())["person"], "Eve");
  ExpectPart(Must("PersonRepository.Create", {{"person", {{"name", "Bob"}, {"note", kSecret}}}}, Staff()), "Bob");
  ExpectPart(
      Must("PersonRepository.BatchCreate", {{"people", {{{"name", "Cid"}, {"note", kSecret}}}}}, Staff())["people"][0],
      "Cid");
  EXPECT_EQ(Stored().value("salary", ""), "4711") << "and nothing was lost";
}

TEST_F(FieldReadsTest, ABatchOfWhichNothingIsStoredIsAnsweredToo) {
  const Json answer = Must("PersonRepository.BatchCreatePartial",
                           {{"people", {{{"name", "Ada"}}, {{"name", std::string(100, 'x')}}}}}, Staff());
  EXPECT_EQ(answer["people"].size(), 2) << answer;
  EXPECT_EQ(answer["results"].size(), 2) << answer;
}

TEST_F(FieldReadsTest, StreamsAndRunsLackThem) {
  const auto stream = StartExport(&server(), "PersonRepository.Export", Json::object(), Staff());
  int people = 0;
  while (const auto message = stream->Receive()) {
    for (const Json& person : (*message)["people"]) {
      ++people;
      ExpectPart(person, person.value("name", ""));
    }
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(people, 2);
  RunRequest run(&server());
  run.Add("PersonRepository.GetById", {{"id", id_}}).Add("PersonRepository.FindOneNamed", {{"name", "Ada"}});
  const auto answers = run.Send(Staff());
  ASSERT_TRUE(answers.ok()) << answers.status();
  for (const Json& person : *answers) ExpectPart(person);
  const Unit unit(&server(), Json::object(), Staff());
  ExpectPart(unit.MustCall("PersonRepository.GetById", {{"id", id_}}));
  EXPECT_TRUE(unit.Do("Rollback").ok());
}

TEST_F(FieldReadsTest, RelationsOnEveryLevelLackThem) {
  const Json person =
      Must("PersonRepository.GetById", {{"id", id_}, {"read_mask", "*,department,department.people"}}, Staff());
  ExpectPart(person);
  const Json& department = person["department"];
  EXPECT_EQ(department.value("name", ""), "Sales");
  EXPECT_FALSE(department.contains("budget")) << department;
  ASSERT_EQ(department["people"].size(), 1);
  ExpectPart(department["people"][0]);
  const Json all = Must("PersonRepository.GetById", {{"id", id_}, {"read_mask", "department.*"}}, Staff());
  EXPECT_FALSE(all["department"].contains("budget")) << all;
  const Json hr = Must("PersonRepository.GetById", {{"id", id_}, {"read_mask", "manager,department"}}, Hr());
  EXPECT_EQ(hr["manager"].value("name", ""), "Boss");
  EXPECT_EQ(hr["department"].value("budget", ""), kSecret);
}

TEST_F(FieldReadsTest, AMaskThatNamesOneIsRefused) {
  for (const auto& [mask, field] : std::vector<std::pair<std::string, std::string>>{
           {"salary", "salary"},
           {"name,extra.k", "extra"},
           {"*,note", "note"},
           {"department.budget", "department.budget"},
           {"department.people.badge", "department.people.badge"},
           {"manager", "manager"},
           {"manager.name", "manager.name"},
           {"department.bySalary", "department.by_salary"},
           {"department.rich", "department.rich"},
       }) {
    for (const std::string& id : {id_, std::string("00000000-0000-4000-8000-000000000001")}) {
      EXPECT_EQ(Call("PersonRepository.GetById", {{"id", id}, {"read_mask", mask}}), Denied("read " + field)) << mask;
    }
    EXPECT_EQ(Call("PersonRepository.List", {{"read_mask", mask}}), Denied("read " + field)) << mask;
    EXPECT_EQ(Call("PersonRepository.BatchGet", {{"ids", {id_}}, {"read_mask", mask}}), Denied("read " + field))
        << mask;
    EXPECT_TRUE(server().Call("PersonRepository.GetById", {{"id", id_}, {"read_mask", mask}}, Hr()).ok()) << mask;
  }
  const auto stream = StartExport(&server(), "PersonRepository.Export", {{"read_mask", "salary"}}, Staff());
  EXPECT_EQ(Answer(EndOf(stream.get())), Denied("read salary"));
}

TEST_F(FieldReadsTest, WhatWouldTellAValueIsRefused) {
  struct Case {
    std::string method;
    Json request;
    std::string field;
  };
  for (const Case& c : std::vector<Case>{
           {"PersonRepository.List", {{"filter", "salary > 4000"}}, "salary"},
           {"PersonRepository.List", {{"filter", "name = Ada OR NOT (note = null)"}}, "note"},
           {"PersonRepository.List", {{"order_by", "name, salary desc"}}, "salary"},
           {"PersonRepository.List", {{"salary_above", "1"}}, "salary"},
           {"PersonRepository.List", {{"without_note", false}}, "note"},
           {"PersonRepository.List", {{"search", "secret"}}, "note"},
           {"PersonRepository.ListByNote", {{"note", kSecret}}, "note"},
           {"PersonRepository.ListByNote", Json::object(), "note"},
           {"PersonRepository.Count", {{"filter", "salary = 4711"}}, "salary"},
           {"PersonRepository.Count", {{"salary_above", "1"}}, "salary"},
           {"PersonRepository.GetByBadge", {{"badge", kSecret}}, "badge"},
           {"PersonRepository.GetByBadge", {{"badge", "none"}}, "badge"},
           {"PersonRepository.UpsertByBadge", {{"person", {{"name", "Z"}, {"badge", "none"}}}}, "badge"},
           {"PersonRepository.DeleteWhere", {{"filter", "salary = 4711"}}, "salary"},
           {"PersonRepository.DeleteWhere", {{"salary", "4711"}}, "salary"},
           {"PersonRepository.UpdateWhere",
            {{"person", {{"name", "x"}}}, {"update_mask", "name"}, {"filter", "note:*"}},
            "note"},
       }) {
    EXPECT_EQ(Call(c.method, c.request), Denied("read " + c.field)) << c.method << " " << c.request;
    EXPECT_NE(ReasonOf(server().Call(c.method, c.request, Hr())), "FIELD_NOT_ALLOWED") << c.method << " " << c.request;
    SetUp();
  }
  const auto stream = StartExport(&server(), "PersonRepository.Export", {{"note", "x"}}, Staff());
  EXPECT_EQ(Answer(EndOf(stream.get())), Denied("read note"));
}

TEST_F(FieldReadsTest, ARefusalStandsAboveWhatElseIsWrong) {
  EXPECT_EQ(Call("PersonRepository.List", {{"filter", "salary = 1"}, {"page_size", -1}, {"order_by", "nonsense"}}),
            Denied("read salary"));
}

TEST_F(FieldReadsTest, ARunBorrowsNoneFromAnEarlierCall) {
  for (const char* const method : {"PersonRepository.GetById", "PersonRepository.FindOneNamed"}) {
    const bool by_id = absl::StrContains(method, "GetById");
    RunRequest run(&server());
    run.Add(method, by_id ? Json{{"id", id_}} : Json{{"name", "Ada"}})
        .Add("PersonRepository.Create", {{"person", {{"name", "Thief"}}}}, {{"person.name", 0, "note"}});
    const absl::Status status = run.Send(Staff()).status();
    EXPECT_EQ(Answer(status), Denied("read note")) << method;
    EXPECT_EQ(MetadataOf(status, "call"), "1") << method;
    EXPECT_TRUE(run.Send(Hr()).ok()) << method;
    EXPECT_EQ(server().database().Value(Cat("SELECT count(*) FROM persons WHERE name = '", kSecret, "'")), "1");
    server().database().Run(Cat("DELETE FROM persons WHERE name = '", kSecret, "'"));
  }
}

TEST_F(FieldReadsTest, ARunNamesTheCallThatIsRefused) {
  RunRequest run(&server());
  run.Add("PersonRepository.Create", {{"person", {{"name", "New"}}}})
      .Add("PersonRepository.List", {{"filter", "salary = 1"}});
  const absl::Status status = run.Send(Staff()).status();
  EXPECT_EQ(Answer(status), Denied("read salary"));
  EXPECT_EQ(MetadataOf(status, "call"), "1");
  EXPECT_EQ(server().database().Value("SELECT count(*) FROM persons WHERE name = 'New'"), "0");
}

TEST_F(FieldReadsTest, PagesFollowEachOther) {
  for (int i = 0; i < 5; ++i) Must("PersonRepository.Create", {{"person", {{"name", Cat("P", i)}}}}, Hr());
  Json request = {{"page_size", 2}, {"order_by", "name"}};
  std::vector<std::string> names;
  do {
    const Json page = Must("PersonRepository.List", request, Staff());
    for (const Json& person : page["people"]) names.push_back(person.value("name", ""));
    request["page_token"] = page.value("next_page_token", "");
  } while (request["page_token"] != "");
  EXPECT_THAT(names, UnorderedElementsAre("Ada", "Boss", "P0", "P1", "P2", "P3", "P4"));
}

TEST_F(FieldReadsTest, AnonymousCallersAreOnNoListOfRoles) {
  ExpectPart(Must("PersonRepository.GetById", {{"id", id_}}, CallOptions()));
  EXPECT_EQ(Call("PersonRepository.GetById", {{"id", id_}, {"read_mask", "salary"}}, CallOptions()),
            Denied("read salary"));
}

}  // namespace
}  // namespace rowkeeper::testing
