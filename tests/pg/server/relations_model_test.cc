#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>

#include "tests/pg/server/relations_fixture.h"

namespace rowkeeper::testing {
namespace {

/// The rows of the club catalogue, as plain data that questions are answered from.
struct Model {
  struct Person {
    int id = 0;
    std::string name;
    std::optional<int> boss;
    bool deleted = false;
  };
  struct Badge {
    int id = 0;
    int person = 0;
    int number = 0;
    bool deleted = false;
  };
  struct Club {
    std::string code;
    std::string name;
    std::optional<int> size;
    std::optional<int> leader;
    bool deleted = false;
  };
  struct Membership {
    int id = 0;
    int person = 0;
    std::string club;
    bool deleted = false;
  };
  std::vector<Person> people;
  std::vector<Badge> badges;
  std::vector<Club> clubs;
  std::vector<Membership> memberships;
};

/// What a read mask asks for at one level.
struct Wanted {
  std::set<std::string> fields;
  std::map<std::string, Wanted> relations;
};

/// The fields and relations of an entity, and where the relations lead.
struct Shape {
  std::vector<std::string> fields;
  std::map<std::string, std::string> relations;
};

const std::map<std::string, Shape>& Shapes() {
  static const auto* const shapes = new std::map<std::string, Shape>{
      {"Person",
       {{"id", "name", "boss_id"},
        {{"boss", "Person"}, {"reports", "Person"}, {"badge", "Badge"}, {"clubs", "Club"}, {"led", "Club"}}}},
      {"Badge", {{"id", "person_id", "number"}, {{"person", "Person"}}}},
      {"Club",
       {{"code", "name", "size", "leader_id"},
        {{"leader", "Person"}, {"members", "Person"}, {"memberships", "Membership"}}}},
      {"Membership", {{"id", "person_id", "club_code"}, {{"person", "Person"}, {"club", "Club"}}}},
  };
  return *shapes;
}

class RelationsModelTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  void SetUp() override {
    random_.seed(GetParam());
    Fill();
    Store();
  }

  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint32_t>(limit)); }
  bool OneIn(int count) { return Below(count) == 0; }

  // -- rows

  void Fill() {
    for (int i = 1; i <= 30; ++i) {
      Model::Person person{i, Cat("n", 10 + Below(40)), std::nullopt, OneIn(6)};
      if (i > 1 && !OneIn(5)) person.boss = 1 + Below(i - 1);
      model_.people.push_back(person);
    }
    for (int i = 1; i <= 30; ++i) {
      if (OneIn(2)) model_.badges.push_back({i, i, Below(100) + 1, OneIn(5)});
      if (OneIn(8)) model_.badges.push_back({i + 100, i, Below(100) + 1, true});
    }
    const std::string odd[] = {"", "{x,y}", "\"q\"", "\\", "it's", "NULL", " spaces ", "$1"};
    for (int i = 10; i < 26; ++i) {
      Model::Club club{Cat("c", i, odd[Below(8)]), Cat("n", 10 + Below(5)), std::nullopt, std::nullopt, OneIn(5)};
      if (!OneIn(3)) club.size = Below(6);
      if (!OneIn(3)) club.leader = 1 + Below(30);
      model_.clubs.push_back(club);
    }
    for (int i = 1; i <= 120; ++i) {
      model_.memberships.push_back({i, 1 + Below(30), model_.clubs[static_cast<size_t>(Below(16))].code, OneIn(6)});
    }
  }

  static std::string Number(std::optional<int> number) { return number ? std::to_string(*number) : "NULL"; }
  static std::string Time(bool deleted) { return deleted ? "now()" : "NULL"; }

  void Store() {
    std::string sql;
    for (const auto& p : model_.people) {
      sql += Cat("INSERT INTO people (id, name, boss_id, deleted_at) VALUES (", p.id, ",", Quoted(p.name), ",",
                 Number(p.boss), ",", Time(p.deleted), ");");
    }
    for (const auto& b : model_.badges) {
      sql += Cat("INSERT INTO badges (id, person_id, number, deleted_at) VALUES (", b.id, ",", b.person, ",", b.number,
                 ",", Time(b.deleted), ");");
    }
    for (const auto& c : model_.clubs) {
      sql += Cat("INSERT INTO clubs (code, name, size, leader_id, is_deleted) VALUES (", Quoted(c.code), ",",
                 Quoted(c.name), ",", Number(c.size), ",", Number(c.leader), ",", c.deleted ? "true" : "false", ");");
    }
    for (const auto& m : model_.memberships) {
      sql += Cat("INSERT INTO memberships (id, person_id, club_code, deleted_at) VALUES (", m.id, ",", m.person, ",",
                 Quoted(m.club), ",", Time(m.deleted), ");");
    }
    server_.database().Run(sql);
  }

  // -- questions

  Wanted RandomWanted(const std::string& entity, int depth) {
    const Shape& shape = Shapes().at(entity);
    Wanted wanted;
    for (const std::string& field : shape.fields) {
      if (OneIn(2)) wanted.fields.insert(field);
    }
    for (const auto& [relation, target] : shape.relations) {
      if (depth > 0 && OneIn(3)) wanted.relations[relation] = RandomWanted(target, depth - 1);
    }
    if (wanted.fields.empty() && wanted.relations.empty()) wanted.fields.insert(shape.fields.front());
    return wanted;
  }

  /// The paths of a mask that asks for it; sometimes a relation's fields are said by its name alone or "*".
  void AddPaths(const std::string& entity, const std::string& prefix, Wanted* wanted, std::vector<std::string>* paths) {
    const Shape& shape = Shapes().at(entity);
    if (OneIn(4)) {
      wanted->fields.insert(shape.fields.begin(), shape.fields.end());
      const bool named = !prefix.empty() && OneIn(2);
      paths->push_back(named ? prefix.substr(0, prefix.size() - 1) : prefix + "*");
    } else {
      for (const std::string& field : wanted->fields) paths->push_back(prefix + field);
    }
    for (auto& [relation, below] : wanted->relations) {
      AddPaths(shape.relations.at(relation), prefix + relation + ".", &below, paths);
    }
  }

  std::string MaskOf(const std::string& entity, Wanted* wanted) {
    std::vector<std::string> paths;
    AddPaths(entity, "", wanted, &paths);
    std::shuffle(paths.begin(), paths.end(), random_);
    std::string mask;
    for (const std::string& path : paths) mask += (mask.empty() ? "" : ",") + path;
    return mask;
  }

  // -- answers

  static void Put(const Wanted& wanted, const std::string& field, const Json& value, Json* row) {
    if (wanted.fields.count(field) > 0) (*row)[field] = value;
  }

  template <typename Rows, typename Show>
  static void PutMany(const std::string& field, const Rows& rows, Show show, Json* row) {
    for (const auto* related : rows) (*row)[field].push_back(show(*related));
  }

  const Model::Person* FindPerson(int id) const {
    const Model::Person& person = model_.people[static_cast<size_t>(id - 1)];
    return person.deleted ? nullptr : &person;
  }
  const Model::Club* FindClub(const std::string& code) const {
    for (const auto& club : model_.clubs) {
      if (club.code == code && !club.deleted) return &club;
    }
    return nullptr;
  }

  std::vector<const Model::Person*> Reports(int boss) const {
    std::vector<const Model::Person*> rows;
    for (const auto& person : model_.people) {
      if (person.boss == boss && !person.deleted) rows.push_back(&person);
    }
    std::sort(rows.begin(), rows.end(),
              [](auto* a, auto* b) { return a->name != b->name ? a->name > b->name : a->id > b->id; });
    rows.resize(std::min<size_t>(rows.size(), 10));
    return rows;
  }

  std::vector<const Model::Club*> ClubsOf(int person) const {
    std::set<const Model::Club*> found;
    for (const auto& membership : model_.memberships) {
      if (membership.person != person || membership.deleted) continue;
      if (const Model::Club* club = FindClub(membership.club)) found.insert(club);
    }
    std::vector<const Model::Club*> rows(found.begin(), found.end());
    std::sort(rows.begin(), rows.end(),
              [](auto* a, auto* b) { return a->name != b->name ? a->name < b->name : a->code < b->code; });
    rows.resize(std::min<size_t>(rows.size(), 3));
    return rows;
  }

  std::vector<const Model::Club*> Led(int person) const {
    std::vector<const Model::Club*> rows;
    for (const auto& club : model_.clubs) {
      if (club.leader == person && !club.deleted && club.size.value_or(0) > 2) rows.push_back(&club);
    }
    std::sort(rows.begin(), rows.end(), [](auto* a, auto* b) {
      if (a->size != b->size) return *a->size > *b->size;
      return a->name != b->name ? a->name < b->name : a->code < b->code;
    });
    rows.resize(std::min<size_t>(rows.size(), 2));
    return rows;
  }

  std::vector<const Model::Person*> Members(const std::string& club) const {
    std::set<const Model::Person*> found;
    for (const auto& membership : model_.memberships) {
      if (membership.club != club || membership.deleted) continue;
      if (const Model::Person* person = FindPerson(membership.person)) found.insert(person);
    }
    std::vector<const Model::Person*> rows(found.begin(), found.end());
    std::sort(rows.begin(), rows.end(),
              [](auto* a, auto* b) { return a->name != b->name ? a->name < b->name : a->id < b->id; });
    return rows;
  }

  Json Show(const Model::Person& person, const Wanted& wanted) const {
    Json row = Json::object();
    Put(wanted, "id", person.id, &row);
    Put(wanted, "name", person.name, &row);
    if (person.boss) Put(wanted, "boss_id", *person.boss, &row);
    for (const auto& [relation, below] : wanted.relations) {
      const auto show_person = [&, &w = below](const Model::Person& p) { return Show(p, w); };
      const auto show_club = [&, &w = below](const Model::Club& c) { return Show(c, w); };
      if (relation == "boss" && person.boss && FindPerson(*person.boss))
        row["boss"] = Show(*FindPerson(*person.boss), below);
      if (relation == "reports") PutMany(relation, Reports(person.id), show_person, &row);
      if (relation == "clubs") PutMany(relation, ClubsOf(person.id), show_club, &row);
      if (relation == "led") PutMany(relation, Led(person.id), show_club, &row);
      if (relation != "badge") continue;
      for (const auto& badge : model_.badges) {
        if (badge.person == person.id && !badge.deleted) row["badge"] = Show(badge, below);
      }
    }
    return row;
  }

  Json Show(const Model::Badge& badge, const Wanted& wanted) const {
    Json row = Json::object();
    Put(wanted, "id", badge.id, &row);
    Put(wanted, "person_id", badge.person, &row);
    Put(wanted, "number", badge.number, &row);
    const auto person = wanted.relations.find("person");
    if (person != wanted.relations.end() && FindPerson(badge.person)) {
      row["person"] = Show(*FindPerson(badge.person), person->second);
    }
    return row;
  }

  Json Show(const Model::Club& club, const Wanted& wanted) const {
    Json row = Json::object();
    Put(wanted, "code", club.code, &row);
    Put(wanted, "name", club.name, &row);
    if (club.size) Put(wanted, "size", *club.size, &row);
    if (club.leader) Put(wanted, "leader_id", *club.leader, &row);
    for (const auto& [relation, below] : wanted.relations) {
      const auto show_person = [&, &w = below](const Model::Person& p) { return Show(p, w); };
      if (relation == "leader" && club.leader && FindPerson(*club.leader))
        row["leader"] = Show(*FindPerson(*club.leader), below);
      if (relation == "members") PutMany(relation, Members(club.code), show_person, &row);
      if (relation != "memberships") continue;
      for (const auto& membership : model_.memberships) {
        if (membership.club == club.code && !membership.deleted) row[relation].push_back(Show(membership, below));
      }
    }
    return row;
  }

  Json Show(const Model::Membership& membership, const Wanted& wanted) const {
    Json row = Json::object();
    Put(wanted, "id", membership.id, &row);
    Put(wanted, "person_id", membership.person, &row);
    Put(wanted, "club_code", membership.club, &row);
    for (const auto& [relation, below] : wanted.relations) {
      if (relation == "person" && FindPerson(membership.person))
        row[relation] = Show(*FindPerson(membership.person), below);
      if (relation == "club" && FindClub(membership.club)) row[relation] = Show(*FindClub(membership.club), below);
    }
    return row;
  }

  static InProcessServer::Options Unlimited() {
    InProcessServer::Options options;
    options.serve.max_related_rows = 10000000;
    options.serve.max_relations = 1000;
    options.serve.max_related_kib = 1048576;
    options.serve.max_response_kib = 1048576;
    return options;
  }

  InProcessServer server_{CompileProtoText(kClubs), Unlimited()};
  std::mt19937 random_;
  Model model_;
};

