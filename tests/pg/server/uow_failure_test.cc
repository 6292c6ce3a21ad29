#include <grpcpp/client_context.h>

#include <future>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

class FailureTest : public PlannerTest {
 protected:
  static CallResult Rename(const Unit& unit, const Json& todo, const std::string& title) {
    return unit.Call("TodoRepository.Update", Renaming(todo, title));
  }
  static Json Renaming(const Json& todo, const std::string& title) {
    return {{"todo", {{"id", todo["id"]}, {"title", title}}}, {"update_mask", "title"}};
  }
  static std::string Title(const Json& todo) { return GetTodo(todo["id"])["title"]; }
  /// A statement that PostgreSQL refuses: nobody has this profile.
  static CallResult Fail(const Unit& unit) {
    return unit.Call("TodoRepository.Create", {{"todo", {{"owner_id", kNoId}, {"title", "nobody's"}}}});
  }

  const Json todo_ = NewTodo(NewProfile());
};

TEST_F(FailureTest, AFailedStatementPoisonsTheUnitAndCommitSaysWhy) {
  const Unit unit(&server());
  ASSERT_EQ(Summary(Rename(unit, todo_, "x")), "OK");
  EXPECT_EQ(Summary(Fail(unit)), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  EXPECT_EQ(unit.State(), "FAILED");
  EXPECT_THAT(unit.Get().value("failure", ""), HasSubstr("planner.v1.Profile"));
  const CallResult next = unit.Call("TodoRepository.GetById", {{"id", todo_["id"]}});
  EXPECT_EQ(Summary(next), "FAILED_PRECONDITION UNIT_OF_WORK_FAILED");
  EXPECT_EQ(MetadataOf(next.status(), "failure"), "REFERENCE_VIOLATION");
  EXPECT_EQ(Summary(unit.Savepoint("s")), "FAILED_PRECONDITION UNIT_OF_WORK_FAILED");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Summary(unit.Commit()), "FAILED_PRECONDITION UNIT_OF_WORK_FAILED");
  EXPECT_EQ(unit.State(), "ROLLED_BACK");
  EXPECT_EQ(Title(todo_), todo_["title"]);
}

