#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

class UpsertTest : public PlannerTest {
 protected:
  static std::string NewId() { return Cat("abcdef00-0000-4000-8000-", RandomHex(6)); }
  static Json Todo(const std::string& owner, const std::string& id, const std::string& title) {
    return {{"id", id}, {"owner_id", owner}, {"title", title}};
  }
};

TEST_F(UpsertTest, InsertsUpdatesOrLeavesAlone) {
  const std::string owner = NewProfile();
  Json todo = Todo(owner, NewId(), "first");
  const Json inserted = MustCall("TodoRepository.Upsert", {{"todo", todo}});
  EXPECT_EQ(inserted["outcome"], "WRITE_OUTCOME_INSERTED");
  EXPECT_EQ(inserted["todo"]["version"], "1");
  EXPECT_EQ(inserted["todo"]["status"], "TODO_STATUS_OPEN");

  const Json same = MustCall("TodoRepository.Upsert", {{"todo", todo}});
  EXPECT_EQ(same["outcome"], "WRITE_OUTCOME_UNCHANGED");
  EXPECT_EQ(same["todo"], inserted["todo"]);

  todo["title"] = "second";
  const Json updated = MustCall("TodoRepository.Upsert", {{"todo", todo}});
  EXPECT_EQ(updated["outcome"], "WRITE_OUTCOME_UPDATED");
  EXPECT_EQ(updated["todo"]["version"], "2");
  EXPECT_GT(updated["todo"].value("updated_at", ""), inserted["todo"].value("updated_at", ""));
  EXPECT_EQ(updated["todo"], GetTodo(todo["id"]));
}

TEST_F(UpsertTest, WhatHasADefaultAndIsLeftOutIsNotReset) {
  const std::string owner = NewProfile();
  Json done = Todo(owner, NewId(), "a");
  done["status"] = "TODO_STATUS_DONE";
  MustCall("TodoRepository.Upsert", {{"todo", done}});
  done.erase("status");
  Json fresh = Todo(owner, NewId(), "b"), started = Todo(owner, NewId(), "c");
  started["status"] = "TODO_STATUS_IN_PROGRESS";
  done["title"] = "changed";
  const Json answer = MustCall("TodoRepository.BatchUpsert", {{"todos", {done, fresh, started}}});
  EXPECT_EQ(answer["todos"][0]["status"], "TODO_STATUS_DONE");
  EXPECT_EQ(answer["todos"][0]["title"], "changed");
  EXPECT_EQ(answer["todos"][1]["status"], "TODO_STATUS_OPEN");
  EXPECT_EQ(answer["todos"][2]["status"], "TODO_STATUS_IN_PROGRESS");
  EXPECT_EQ(MustCall("TodoRepository.BatchUpsert", {{"todos", {done, fresh, started}}})["outcomes"],
            (Json{"WRITE_OUTCOME_UNCHANGED", "WRITE_OUTCOME_UNCHANGED", "WRITE_OUTCOME_UNCHANGED"}));
}

TEST_F(UpsertTest, ABatchSaysWhatBecameOfEachRowInTheRequestsOrder) {
  const std::string owner = NewProfile();
  std::vector<Json> todos;
  for (int i = 0; i < 50; ++i) todos.push_back(Todo(owner, NewId(), "todo " + std::to_string(i)));
  const std::vector<Json> some(todos.begin(), todos.begin() + 30);
  MustCall("TodoRepository.BatchUpsert", {{"todos", some}});
  for (int i = 0; i < 10; ++i) todos[static_cast<size_t>(i)]["notes"] = "new";
  const Json answer = MustCall("TodoRepository.BatchUpsert", {{"todos", todos}});
  for (size_t i = 0; i < todos.size(); ++i) {
    EXPECT_EQ(answer["todos"][i]["id"], todos[i]["id"]);
    EXPECT_EQ(answer["todos"][i]["version"], i < 10 ? "2" : "1");
    EXPECT_EQ(answer["outcomes"][i], i < 10   ? "WRITE_OUTCOME_UPDATED"
                                     : i < 30 ? "WRITE_OUTCOME_UNCHANGED"
                                              : "WRITE_OUTCOME_INSERTED");
  }
}

