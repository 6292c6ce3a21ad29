#include <future>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

class SequenceTest : public PlannerTest {
 protected:
  static void SetUpTestSuite() {
    InProcessServer::Options options;
    options.time = InProcessServer::Options::Time::kStill;
    StartServer(options);
  }
  static Json NewTodoRequest(const std::string& owner) { return {{"todo", {{"owner_id", owner}, {"title", "once"}}}}; }
  static size_t Todos(const Unit& unit, const std::string& owner) {
    return unit.MustCall("TodoRepository.ListByOwner", {{"owner_id", owner}}).value("todos", Json::array()).size();
  }

  const std::string owner_ = NewProfile();
};

TEST_F(SequenceTest, AResentWriteIsAnsweredWithTheFirstResult) {
  const Unit unit(&server());
  const Json request = NewTodoRequest(owner_);
  const CallResult first = unit.Numbered("1", "TodoRepository.Create", request);
  ASSERT_TRUE(first.ok()) << first.status();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*unit.Numbered("1", "TodoRepository.Create", request), *first);
  EXPECT_EQ(Todos(unit, owner_), 1u);
  const CallResult second = unit.Numbered("5", "TodoRepository.Create", request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_NE((*second)["id"], (*first)["id"]);
  EXPECT_EQ(*unit.Numbered("1", "TodoRepository.Create", request), *first) << "an earlier one is kept too";
  EXPECT_EQ(Todos(unit, owner_), 2u);
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(SequenceTest, AnErrorIsAResultToo) {
  const Unit unit(&server());
  const Json request = {{"id", kNoId}};
  const CallResult first = unit.Numbered("1", "TodoRepository.Delete", request);
  EXPECT_EQ(Summary(first), "NOT_FOUND ROW_NOT_FOUND");
  const CallResult again = unit.Numbered("1", "TodoRepository.Delete", request);
  EXPECT_EQ(Summary(again), Summary(first));
  EXPECT_EQ(again.status().message(), first.status().message());
  EXPECT_EQ(unit.Get()["calls"], "1");
  EXPECT_EQ(Summary(unit.Rollback()), "OK");
}

TEST_F(SequenceTest, TheSameNumberForAnotherRequestIsAMistake) {
  const Unit unit(&server());
  ASSERT_EQ(Summary(unit.Numbered("3", "TodoRepository.Create", NewTodoRequest(owner_))), "OK");
  const CallResult other_request = unit.Numbered("3", "TodoRepository.Create", NewTodoRequest(NewProfile()));
  EXPECT_EQ(other_request.status().code(), absl::StatusCode::kInvalidArgument) << other_request.status();
  const CallResult other_method = unit.Numbered("3", "TodoRepository.List", Json::object());
  EXPECT_EQ(other_method.status().code(), absl::StatusCode::kInvalidArgument) << other_method.status();
  EXPECT_EQ(Todos(unit, owner_), 1u);
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(SequenceTest, ANumberThatWentByIsRefused) {
  const Unit unit(&server());
  ASSERT_EQ(Summary(unit.Numbered("7", "TodoRepository.Create", NewTodoRequest(owner_))), "OK");
  const CallResult late = unit.Numbered("4", "TodoRepository.Create", NewTodoRequest(owner_));
  EXPECT_EQ(Summary(late), "ABORTED UNIT_OF_WORK_SEQUENCE");
  EXPECT_EQ(MetadataOf(late.status(), "last"), "7");
  EXPECT_EQ(Todos(unit, owner_), 1u);
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(SequenceTest, SavepointsHaveNumbersToo) {
  const Unit unit(&server());
  const auto savepoint = [&](const char* sequence) {
    CallOptions options;
    options.headers = {{"rowkeeper-sequence", sequence}};
    return server().Call("UnitOfWork.Savepoint", {{"handle", unit.handle()}, {"name", "s"}}, options);
  };
  EXPECT_EQ(Summary(savepoint("1")), "OK");
  EXPECT_EQ(Summary(savepoint("1")), "OK") << "a second one of that name would be refused";
  EXPECT_EQ(unit.Get()["savepoints"], Json::array({"s"}));
  EXPECT_EQ(Summary(savepoint("2")), "INVALID_ARGUMENT INVALID_FIELD [name]");
  EXPECT_EQ(Summary(unit.Rollback()), "OK");
}

TEST_F(SequenceTest, AResentCallWaitsForTheFirstThatStillRuns) {
  const Json todo = NewTodo(owner_);
  Blocker blocker(&server(), LockTodo(todo));
  const Unit unit(&server());
  const Json change = {{"todo", {{"id", todo["id"]}, {"priority", 3}}}, {"update_mask", "priority"}};
  const auto send = [&] { return unit.Numbered("1", "TodoRepository.Update", change); };
  auto first = std::async(std::launch::async, send);
  EXPECT_TRUE(Eventually(&server(), kWaiting + " = 1"));
  auto again = std::async(std::launch::async, send);
  server().Advance(std::chrono::seconds(5));  // longer than others wait for their turn
  blocker.End();
  const CallResult result = first.get();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ((*result)["version"], "2");
  const CallResult same = again.get();
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(*same, *result);
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

}  // namespace
}  // namespace rowkeeper::testing