TEST_F(FailureTest, AnAnswerThatIsNoFailedStatementLeavesTheUnitWell) {
  const Unit unit(&server());
  ASSERT_EQ(Summary(Rename(unit, todo_, "x")), "OK");
  EXPECT_EQ(Summary(unit.Call("TodoRepository.GetById", {{"id", kNoId}})), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Summary(unit.Call("TodoRepository.Delete", {{"id", kNoId}})), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Summary(unit.Call("TodoRepository.GetById", {{"id", "none"}})), "INVALID_ARGUMENT INVALID_FIELD [id]");
  EXPECT_EQ(Summary(unit.Call("TodoRepository.SoftDelete", {{"id", todo_["id"]}, {"version", 9}})),
            "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(unit.State(), "OPEN");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
  EXPECT_EQ(Title(todo_), "x");
}

TEST_F(FailureTest, RollbackToASavepointHealsAFailedUnit) {
  const Unit unit(&server());
  ASSERT_EQ(Summary(Rename(unit, todo_, "kept")), "OK");
  ASSERT_EQ(Summary(unit.Savepoint("before")), "OK");
  ASSERT_EQ(Summary(Rename(unit, todo_, "undone")), "OK");
  EXPECT_FALSE(Fail(unit).ok());
  EXPECT_EQ(Summary(unit.RollbackTo("before")), "OK");
  EXPECT_EQ(unit.State(), "OPEN");
  EXPECT_EQ(unit.MustCall("TodoRepository.GetById", {{"id", todo_["id"]}})["title"], "kept");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
  EXPECT_EQ(Title(todo_), "kept");
}

TEST_F(FailureTest, SavepointsNest) {
  const Unit unit(&server());
  for (const char* name : {"a", "b", "c"}) {
    ASSERT_EQ(Summary(unit.Savepoint(name)), "OK");
    ASSERT_EQ(Summary(Rename(unit, todo_, name)), "OK");
  }
  EXPECT_EQ(unit.Get()["savepoints"], Json::array({"a", "b", "c"}));
  EXPECT_EQ(Summary(unit.RollbackTo("c")), "OK");
  EXPECT_EQ(unit.MustCall("TodoRepository.GetById", {{"id", todo_["id"]}})["title"], "b");
  EXPECT_EQ(Summary(unit.Release("c")), "OK");
  EXPECT_EQ(Summary(unit.RollbackTo("c")), "NOT_FOUND SAVEPOINT_NOT_FOUND");
  EXPECT_EQ(Summary(unit.RollbackTo("a")), "OK");
  EXPECT_EQ(unit.Get()["savepoints"], Json::array({"a"})) << "it stays, later ones are gone";
  EXPECT_EQ(unit.MustCall("TodoRepository.GetById", {{"id", todo_["id"]}})["title"], todo_["title"]);
  ASSERT_EQ(Summary(Rename(unit, todo_, "last")), "OK");
  EXPECT_EQ(Summary(unit.Release("a")), "OK");
  EXPECT_EQ(unit.Get().value("savepoints", Json::array()), Json::array());
  EXPECT_EQ(unit.State(), "OPEN");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
  EXPECT_EQ(Title(todo_), "last");
}

TEST_F(FailureTest, NamesOfSavepointsAreChecked) {
  const Unit unit(&server());
  const CallResult made_up = unit.Savepoint("");
  ASSERT_TRUE(made_up.ok()) << made_up.status();
  EXPECT_EQ(unit.Get()["savepoints"], Json::array({(*made_up)["name"]}));
  const std::string odd = "\"; DROP TABLE todos; -- ü";
  EXPECT_EQ((*unit.Savepoint(odd))["name"], odd);
  EXPECT_EQ(Summary(unit.Savepoint(odd)), "INVALID_ARGUMENT INVALID_FIELD [name]") << "it is open";
  EXPECT_EQ(Summary(unit.Savepoint(std::string(101, 'x'))), "INVALID_ARGUMENT INVALID_FIELD [name]");
  EXPECT_EQ(Summary(unit.Savepoint("a\nb")), "INVALID_ARGUMENT INVALID_FIELD [name]");
  EXPECT_EQ(Summary(unit.RollbackTo("")), "INVALID_ARGUMENT INVALID_FIELD [name]");
  EXPECT_EQ(Summary(unit.Release("")), "INVALID_ARGUMENT INVALID_FIELD [name]");
  EXPECT_EQ(Summary(unit.RollbackTo(odd)), "OK");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(FailureTest, ADeadlineReachesTheStatementAndFailsTheUnit) {
  Blocker blocker(&server(), LockTodo(todo_));
  // On a busy machine the time may be up before the statement is there.
  bool reached = false;
  for (std::chrono::milliseconds timeout(200); !reached && timeout < std::chrono::seconds(30); timeout *= 2) {
    const Unit unit(&server());
    CallOptions options = unit.Inside();
    options.timeout = timeout;
    auto late =
        std::async(std::launch::async, [&] { return Call("TodoRepository.Update", Renaming(todo_, "late"), options); });
    EXPECT_TRUE(Eventually([&] {
      reached = server().database().Value(Cat("SELECT ", kWaiting)) == "1";
      return reached || late.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }));
    EXPECT_EQ(late.get().status().code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_TRUE(Eventually(&server(), kWaiting + " = 0"));
    if (!reached) continue;
    const CallResult commit = unit.Commit();
    EXPECT_EQ(Summary(commit), "FAILED_PRECONDITION UNIT_OF_WORK_FAILED");
    EXPECT_EQ(MetadataOf(commit.status(), "failure"), "DEADLINE_EXCEEDED");
  }
  EXPECT_TRUE(reached);
  blocker.End();
  EXPECT_EQ(Title(todo_), todo_["title"]);
}

TEST_F(FailureTest, ACancelledCallFailsTheUnitAndTheNextUnitIsNotHurt) {
  for (int i = 0; i < 5; ++i) {
    Blocker blocker(&server(), LockTodo(todo_));
    const Unit unit(&server());
    ASSERT_EQ(Summary(unit.Savepoint("s")), "OK");
    grpc::ClientContext context;
    CallOptions options = unit.Inside();
    options.context = &context;
    auto call =
        std::async(std::launch::async, [&] { return Call("TodoRepository.Update", Renaming(todo_, "late"), options); });
    EXPECT_TRUE(Eventually(&server(), kWaiting + " = 1"));
    context.TryCancel();
    EXPECT_EQ(call.get().status().code(), absl::StatusCode::kCancelled);
    EXPECT_TRUE(Eventually(&server(), kWaiting + " = 0"));
    blocker.End();
    EXPECT_EQ(Summary(unit.RollbackTo("s")), "OK");
    EXPECT_EQ(Summary(Rename(unit, todo_, "x")), "OK");
    EXPECT_EQ(Summary(unit.Rollback()), "OK");
  }
  EXPECT_EQ(Title(todo_), todo_["title"]);
}

TEST_F(FailureTest, CallsOfOneUnitWaitForEachOtherButNotForEver) {
  Blocker blocker(&server(), LockTodo(todo_));
  const Unit unit(&server());
  auto running = std::async(std::launch::async, [&] { return Rename(unit, todo_, "x"); });
  EXPECT_TRUE(Eventually(&server(), kWaiting + " = 1"));
  EXPECT_EQ(unit.Get()["running"], "planner.v1.TodoRepository.Update") << "Get does not wait";
  const CallResult busy = unit.Call("TodoRepository.List", Json::object());
  EXPECT_EQ(Summary(busy), "ABORTED UNIT_OF_WORK_BUSY");
  EXPECT_GT(RetryDelayOf(busy.status()), 0);
  auto waiting = std::async(std::launch::async, [&] { return unit.Call("TodoRepository.List", Json::object()); });
  blocker.End();
  EXPECT_EQ(Summary(running.get()), "OK");
  EXPECT_EQ(Summary(waiting.get()), "OK");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(FailureTest, ALostConnectionEndsTheUnit) {
  const Unit unit(&server(), {{"label", "victim"}});
  ASSERT_EQ(Summary(Rename(unit, todo_, "x")), "OK");
  server().database().Run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
      "state LIKE 'idle in transaction%'");
  EXPECT_TRUE(Eventually(&server(),
                         "NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state "
                         "LIKE 'idle in transaction%')"));
  const CallResult next = unit.Call("TodoRepository.List", Json::object());
  EXPECT_EQ(Summary(next), "ABORTED UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(MetadataOf(next.status(), "cause"), "CONNECTION_LOST");
  const CallResult commit = unit.Commit();
  EXPECT_EQ(Summary(commit), "ABORTED UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(MetadataOf(commit.status(), "cause"), "CONNECTION_LOST");
  EXPECT_EQ((*unit.Rollback())["state"], "UNIT_OF_WORK_STATE_ROLLED_BACK");
  EXPECT_EQ(Title(todo_), todo_["title"]);
}

}  // namespace
}  // namespace rowkeeper::testing
