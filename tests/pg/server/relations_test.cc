#include "tests/pg/server/relations_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/call_cost.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

/// Ada leads, Bob and Cid report to her, Dan to Bob; three clubs.
class RelationsTest : public ::testing::Test {
 protected:
  static InProcessServer::Options Limited() {
    InProcessServer::Options options;
    options.serve.max_relation_depth = 3;
    options.serve.max_relations = 8;
    options.serve.max_related_rows = 5000;
    options.serve.max_related_kib = 64;
    return options;
  }

  void SetUp() override {
    server_.database().Run(R"(
      INSERT INTO people (id, name, boss_id) VALUES (1, 'Ada', NULL), (2, 'Bob', 1), (3, 'Cid', 1), (4, 'Dan', 2);
      INSERT INTO badges (id, person_id, number) VALUES (1, 1, 70), (2, 2, 71);
      INSERT INTO clubs (code, name, size, leader_id) VALUES
        ('a{,}"\', 'Chess', 9, 1), ('b', 'Darts', NULL, 1), ('NULL', 'Go', 3, 1), ('d', 'it''s "open"; --', 1, 2);
      INSERT INTO memberships (id, person_id, club_code) VALUES
        (1, 1, 'b'), (2, 2, 'b'), (3, 2, 'a{,}"\'), (4, 2, 'b'), (5, 3, 'NULL');
      SELECT setval(pg_get_serial_sequence('people', 'id'), 100);
    )");
  }

  Json Get(int id, const std::string& mask) {
    return server_.MustCall("PersonRepository.GetById", {{"id", id}, {"read_mask", mask}});
  }
  std::string Refusal(const std::string& mask) {
    return Summary(server_.Call("PersonRepository.GetById", {{"id", 1}, {"read_mask", mask}}));
  }
  std::string Message(const std::string& method, const Json& request) {
    return std::string(server_.Call(method, request).status().message());
  }
  static std::vector<std::string> Names(const Json& rows) {
    std::vector<std::string> names;
    for (const Json& row : rows) names.push_back(row.value("name", "?"));
    return names;
  }
  void Execute(const std::string& sql) { server_.database().Run(sql); }

  InProcessServer server_{CompileProtoText(kClubs), Limited()};
};

using Strings = std::vector<std::string>;

TEST_F(RelationsTest, NothingIsLoadedUnlessNamed) {
  const Json plain = {{"id", 2}, {"name", "Bob"}, {"boss_id", 1}};
  EXPECT_EQ(server_.MustCall("PersonRepository.GetById", {{"id", 2}}), plain);
  EXPECT_EQ(Get(2, "*"), plain);
  EXPECT_EQ(CallCosted(&server_, "PersonRepository.GetById", {{"id", 2}, {"read_mask", "*"}}).statements, 1);
}

TEST_F(RelationsTest, ToOneByOwnReferenceBringsTheRow) {
  EXPECT_EQ(Get(2, "boss"), (Json{{"boss", {{"id", 1}, {"name", "Ada"}}}}));
  EXPECT_EQ(Get(2, "id,boss.name"), (Json{{"id", 2}, {"boss", {{"name", "Ada"}}}}));
  EXPECT_EQ(Get(2, "*,boss.id"), (Json{{"id", 2}, {"name", "Bob"}, {"boss_id", 1}, {"boss", {{"id", 1}}}}));
  EXPECT_EQ(Get(1, "boss"), Json::object()) << "she has none";
}

TEST_F(RelationsTest, ToOneByTheOthersUniqueReferenceBringsTheRow) {
  EXPECT_EQ(Get(1, "badge.number"), (Json{{"badge", {{"number", 70}}}}));
  EXPECT_EQ(Get(3, "badge"), Json::object());
  EXPECT_EQ(Get(2, "badge.person.name"), (Json{{"badge", {{"person", {{"name", "Bob"}}}}}}));
}

TEST_F(RelationsTest, ToManyComesInItsOrder) {
  EXPECT_EQ(Get(1, "reports.name"), (Json{{"reports", {{{"name", "Cid"}}, {{"name", "Bob"}}}}}));
  EXPECT_EQ(Get(4, "reports"), Json::object());
}

TEST_F(RelationsTest, ToManyHasItsFilterOrderAndLimit) {
  EXPECT_EQ(Names(Get(1, "led")["led"]), (Strings{"Chess", "Go"})) << "Darts has no size";
  Execute("UPDATE clubs SET size = 12 WHERE name = 'Darts'");
  EXPECT_EQ(Names(Get(1, "led")["led"]), (Strings{"Darts", "Chess"})) << "two at most";
  EXPECT_EQ(Names(Get(2, "led")["led"]), (Strings{"it's \"open\"; --"})) << "the filter's text is a parameter";
}

TEST_F(RelationsTest, JoinEntityLinksOnceHoweverOftenItSaysSo) {
  EXPECT_EQ(Names(Get(2, "clubs")["clubs"]), (Strings{"Chess", "Darts"}));
  EXPECT_EQ(Names(Get(3, "clubs.name")["clubs"]), (Strings{"Go"}));
  const Json club = server_.MustCall("ClubRepository.Get", {{"code", "b"}, {"read_mask", "members.name"}});
  EXPECT_EQ(Names(club["members"]), (Strings{"Ada", "Bob"}));
}

TEST_F(RelationsTest, JoinEntityCanBeSeenItself) {
  const Json club = server_.MustCall("ClubRepository.Get", {{"code", "b"}, {"read_mask", "memberships.person.name"}});
  EXPECT_EQ(club["memberships"].size(), 3u);
  EXPECT_EQ(club["memberships"][0], (Json{{"person", {{"name", "Ada"}}}}));
}

TEST_F(RelationsTest, KeysThatNeedQuotingAreFound) {
  const Json clubs = server_.MustCall("ClubRepository.List", {{"read_mask", "code,members.id"}})["clubs"];
  ASSERT_EQ(clubs.size(), 4u);
  EXPECT_EQ(clubs[0], (Json{{"code", "a{,}\"\\"}, {"members", {{{"id", 2}}}}}));
  EXPECT_EQ(clubs[2], (Json{{"code", "NULL"}, {"members", {{{"id", 3}}}}}));
}

TEST_F(RelationsTest, SelfReferenceGoesUpAndDown) {
  EXPECT_EQ(Get(4, "boss.boss.name"), (Json{{"boss", {{"boss", {{"name", "Ada"}}}}}}));
  EXPECT_EQ(Get(1, "reports.name,reports.reports.name"),
            (Json{{"reports", {{{"name", "Cid"}}, {{"name", "Bob"}, {"reports", {{{"name", "Dan"}}}}}}}}));
}

TEST_F(RelationsTest, DeletedRowsAreAbsentOnEveryKindOfRelation) {
  Execute(
      "UPDATE people SET deleted_at = now() WHERE id IN (1, 3); UPDATE badges SET deleted_at = now();"
      "UPDATE clubs SET is_deleted = true WHERE code = 'b';");
  EXPECT_EQ(Get(2, "id,boss,badge"), (Json{{"id", 2}}));
  EXPECT_EQ(Names(Get(2, "clubs")["clubs"]), (Strings{"Chess"}));
  const Json club = server_.MustCall("ClubRepository.Get", {{"code", "NULL"}, {"read_mask", "leader,members,code"}});
  EXPECT_EQ(club, (Json{{"code", "NULL"}})) << "its leader and its only member are deleted";
  Execute("UPDATE memberships SET deleted_at = now() WHERE id = 3");
  EXPECT_EQ(Get(2, "clubs"), Json::object()) << "a deleted row of the join entity links nothing";
  Execute("UPDATE people SET deleted_at = NULL");
  EXPECT_EQ(Get(2, "boss.name"), (Json{{"boss", {{"name", "Ada"}}}}));
}

TEST_F(RelationsTest, ADeletedParentThatIsAskedForStillShowsItsLiveChildren) {
  Execute("UPDATE people SET deleted_at = now() WHERE id IN (1, 3)");
  const Json ada = server_.MustCall("PersonRepository.GetById",
                                    {{"id", 1}, {"deleted", "DELETED_INCLUDE"}, {"read_mask", "reports.name"}});
  EXPECT_EQ(ada, (Json{{"reports", {{{"name", "Bob"}}}}}));
}

TEST_F(RelationsTest, AnInverseOfAUniqueKeyIsTheLiveRow) {
  Execute(
      "UPDATE badges SET deleted_at = now() WHERE id = 1; INSERT INTO badges (id, person_id, number) VALUES (9, 1, "
      "99)");
  EXPECT_EQ(Get(1, "badge.number"), (Json{{"badge", {{"number", 99}}}}));
}

TEST_F(RelationsTest, PagesBringRelationsAndTheMaskMayChangeBetweenThem) {
  const Json first = server_.MustCall("PersonRepository.List",
                                      {{"page_size", 3}, {"order_by", "name"}, {"read_mask", "name,boss.name"}});
  EXPECT_EQ(first["people"], (Json{{{"name", "Ada"}},
                                   {{"name", "Bob"}, {"boss", {{"name", "Ada"}}}},
                                   {{"name", "Cid"}, {"boss", {{"name", "Ada"}}}}}));
  const Json second = server_.MustCall(
      "PersonRepository.List",
      {{"page_size", 3}, {"order_by", "name"}, {"read_mask", "boss.id"}, {"page_token", first["next_page_token"]}});
  EXPECT_EQ(second, (Json{{"people", {{{"boss", {{"id", 2}}}}}}}));
}

TEST_F(RelationsTest, BatchGetKeepsTheRequestsOrderAndBringsThemForEachMention) {
  const Json answer = server_.MustCall("PersonRepository.BatchGet",
                                       {{"ids", {4, 2, 4}}, {"read_mask", "name,boss.name,reports.id,badge.number"}});
  const Json dan = {{"name", "Dan"}, {"boss", {{"name", "Bob"}}}};
  const Json bob = {
      {"name", "Bob"}, {"boss", {{"name", "Ada"}}}, {"reports", {{{"id", 4}}}}, {"badge", {{"number", 71}}}};
  EXPECT_EQ(answer["people"], (Json{dan, bob, dan}));
}

TEST_F(RelationsTest, OneStatementForEachRelationAndLevelWhateverTheNumberOfParents) {
  const auto cost = [&](const std::string& mask) {
    const CostedAnswer costed = CallCosted(&server_, "PersonRepository.List", {{"page_size", 4}, {"read_mask", mask}});
    EXPECT_TRUE(costed.answer.ok()) << costed.answer.status();
    return costed.statements;
  };
  EXPECT_EQ(cost("name"), 1);
  EXPECT_EQ(cost("boss"), 2);
  EXPECT_EQ(cost("boss,reports,clubs"), 4);
  EXPECT_EQ(cost("reports.reports.clubs"), 4);
  EXPECT_EQ(cost("boss.name,boss.id,boss.badge"), 3);
  Execute("DELETE FROM memberships; UPDATE people SET boss_id = NULL");
  EXPECT_EQ(cost("boss.clubs"), 1) << "no parent has a boss to look for";
  EXPECT_EQ(cost("clubs.leader"), 2) << "there is no club to look for leaders of";
}

TEST_F(RelationsTest, AUnitOfWorkSeesItsOwnRows) {
  const Unit unit(&server_);
  const Json eve = unit.MustCall("PersonRepository.Create", {{"person", {{"name", "Eve"}, {"boss_id", 1}}}});
  const Json request = {{"id", 1}, {"read_mask", "reports.name"}};
  EXPECT_EQ(Names(unit.MustCall("PersonRepository.GetById", request)["reports"]), (Strings{"Eve", "Cid", "Bob"}));
  EXPECT_EQ(Names(Get(1, "reports.name")["reports"]), (Strings{"Cid", "Bob"}));
  EXPECT_EQ(Summary(unit.Rollback()), "OK");
}

TEST_F(RelationsTest, ARepeatableReadUnitShowsParentsAndChildrenOfOneMoment) {
  const Unit unit(&server_, Isolated("REPEATABLE_READ"));
  unit.MustCall("PersonRepository.GetById", {{"id", 1}});
  Execute("INSERT INTO people (id, name, boss_id) VALUES (7, 'Gus', 1); UPDATE people SET name = 'Bobby' WHERE id = 2");
  const Json request = {{"id", 1}, {"read_mask", "reports.name"}};
  EXPECT_EQ(Names(unit.MustCall("PersonRepository.GetById", request)["reports"]), (Strings{"Cid", "Bob"}));
  EXPECT_EQ(Names(Get(1, "reports.name")["reports"]), (Strings{"Gus", "Cid", "Bobby"}));
}

TEST_F(RelationsTest, ARunReadsThemToo) {
  const auto answers = RunRequest(&server_)
                           .Add("PersonRepository.Create", {{"person", {{"name", "Eve"}, {"boss_id", 4}}}})
                           .Add("PersonRepository.GetById", {{"id", 4}, {"read_mask", "reports.name"}})
                           .Send();
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ((*answers)[1], (Json{{"reports", {{{"name", "Eve"}}}}}));
}

TEST_F(RelationsTest, WritesIgnoreThem) {
  const Json eve = server_.MustCall(
      "PersonRepository.Create",
      {{"person", {{"name", "Eve"}, {"boss", {{"name", "Nobody"}}}, {"reports", {{{"name", "Nobody"}}}}}}});
  EXPECT_EQ(eve.count("boss"), 0u);
  EXPECT_EQ(server_.database().Value("SELECT count(*) FROM people WHERE name = 'Nobody'"), "0");
  const Json changed = server_.MustCall(
      "PersonRepository.Update",
      {{"person", {{"id", 2}, {"name", "Rob"}, {"boss_id", 1}, {"boss", {{"name", "Nobody"}}}}}, {"update_mask", "*"}});
  EXPECT_EQ(changed, (Json{{"id", 2}, {"name", "Rob"}, {"boss_id", 1}}));
}

TEST_F(RelationsTest, AnUpdateMaskCannotNameThem) {
  for (const char* path : {"boss", "boss.name", "reports"}) {
    const Json request = {{"person", {{"id", 2}, {"boss", {{"name", "X"}}}}}, {"update_mask", path}};
    const auto answer = server_.Call("PersonRepository.Update", request);
    EXPECT_EQ(Summary(answer), "INVALID_ARGUMENT INVALID_FIELD [update_mask]") << path;
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr("written by their own repository"));
  }
}

TEST_F(RelationsTest, WrongPathsAreRefused) {
  for (const char* path : {"boss.salary", "reports.", "clubs..name", "boss.name.first", "boss.*.name",
                           "led.'; DROP TABLE people; --", "boss.\"name\"", "badge.person.*.id"}) {
    EXPECT_EQ(Refusal(path), "INVALID_ARGUMENT INVALID_FIELD [read_mask]") << path;
  }
  EXPECT_THAT(Message("PersonRepository.GetById", {{"id", 1}, {"read_mask", "clubs.nme"}}),
              HasSubstr("\"nme\", which is not a field of shop.v1.Club; the fields are code, name, size"));
  EXPECT_EQ(server_.database().Value("SELECT count(*) FROM people"), "4");
}

TEST_F(RelationsTest, TooDeepAPathIsRefusedBeforeTheDatabaseIsAsked) {
  EXPECT_EQ(Get(4, "boss.boss.boss.name,id"), (Json{{"id", 4}, {"boss", {{"boss", Json::object()}}}}));
  EXPECT_EQ(Refusal("boss.boss.boss.boss"), "INVALID_ARGUMENT READ_TOO_LARGE [read_mask]");
  std::string long_path = "boss";
  for (int i = 0; i < 100000; ++i) long_path += ".boss";
  EXPECT_EQ(Refusal(long_path), "INVALID_ARGUMENT READ_TOO_LARGE [read_mask]");
  EXPECT_EQ(CallCosted(&server_, "PersonRepository.GetById", {{"id", 1}, {"read_mask", long_path}}).statements, 0);
}

TEST_F(RelationsTest, TooManyRelationsAreRefused) {
  const auto answer =
      server_.Call("PersonRepository.GetById",
                   {{"id", 1}, {"read_mask", "boss,reports,badge,clubs,led,boss.badge,boss.boss,boss.clubs,boss.led"}});
  EXPECT_EQ(Summary(answer), "INVALID_ARGUMENT READ_TOO_LARGE [read_mask]");
  EXPECT_EQ(MetadataOf(answer.status(), "limit"), "max-relations");
}

TEST_F(RelationsTest, TooManyRowsAreRefusedWithThePageSizeThatFits) {
  const Json request = {{"page_size", 125}, {"read_mask", "reports.clubs"}};  // 10 + 10 * 3 for each
  const auto answer = server_.Call("PersonRepository.List", {{"page_size", 126}, {"read_mask", "reports.clubs"}});
  EXPECT_EQ(Summary(answer), "INVALID_ARGUMENT READ_TOO_LARGE [read_mask]");
  EXPECT_EQ(MetadataOf(answer.status(), "limit"), "max-related-rows");
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("send a page_size of at most 125"));
  EXPECT_TRUE(server_.Call("PersonRepository.List", request).ok());
  EXPECT_EQ(Refusal("reports.reports.reports,reports.clubs.members,clubs.members.clubs"),
            "INVALID_ARGUMENT READ_TOO_LARGE [read_mask]")
      << "a get has no page to make smaller";
}