TEST_F(UpsertTest, AMaskLimitsWhatIsWrittenToRowsThatAreThere) {
  const std::string owner = NewProfile();
  Json todo = Todo(owner, NewId(), "a");
  MustCall("TodoRepository.Upsert", {{"todo", todo}});
  todo.update({{"title", "b"}, {"notes", "n"}});
  const Json answer = MustCall("TodoRepository.Upsert", {{"todo", todo}, {"update_mask", "notes"}});
  EXPECT_EQ(answer["todo"]["title"], "a");
  EXPECT_EQ(answer["todo"]["notes"], "n");
  EXPECT_EQ(Summary(Call("TodoRepository.Upsert", {{"todo", todo}, {"update_mask", "nonsense"}})),
            "INVALID_ARGUMENT INVALID_FIELD [update_mask]");
}

TEST_F(UpsertTest, WhatAMaskNamesIsEmptiedAlsoWhereTheColumnHasADefault) {
  const std::string owner = NewProfile();
  Json todo = Todo(owner, NewId(), "a");
  todo.update({{"tags", {"x"}}, {"labels", {{"a", 1}}}});
  MustCall("TodoRepository.Upsert", {{"todo", todo}});
  todo.erase("tags");
  todo.erase("labels");
  const Json kept = MustCall("TodoRepository.Upsert", {{"todo", todo}});
  EXPECT_EQ(kept["todo"]["tags"], Json::array({"x"}));
  const Json emptied = MustCall("TodoRepository.Upsert", {{"todo", todo}, {"update_mask", "tags,labels"}});
  EXPECT_FALSE(emptied["todo"].contains("tags"));
  EXPECT_EQ(emptied["todo"].value("labels", Json::object()), Json::object());
  EXPECT_EQ(emptied["outcome"], "WRITE_OUTCOME_UPDATED");
}

TEST_F(UpsertTest, AnImmutableFieldAndAVersionAreGuarded) {
  const std::string owner = NewProfile(), other = NewProfile();
  const Json todo = Todo(owner, NewId(), "a"), fresh = Todo(owner, NewId(), "b");
  MustCall("TodoRepository.Upsert", {{"todo", todo}});
  const std::string before = Count("todos");

  const Json moved = Todo(other, todo["id"], "a");
  EXPECT_EQ(Summary(Call("TodoRepository.BatchUpsert", {{"todos", {fresh, moved}}})),
            "INVALID_ARGUMENT INVALID_FIELD [todos[1].owner_id]");
  Json late = todo;
  late.update({{"title", "c"}, {"version", "4"}});
  const auto mismatch = Call("TodoRepository.BatchUpsert", {{"todos", {fresh, late}}});
  EXPECT_EQ(Summary(mismatch), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(MetadataOf(mismatch.status(), "elements"), "todos[1]");
  Json gone = fresh;
  gone["version"] = "1";
  EXPECT_EQ(Summary(Call("TodoRepository.Upsert", {{"todo", gone}})), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Count("todos"), before);
  late["version"] = "1";
  EXPECT_EQ(MustCall("TodoRepository.BatchUpsert", {{"todos", {fresh, late}}})["outcomes"],
            (Json{"WRITE_OUTCOME_INSERTED", "WRITE_OUTCOME_UPDATED"}));
}

TEST_F(UpsertTest, ADeletedRowIsNotBroughtBack) {
  const std::string owner = NewProfile();
  const Json todo = Todo(owner, NewId(), "a"), fresh = Todo(owner, NewId(), "b");
  MustCall("TodoRepository.Upsert", {{"todo", todo}});
  MustCall("TodoRepository.SoftDelete", {{"id", todo["id"]}});
  const std::string before = Count("todos");
  const auto answer = Call("TodoRepository.BatchUpsert", {{"todos", {fresh, todo}}});
  EXPECT_EQ(Summary(answer), "ALREADY_EXISTS UNIQUE_VIOLATION");
  EXPECT_EQ(MetadataOf(answer.status(), "elements"), "todos[1]");
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("restore it first"));
  EXPECT_EQ(Count("todos"), before);
}

