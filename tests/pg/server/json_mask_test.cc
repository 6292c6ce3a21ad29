#include <google/protobuf/descriptor.h>
#include <google/protobuf/field_mask.pb.h>

#include <random>
#include <thread>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

class ProfileMaskTest : public PlannerTest {
 protected:
  static std::string NewProfileWith(const Json& fields) {
    Json profile = Profile(Unique());
    profile.update(fields);
    return MustCall("ProfileRepository.Create", {{"profile", profile}}).value("id", "");
  }

  /// A request whose paths are what they are: JSON would turn capitals into underscores.
  static std::string Bytes(const char* method, const Json& request, const std::vector<std::string>& paths,
                           int mask_field) {
    google::protobuf::FieldMask mask;
    for (const std::string& path : paths) mask.add_paths(path);
    const std::string encoded = mask.SerializeAsString();
    std::string bytes = server().ToBytes(*server().FindMethod(method)->input_type(), request);
    bytes.push_back(static_cast<char>(mask_field << 3 | 2));
    for (size_t size = encoded.size(); true; size >>= 7) {
      bytes.push_back(static_cast<char>(size < 128 ? size : (size & 127) | 128));
      if (size < 128) break;
    }
    return bytes + encoded;
  }

  static absl::StatusOr<Json> Update(const std::string& id, Json fields, const std::vector<std::string>& paths,
                                     const CallOptions& options = {}) {
    fields["id"] = id;
    const char* const method = "ProfileRepository.Update";
    const auto answer = server().CallBytes(method, Bytes(method, {{"profile", fields}}, paths, 2), options);
    if (!answer.ok()) return answer.status();
    return server().ToJson(*server().FindMethod(method)->output_type(), *answer);
  }
  static Json MustUpdate(const std::string& id, const Json& fields, const std::vector<std::string>& paths) {
    const auto profile = Update(id, fields, paths);
    EXPECT_TRUE(profile.ok()) << profile.status();
    return profile.ok() ? *profile : Json();
  }
  static Json Read(const std::string& id, const std::vector<std::string>& paths) {
    const char* const method = "ProfileRepository.GetById";
    const auto answer = server().CallBytes(method, Bytes(method, {{"id", id}}, paths, 2));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? server().ToJson(*server().FindMethod(method)->output_type(), *answer) : Json();
  }
  static Json Stored(const std::string& id, const std::string& column) {
    return Json::parse(server().database().Value(Cat("SELECT ", column, " FROM profiles WHERE id = '", id, "'")));
  }
};

TEST_F(ProfileMaskTest, APathWritesThatPartAndReturnsTheRowAsStored) {
  const std::string id = NewProfileWith({{"preferences", {{"theme", "dark"}, {"language", "de"}}}});
  const Json profile =
      MustUpdate(id, {{"preferences", {{"theme", "light"}, {"language", "fr"}}}}, {"preferences.theme"});
  EXPECT_EQ(profile["preferences"], (Json{{"theme", "light"}, {"language", "de"}}));
  EXPECT_EQ(profile["version"], "2");
  EXPECT_EQ(Stored(id, "preferences"), profile["preferences"]);
}

TEST_F(ProfileMaskTest, ObjectsOnTheWayAreMadeWhenThereIsSomethingToPutIn) {
  const std::string id = NewProfile();
  MustUpdate(id, {{"preferences", {{"notifications", {{"push", true}, {"email", true}}}}}},
             {"preferences.notifications.push"});
  EXPECT_EQ(Stored(id, "preferences"), (Json{{"notifications", {{"push", true}}}}));
  MustUpdate(id, {{"preferences", {{"notifications", {{"digest_every", "3600s"}}}}}},
             {"preferences.notifications.digest_every", "preferences.theme"});
  EXPECT_EQ(Stored(id, "preferences"), (Json{{"notifications", {{"push", true}, {"digest_every", "3600s"}}}}));
  const std::string other = NewProfile();
  MustUpdate(other, Json::object(), {"preferences.notifications.push", "settings.a.b.c"});
  EXPECT_EQ(Stored(other, "preferences"), Json()) << "a message that is not set stays so";
  EXPECT_EQ(Stored(other, "settings"), Json::object());
}

