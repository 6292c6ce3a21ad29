#include <thread>

#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

class VersionsTest : public PlannerTest {
 protected:
  static Json Key(const Json& todo, int version) { return {{"id", todo["id"]}, {"version", version}}; }
  static std::string States(const Json& one, const Json& two) {
    return server().database().Value(Cat(
        "SELECT string_agg(version || CASE WHEN deleted_at IS NULL THEN '' ELSE ' gone' "
        "END, ', ' ORDER BY id <> '",
        one.value("id", ""), "') FROM todos WHERE id IN ('", one.value("id", ""), "', '", two.value("id", ""), "')"));
  }
};

TEST_F(VersionsTest, AStaleElementUndoesEveryBatch) {
  const std::string owner = NewProfile();
  const Json one = NewTodo(owner), two = NewTodo(owner);
  const auto batch = [&](const char* method, int first, int second) {
    return Call(Cat("TodoRepository.", method), {{"keys", {Key(one, first), Key(two, second)}}});
  };
  for (const char* method : {"BatchSoftDelete", "BatchDelete"}) {
    const auto stale = batch(method, 1, 9);
    EXPECT_EQ(Summary(stale), "ABORTED VERSION_MISMATCH") << method;
    EXPECT_THAT(std::string(stale.status().message()), ::testing::HasSubstr("keys[1] (version 9)"));
    EXPECT_EQ(States(one, two), "1, 1") << method;
  }
  EXPECT_EQ(Summary(batch("BatchSoftDelete", 1, 0)), "OK");
  EXPECT_EQ(States(one, two), "2 gone, 2 gone");
  EXPECT_EQ(Summary(batch("BatchRestore", 1, 2)), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(States(one, two), "2 gone, 2 gone");
  EXPECT_EQ(Summary(batch("BatchRestore", 2, 2)), "OK");
  const Json rows = {{{"id", one["id"]}, {"title", "a"}, {"version", 3}},
                     {{"id", two["id"]}, {"title", "b"}, {"version", 2}}};
  EXPECT_EQ(Summary(Call("TodoRepository.BatchUpdate", {{"todos", rows}, {"update_mask", "title"}})),
            "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(States(one, two), "3, 3");
  EXPECT_EQ(Summary(batch("BatchDelete", 3, 3)), "OK");
  EXPECT_EQ(States(one, two), "");
}

TEST_F(VersionsTest, ReadersWhoSendTheVersionThatTheyReadLoseNoUpdate) {
  const std::string id = NewTodo(NewProfile(), {{"priority", 0}}).value("id", "");
  constexpr int kThreads = 6, kRounds = 20;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&id] {
      for (int done = 0; done < kRounds;) {
        Json todo = GetTodo(id);
        todo["priority"] = todo.value("priority", 0) + 1;
        const auto answer = Call("TodoRepository.Update", {{"todo", todo}, {"update_mask", "priority"}});
        ASSERT_TRUE(answer.ok() || Summary(answer) == "ABORTED VERSION_MISMATCH") << answer.status();
        done += answer.ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Json todo = GetTodo(id);
  EXPECT_EQ(todo["priority"], kThreads * kRounds);
  EXPECT_EQ(todo["version"], std::to_string(kThreads * kRounds + 1));
}

TEST_F(VersionsTest, AnUpdateReturnsTheRowAsStored) {
  server().database().Run(
      "CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.title := upper(NEW.title); RETURN NEW; "
      "END "
      "$$; CREATE TRIGGER tidy BEFORE UPDATE ON todos FOR EACH ROW EXECUTE FUNCTION tidy()");
  const Json todo = NewTodo(NewProfile());
  const Json updated =
      MustCall("TodoRepository.Update", {{"todo", {{"id", todo["id"]}, {"title", "quiet"}}}, {"update_mask", "title"}});
  EXPECT_EQ(updated["title"], "QUIET");
  EXPECT_EQ(updated, GetTodo(todo.value("id", "")));
  server().database().Run("DROP TRIGGER tidy ON todos; DROP FUNCTION tidy()");
}

TEST_F(VersionsTest, RowsThatGoAndComeWithAnotherMoveTheirVersions) {
  const std::string owner = NewProfile();
  const Json todo = NewTodo(owner);
  MustCall("ProfileRepository.SoftDelete", {{"id", owner}});
  EXPECT_EQ(Summary(Call("TodoRepository.GetById", {{"id", todo["id"]}})), "NOT_FOUND ROW_NOT_FOUND");
  MustCall("ProfileRepository.Restore", {{"id", owner}});
  EXPECT_EQ(GetTodo(todo.value("id", ""))["version"], "3");
  Json stale = todo;
  stale["title"] = "as it was";
  EXPECT_EQ(Summary(Call("TodoRepository.Update", {{"todo", stale}, {"update_mask", "title"}})),
            "ABORTED VERSION_MISMATCH");
}

}  // namespace
}  // namespace rowkeeper::testing