TEST_F(UpsertTest, AnotherUniqueKeyMayDecide) {
  const std::string handle = Unique();
  Json profile = Profile(handle);
  const Json first = MustCall("ProfileRepository.Upsert", {{"profile", profile}});
  EXPECT_EQ(first["outcome"], "WRITE_OUTCOME_INSERTED");
  profile["display_name"] = "Grace";
  const Json second = MustCall("ProfileRepository.Upsert", {{"profile", profile}});
  EXPECT_EQ(second["outcome"], "WRITE_OUTCOME_UPDATED");
  EXPECT_EQ(second["profile"]["id"], first["profile"]["id"]);
  // A key that binds live rows only knows nothing of deleted ones.
  MustCall("ProfileRepository.SoftDelete", {{"id", first["profile"]["id"]}});
  const Json third = MustCall("ProfileRepository.Upsert", {{"profile", profile}});
  EXPECT_EQ(third["outcome"], "WRITE_OUTCOME_INSERTED");
  EXPECT_NE(third["profile"]["id"], first["profile"]["id"]);
  EXPECT_EQ(MustCall("ProfileRepository.Upsert", {{"profile", profile}})["outcome"], "WRITE_OUTCOME_UNCHANGED");
}

TEST_F(UpsertTest, TheKeyIsRequiredAndMayComeOnce) {
  const std::string owner = NewProfile();
  EXPECT_EQ(Summary(Call("TodoRepository.Upsert", {{"todo", {{"owner_id", owner}, {"title", "a"}}}})),
            "INVALID_ARGUMENT INVALID_FIELD [todo.id]");
  EXPECT_EQ(Summary(Call("TodoRepository.Upsert", Json::object())),
            "INVALID_ARGUMENT INVALID_FIELD [todo.id, todo.owner_id]");
  EXPECT_EQ(Summary(Call("ProfileRepository.Upsert", {{"profile", {{"handle", Unique()}}}})),
            "INVALID_ARGUMENT INVALID_FIELD [profile.email]")
      << "no row has the empty email for everybody";
  const std::string id = NewId();
  const auto twice = Call("TodoRepository.BatchUpsert", {{"todos", {Todo(owner, id, "a"), Todo(owner, id, "b")}}});
  EXPECT_EQ(Summary(twice), "INVALID_ARGUMENT INVALID_FIELD [todos[1].id]");
  EXPECT_THAT(std::string(twice.status().message()), HasSubstr("same key as todos[0]"));
}

TEST_F(UpsertTest, EightThreadsWriteTheSameRowsInEveryOrder) {
  const std::string owner = NewProfile();
  constexpr int kRows = 40, kRounds = 15, kThreads = 8;
  std::vector<std::string> ids;
  for (int i = 0; i < kRows; ++i) ids.push_back(NewId());
  std::atomic<int> inserted{0}, updated{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < kRounds; ++round) {
        Json todos = Json::array();
        for (int i = 0; i < kRows; ++i) {
          const int at = thread % 2 == 0 ? (i + thread * 5) % kRows : kRows - 1 - i;
          todos.push_back(Todo(owner, ids[static_cast<size_t>(at)], "title " + std::to_string(round % 3)));
        }
        const auto answer = Call("TodoRepository.BatchUpsert", {{"todos", todos}});
        ASSERT_TRUE(answer.ok()) << answer.status();
        for (size_t i = 0; i < kRows; ++i) {
          EXPECT_EQ((*answer)["todos"][i]["id"], todos[i]["id"]);
          EXPECT_EQ((*answer)["todos"][i]["title"], todos[i]["title"]);
          if ((*answer)["outcomes"][i] == "WRITE_OUTCOME_INSERTED") ++inserted;
          if ((*answer)["outcomes"][i] == "WRITE_OUTCOME_UPDATED") ++updated;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(inserted, kRows);
  // Every change was counted by the row's version, and by nothing else.
  EXPECT_EQ(server().database().Value("SELECT sum(version) FROM todos WHERE owner_id = '" + owner + "'"),
            std::to_string(inserted + updated));
}

}  // namespace
}  // namespace rowkeeper::testing