TEST_P(RelationsModelTest, EveryReadAnswersAsPlainDataWould) {
  for (int question = 0; question < 60; ++question) {
    Wanted wanted = RandomWanted("Person", 3);
    const std::string mask = MaskOf("Person", &wanted);
    SCOPED_TRACE(mask);
    const int size = 1 + Below(30);
    Json expected = Json::array();
    std::vector<int> ids;
    for (const auto& person : model_.people) {
      if (person.deleted || static_cast<int>(expected.size()) == size) continue;
      expected.push_back(Show(person, wanted));
      ids.push_back(person.id);
    }
    const Json page = server_.MustCall("PersonRepository.List", {{"page_size", size}, {"read_mask", mask}});
    ASSERT_EQ(page["people"], expected);

    std::reverse(ids.begin(), ids.end());
    std::reverse(expected.begin(), expected.end());
    const Json batch = server_.MustCall("PersonRepository.BatchGet", {{"ids", ids}, {"read_mask", mask}});
    ASSERT_EQ(batch["people"], expected);
    const Json one = server_.MustCall("PersonRepository.GetById", {{"id", ids[0]}, {"read_mask", mask}});
    ASSERT_EQ(one, expected[0]);
  }
}

TEST_P(RelationsModelTest, EveryReadOfClubsAnswersAsPlainDataWould) {
  for (int question = 0; question < 40; ++question) {
    Wanted wanted = RandomWanted("Club", 4);
    const std::string mask = MaskOf("Club", &wanted);
    SCOPED_TRACE(mask);
    for (const auto& club : model_.clubs) {
      const auto answer = server_.Call("ClubRepository.Get", {{"code", club.code}, {"read_mask", mask}});
      if (club.deleted) {
        EXPECT_EQ(ReasonOf(answer), "ROW_NOT_FOUND");
        continue;
      }
      ASSERT_TRUE(answer.ok()) << answer.status();
      ASSERT_EQ(*answer, Show(club, wanted));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RelationsModelTest, ::testing::Range(1u, 4u));

}  // namespace
}  // namespace rowkeeper::testing
