#include "tests/pg/server/relations_fixture.h"

namespace rowkeeper::testing {
namespace {

/// kClubs where references hold another unique value than the key: a person's number, a club's tag.
std::string NumberedClubs() {
  std::string text = kClubs;
  const auto replace_all = [&text](const std::string& old, const std::string& by) {
    size_t place = text.find(old);
    ASSERT_NE(place, std::string::npos) << old;
    for (; place != std::string::npos; place = text.find(old, place + by.size())) text.replace(place, old.size(), by);
  };
  replace_all(".references = \"shop.v1.Person\"", " = {references: \"shop.v1.Person\", references_field: \"number\"}");
  replace_all("{references: \"shop.v1.Person\", unique",
              "{references: \"shop.v1.Person\", references_field: \"number\", unique");
  replace_all(".references = \"shop.v1.Club\"", " = {references: \"shop.v1.Club\", references_field: \"tag\"}");
  replace_all("{table: \"people\"};",
              "{table: \"people\" indexes: {fields: \"number\" unique: true include_deleted: true}};\n"
              "  int32 number = 4;");
  replace_all("{default_order_by: \"name\"};",
              "{default_order_by: \"name\" indexes: {fields: \"tag\" unique: true include_deleted: true}};\n"
              "  string tag = 5;");
  return text;
}

class RelationsByNumberTest : public ::testing::Test {
 protected:
  /// The same people and clubs in both. A number is the id of somebody else, a tag the code of another club.
  void SetUp() override {
    ASSERT_TRUE(by_key_.ok() && by_number_.ok());
    by_key_.database().Run(R"(
      INSERT INTO people (id, name, boss_id) VALUES (1, 'Ada', NULL), (2, 'Bob', 1), (3, 'Cid', 1), (4, 'Dan', 2);
      INSERT INTO badges (id, person_id, number) VALUES (1, 1, 70), (2, 2, 71);
      INSERT INTO clubs (code, name, size, leader_id) VALUES ('a', 'Chess', 9, 1), ('b', 'Darts', 3, 1), ('c', 'Go', 4, 2);
      INSERT INTO memberships (id, person_id, club_code) VALUES (1, 1, 'b'), (2, 2, 'b'), (3, 2, 'a'), (4, 3, 'c');
    )");
    by_number_.database().Run(R"(
      INSERT INTO people (id, number, name, boss_id) VALUES
        (1, 4, 'Ada', NULL), (2, 3, 'Bob', 4), (3, 2, 'Cid', 4), (4, 1, 'Dan', 3);
      INSERT INTO badges (id, person_id, number) VALUES (1, 4, 70), (2, 3, 71);
      INSERT INTO clubs (code, tag, name, size, leader_id) VALUES
        ('a', 'b', 'Chess', 9, 4), ('b', 'c', 'Darts', 3, 4), ('c', 'a', 'Go', 4, 3);
      INSERT INTO memberships (id, person_id, club_code) VALUES (1, 4, 'c'), (2, 3, 'c'), (3, 3, 'b'), (4, 2, 'a');
    )");
  }

  void ExpectTheSame(const std::string& method, const Json& request) {
    const Json expected = by_key_.MustCall(method, request);
    EXPECT_EQ(by_number_.MustCall(method, request), expected) << method << request;
    related_ += expected.dump().size();
  }

  InProcessServer by_key_{CompileProtoText(kClubs)};
  InProcessServer by_number_{CompileProtoText(NumberedClubs())};
  size_t related_ = 0;
};

TEST_F(RelationsByNumberTest, EveryKindBringsTheRowsThatAreReferenced) {
  const std::string people[] = {"name,boss.name",
                                "name,reports.name",
                                "name,badge.number",
                                "name,clubs.name",
                                "name,led.name,led.leader.name",
                                "name,boss.boss.name,boss.clubs.name",
                                "clubs.members.name,clubs.memberships.person.name"};
  for (const std::string& mask : people) {
    for (int id = 1; id <= 4; ++id) ExpectTheSame("PersonRepository.GetById", {{"id", id}, {"read_mask", mask}});
    ExpectTheSame("PersonRepository.List", {{"order_by", "name"}, {"read_mask", mask}});
    ExpectTheSame("PersonRepository.BatchGet", {{"ids", {4, 1, 3}}, {"read_mask", mask}});
  }
  for (const std::string mask : {"name,leader.name", "name,members.name", "memberships.club.name"}) {
    for (const std::string code : {"a", "b", "c"})
      ExpectTheSame("ClubRepository.Get", {{"code", code}, {"read_mask", mask}});
  }
  EXPECT_GT(related_, 1000u);
}

}  // namespace
}  // namespace rowkeeper::testing