TEST_F(ProfileMaskTest, APartWithoutAValueIsRemoved) {
  const std::string id = NewProfileWith({{"preferences",
                                          {{"theme", "dark"},
                                           {"notifications", {{"push", true}, {"email", true}}},
                                           {"shortcuts", {{"save", "^S"}, {"quit", "^Q"}}}}}});
  MustUpdate(id, Json::object(), {"preferences.theme", "preferences.notifications.push", "preferences.shortcuts.quit"});
  EXPECT_EQ(Stored(id, "preferences"), (Json{{"notifications", {{"email", true}}}, {"shortcuts", {{"save", "^S"}}}}));
  MustUpdate(id, Json::object(), {"preferences.notifications"});
  EXPECT_EQ(Stored(id, "preferences"), (Json{{"shortcuts", {{"save", "^S"}}}}));
}

TEST_F(ProfileMaskTest, SeveralPathsOfOneColumnAndWholeColumnsGoTogether) {
  const std::string id = NewProfileWith({{"preferences", {{"language", "de"}, {"pinned_tags", {"a", "b"}}}},
                                         {"settings", {{"x", {{"y", 1}, {"z", 2}}}, {"list", {1, 2}}}}});
  const Json profile = MustUpdate(
      id,
      {{"display_name", "Grace"},
       {"preferences", {{"theme", "dark"}, {"shortcuts", {{"save", "^S"}}}, {"pinned_tags", {"c"}}}},
       {"settings", {{"x", {{"y", nullptr}, {"new", {{"deep", {1, "two", false}}}}}}, {"list", "now text"}}}},
      {"display_name", "preferences.theme", "preferences.shortcuts.save", "preferences.pinned_tags", "settings.x.y",
       "settings.x.new.deep", "settings.list"});
  EXPECT_EQ(profile["display_name"], "Grace");
  EXPECT_EQ(Stored(id, "preferences"),
            (Json{{"language", "de"}, {"theme", "dark"}, {"shortcuts", {{"save", "^S"}}}, {"pinned_tags", {"c"}}}));
  EXPECT_EQ(Stored(id, "settings"),
            (Json{{"x", {{"y", nullptr}, {"z", 2}, {"new", {{"deep", {1, "two", false}}}}}}, {"list", "now text"}}));
}

TEST_F(ProfileMaskTest, AMemberOfAOneofTakesThePlaceOfTheOther) {
  const std::string id = NewProfileWith({{"preferences", {{"start_weekday", 3}, {"theme", "dark"}}}});
  MustUpdate(id, {{"preferences", {{"start_todo_id", "t1"}}}}, {"preferences.start_todo_id"});
  EXPECT_EQ(Stored(id, "preferences"), (Json{{"start_todo_id", "t1"}, {"theme", "dark"}}));
  // Clearing one member leaves the other alone.
  MustUpdate(id, Json::object(), {"preferences.start_weekday"});
  EXPECT_EQ(Stored(id, "preferences"), (Json{{"start_todo_id", "t1"}, {"theme", "dark"}}));
  MustUpdate(id, {{"preferences", {{"start_weekday", 0}}}}, {"preferences.start_weekday", "preferences.start_todo_id"});
  EXPECT_EQ(Stored(id, "preferences"), (Json{{"start_weekday", 0}, {"theme", "dark"}}));
}

TEST_F(ProfileMaskTest, WhatIsStoredAndIsNoObjectMakesWayOrIsLeftAlone) {
  const std::string id = NewProfileWith({{"settings", {{"a", "text"}, {"b", {1, 2}}}}});
  MustUpdate(id, Json::object(), {"settings.a.x", "settings.b.x.y"});
  EXPECT_EQ(Stored(id, "settings"), (Json{{"a", "text"}, {"b", {1, 2}}}));
  MustUpdate(id, {{"settings", {{"a", {{"x", 1}}}, {"b", {{"x", {{"y", 2}}}}}}}}, {"settings.a.x", "settings.b.x.y"});
  EXPECT_EQ(Stored(id, "settings"), (Json{{"a", {{"x", 1}}}, {"b", {{"x", {{"y", 2}}}}}}));
}