TEST_F(RelationsTest, TooManyBytesEndTheCallBeforeTheNextStatement) {
  Execute("UPDATE people SET name = repeat('x', 40000) WHERE boss_id = 1");
  const Json request = {{"read_mask", "reports.name,clubs"}};
  const auto answer = server_.Call("PersonRepository.List", request);
  EXPECT_EQ(Summary(answer), "RESOURCE_EXHAUSTED RELATED_ROWS_TOO_LARGE");
  EXPECT_EQ(MetadataOf(answer.status(), "value"), "65536 bytes");
  EXPECT_EQ(CallCosted(&server_, "PersonRepository.List", request).statements, 2) << "the clubs were not read";
}

TEST_F(RelationsTest, ARowThatManyShareCannotMakeTheAnswerTooLarge) {
  InProcessServer::Options small;
  small.serve.max_response_kib = 64;
  InProcessServer server(CompileProtoText(kClubs), small);
  server.database().Run(
      "INSERT INTO people (id, name) VALUES (1, repeat('x', 10000));"
      "INSERT INTO people (id, name, boss_id) SELECT i, 'n', 1 FROM generate_series(2, 50) i");
  const auto answer = server.Call("PersonRepository.List", {{"read_mask", "boss.name"}});
  EXPECT_EQ(Summary(answer), "RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE");
}

}  // namespace
}  // namespace rowkeeper::testing