TEST_F(ProfileMaskTest, AReadMaskBringsOnlyTheNamedParts) {
  const std::string id = NewProfileWith(
      {{"preferences",
        {{"theme", "dark"}, {"notifications", {{"push", true}, {"email", true}}}, {"shortcuts", {{"a", "b"}}}}},
       {"settings", {{"x", {{"y", 1}, {"z", nullptr}}}, {"s", "text"}}}});
  EXPECT_EQ(
      Read(id, {"handle", "preferences.notifications.push", "preferences.language", "settings.x.z"})["preferences"],
      (Json{{"notifications", {{"push", true}}}}));
  EXPECT_EQ(Read(id, {"settings.x.z", "settings.none", "settings.s.deeper"}),
            (Json{{"settings", {{"x", {{"z", nullptr}}}}}}));
  EXPECT_EQ(Read(id, {"preferences.shortcuts.a", "preferences.shortcuts.none"}),
            (Json{{"preferences", {{"shortcuts", {{"a", "b"}}}}}}));
  // Different parts of one column are different answers, whatever was asked before.
  EXPECT_EQ(Read(id, {"preferences.theme"}), (Json{{"preferences", {{"theme", "dark"}}}}));
  EXPECT_EQ(Read(id, {"preferences.notifications"})["preferences"].size(), 1u);
  EXPECT_EQ(Read(id, {"preferences", "preferences.theme"})["preferences"].size(), 3u);
  const Json list = MustCall("ProfileRepository.List", {{"read_mask", "id,preferences.theme"}, {"page_size", 1000}});
  for (const Json& row : list["profiles"]) {
    EXPECT_FALSE(row.contains("settings"));
    EXPECT_FALSE(row.contains("preferences") && row["preferences"].contains("notifications"));
  }
}

TEST_F(ProfileMaskTest, MasksIntoOneColumnInTurnEachBringTheirOwnParts) {
  const std::string id = NewProfileWith({{"settings", {{"a", 1}, {"b", 2}}}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Read(id, {"settings.a"}), (Json{{"settings", {{"a", 1}}}}));
    EXPECT_EQ(Read(id, {"settings.b"}), (Json{{"settings", {{"b", 2}}}}));
    EXPECT_EQ(Read(id, {"settings"}), (Json{{"settings", {{"a", 1}, {"b", 2}}}}));
  }
}

TEST_F(ProfileMaskTest, TheLargestMaskIsWrittenRightAndALargerOneRefused) {
  const std::string id = NewProfileWith({{"settings", {{"kept", true}}}});
  Json settings = Json::object();
  std::vector<std::string> paths;
  for (int chain = 0; chain < 6; ++chain) {  // of 16 keys each
    Json value = chain;
    std::string below;
    for (int level = 0; level < 15; ++level) {
      value = Json{{Cat("k", level), value}};
      below = Cat(".k", level, below);
    }
    settings[Cat("c", chain)] = value;
    paths.push_back(Cat("settings.c", chain, below));
  }
  paths.insert(paths.end(), {"settings.w", "settings.x", "settings.y", "settings.z"});
  EXPECT_EQ(MustUpdate(id, {{"settings", settings}}, paths)["settings"].size(), 7u);
  settings["kept"] = true;
  EXPECT_EQ(Stored(id, "settings"), settings);
  paths.push_back("settings.one_too_many");
  EXPECT_EQ(Summary(Update(id, Json::object(), paths)), "INVALID_ARGUMENT INVALID_FIELD [update_mask]");
}

TEST_F(ProfileMaskTest, AMistakeNamesTheMaskAndWritesNothing) {
  const std::string id = NewProfileWith({{"preferences", {{"theme", "dark"}}}});
  for (const char* path : {"preferences.thema", "preferences.theme.x", "preferences.pinned_tags.0", "preferences.",
                           "preferences.notifications.digest_every.seconds", "settings.`x"}) {
    EXPECT_EQ(Summary(Update(id, {{"display_name", "changed"}}, {"display_name", path})),
              "INVALID_ARGUMENT INVALID_FIELD [update_mask]")
        << path;
  }
  EXPECT_EQ(server().database().Value(Cat("SELECT display_name || version FROM profiles WHERE id = '", id, "'")),
            "Ada1");
}

TEST_F(ProfileMaskTest, KeysAreDataWhateverTheyHold) {
  const std::vector<std::string> keys = {"a'b",       "x\"y",        "{a,b}",      "'; DROP TABLE profiles; --",
                                         "$1",        "back\\slash", "two words",  "Ünïcode",
                                         "CamelCase", "a.b",         "tick`tick",  "",
                                         "NULL",      "\n\t",        "}',array['x"};
  const std::string id = NewProfileWith({{"settings", {{"kept", true}}}});
  Json settings = Json::object(), shortcuts = Json::object();
  std::vector<std::string> paths;
  for (const std::string& key : keys) {
    std::string quoted;
    for (char c : key) quoted += c == '`' ? "``" : std::string(1, c);
    settings[key] = {{key, key}};
    shortcuts[key] = key;
    paths.push_back(Cat("settings.`", quoted, "`.`", quoted, "`"));
    paths.push_back(Cat("preferences.shortcuts.`", quoted, "`"));
  }
  const Json profile = MustUpdate(id, {{"settings", settings}, {"preferences", {{"shortcuts", shortcuts}}}}, paths);
  Json expected = settings;
  expected["kept"] = true;
  EXPECT_EQ(profile["settings"], expected);
  EXPECT_EQ(profile["preferences"]["shortcuts"], shortcuts);
  EXPECT_EQ(Read(id, paths), (Json{{"settings", settings}, {"preferences", {{"shortcuts", shortcuts}}}}));
  MustUpdate(id, Json::object(), paths);
  EXPECT_EQ(Stored(id, "preferences"), (Json{{"shortcuts", Json::object()}}));
  EXPECT_EQ(Stored(id, "settings")["kept"], true);
  EXPECT_EQ(Summary(Update(id, Json::object(), {std::string("settings.a\0b", 12)})),
            "INVALID_ARGUMENT INVALID_FIELD [update_mask]");
}

TEST_F(ProfileMaskTest, ChangesOfDifferentPartsAtOnceAllSurvive) {
  const std::string id = NewProfileWith({{"settings", {{"start", true}}}});
  constexpr int kThreads = 8, kRounds = 25;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&id, t] {
      for (int round = 1; round <= kRounds; ++round) {
        const std::string own = Cat("key", t);
        const auto done = Update(id, {{"settings", {{"shared", {{own, round}}}, {own, round}}}},
                                 {Cat("settings.shared.", own), Cat("settings.", own)});
        EXPECT_TRUE(done.ok()) << done.status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Json settings = Stored(id, "settings");
  for (int t = 0; t < kThreads; ++t) {
    EXPECT_EQ(settings["shared"][Cat("key", t)], kRounds);
    EXPECT_EQ(settings[Cat("key", t)], kRounds);
  }
  EXPECT_EQ(settings["start"], true);
}

TEST_F(ProfileMaskTest, AWriteThatWaitedForAnotherKeepsWhatThatOneWrote) {
  const std::string id = NewProfileWith({{"preferences", {{"theme", "dark"}}}});
  Blocker blocker(
      &server(),
      Cat("UPDATE profiles SET preferences = preferences || '{\"language\": \"it\"}' WHERE id = '", id, "'"));
  std::thread waiting([&id] { MustUpdate(id, {{"preferences", {{"theme", "light"}}}}, {"preferences.theme"}); });
  EXPECT_TRUE(Eventually(&server(),
                         "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                         "wait_event_type = 'Lock' AND query LIKE '%UPDATE \"profiles\"%')"));
  blocker.End("COMMIT");
  waiting.join();
  EXPECT_EQ(Stored(id, "preferences"), (Json{{"theme", "light"}, {"language", "it"}}));
}

TEST_F(ProfileMaskTest, TheVersionGuardsPartsToo) {
  const std::string id = NewProfileWith({{"preferences", {{"theme", "dark"}}}});
  const Json light = {{"preferences", {{"theme", "light"}}}};
  Json stale = light;
  stale["version"] = 2;
  EXPECT_EQ(Summary(Update(id, stale, {"preferences.theme"})), "ABORTED VERSION_MISMATCH");
  stale["version"] = 1;
  EXPECT_EQ(Summary(Update(id, stale, {"preferences.theme"})), "OK");
  EXPECT_EQ(Summary(Update(kNoId, light, {"preferences.theme"})), "NOT_FOUND ROW_NOT_FOUND");
}

TEST_F(ProfileMaskTest, AUnitOfWorkSeesAndTakesBackWhatItWrote) {
  const std::string id = NewProfileWith({{"preferences", {{"theme", "dark"}}}});
  const Unit unit(&server());
  const auto light = Update(id, {{"preferences", {{"theme", "light"}}}}, {"preferences.theme"}, unit.Inside());
  ASSERT_TRUE(light.ok()) << light.status();
  EXPECT_EQ(unit.MustCall("ProfileRepository.GetById", {{"id", id}, {"read_mask", "preferences.theme"}}),
            (Json{{"preferences", {{"theme", "light"}}}}));
  EXPECT_EQ(Stored(id, "preferences"), (Json{{"theme", "dark"}}));
  ASSERT_TRUE(unit.Rollback().ok());
  EXPECT_EQ(Stored(id, "preferences"), (Json{{"theme", "dark"}}));
}

TEST_F(ProfileMaskTest, ABatchWritesTheNamedPartsOfEachOfItsRows) {
  const std::string owner = NewProfile();
  const Json one = NewTodo(owner, {{"labels", {{"colour", "red"}, {"kept", 1}}}});
  const Json two = NewTodo(owner, {{"labels", {{"colour", "blue"}, {"kept", 2}}}});
  const Json answer = MustCall(
      "TodoRepository.BatchUpdate",
      {{"todos",
        {{{"id", one["id"]}, {"labels", {{"colour", "green"}, {"size", 5}}}}, {{"id", two["id"]}, {"title", "b"}}}},
       {"update_mask", "labels.colour,title"}});
  EXPECT_EQ(answer["todos"][0]["labels"], (Json{{"colour", "green"}, {"kept", 1}}));
  EXPECT_EQ(answer["todos"][1]["labels"], (Json{{"kept", 2}}));
  EXPECT_EQ(answer["todos"][1]["title"], "b");
  MustCall("TodoRepository.BatchUpdatePartial",
           {{"todos", {{{"id", two["id"]}, {"labels", {{"size", 3}}}}, {{"id", kNoId}}, {{"id", one["id"]}}}},
            {"update_mask", "labels.size,labels.colour"}});
  const Json rows =
      MustCall("TodoRepository.BatchGet", {{"ids", {one["id"], two["id"]}}, {"read_mask", "labels.size"}});
  EXPECT_EQ(rows["todos"], (Json{{{"labels", Json::object()}}, {{"labels", {{"size", 3}}}}}));
  EXPECT_EQ(GetTodo(one.value("id", ""))["labels"], (Json{{"kept", 1}}));
}

/// What an update makes of an object, by the rules of the reference.
void Merge(const Json& given, const std::vector<std::string>& path, size_t place, Json* stored) {
  const bool has = given.is_object() && given.contains(path[place]);
  if (place + 1 == path.size()) {
    if (has) {
      (*stored)[path[place]] = given[path[place]];
    } else {
      stored->erase(path[place]);
    }
    return;
  }
  const bool there = stored->contains(path[place]) && (*stored)[path[place]].is_object();
  if (!has && !there) return;
  if (!there) (*stored)[path[place]] = Json::object();
  Merge(has ? given[path[place]] : Json(), path, place + 1, &(*stored)[path[place]]);
}

TEST_F(ProfileMaskTest, RandomMasksDoWhatAPlainModelDoes) {
  std::mt19937 random(20261121);
  const auto pick = [&random](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::function<Json(int)> value = [&](int depth) -> Json {
    if (depth >= 3 || pick(4) == 0) return pick(3) == 0 ? Json("text") : Json(pick(100));
    Json object = Json::object();
    for (const char* key : {"a", "b", "c"}) {
      if (pick(2) == 0) object[key] = value(depth + 1);
    }
    return object;
  };
  const auto object = [&] {
    Json made = value(0);
    return made.is_object() ? made : Json::object();
  };
  const std::string id = NewProfile();
  Json model = Json::object();
  for (int round = 0; round < 200; ++round) {
    const Json given = object();
    std::vector<std::vector<std::string>> chosen;
    std::vector<std::string> paths;
    for (int i = pick(4) + 1; i > 0; --i) {
      std::vector<std::string> path;
      for (int depth = pick(3) + 1; depth > 0; --depth)
        path.push_back(std::string(1, static_cast<char>('a' + pick(3))));
      // Of a path and one above it the one above counts.
      const auto covers = [](const auto& above, const auto& below) {
        return above.size() <= below.size() && std::equal(above.begin(), above.end(), below.begin());
      };
      std::string text = "settings";
      for (const std::string& key : path) text += "." + key;
      paths.push_back(text);
      const bool covered =
          std::any_of(chosen.begin(), chosen.end(), [&](const auto& other) { return covers(other, path); });
      if (covered) continue;
      chosen.erase(std::remove_if(chosen.begin(), chosen.end(), [&](const auto& other) { return covers(path, other); }),
                   chosen.end());
      chosen.push_back(path);
    }
    for (const auto& path : chosen) Merge(given, path, 0, &model);
    const Json profile = MustUpdate(id, {{"settings", given}}, paths);
    ASSERT_EQ(profile.value("settings", Json::object()), model) << given << " " << Json(paths);
  }
}

}  // namespace
}  // namespace rowkeeper::testing
