#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

/// What Run refuses before anything is executed.
class RunMistakesTest : public PlannerTest {
 protected:
  static RunRequest Run() { return RunRequest(&server()); }
  static Json NewProfileRequest() { return {{"profile", Profile(Unique())}}; }
  static Json TodoRequest() { return {{"todo", {{"title", "t"}}}}; }
  static std::string Invalid(const std::string& fields) { return "INVALID_ARGUMENT INVALID_FIELD [" + fields + "]"; }
  static std::string Message(const RunRequest::Answers& answers) { return std::string(answers.status().message()); }

  /// A run of two calls in which the second takes a value from the first.
  static RunRequest::Answers Taking(const RunRequest::Value& value) {
    return Run()
        .Add("ProfileRepository.Create", NewProfileRequest())
        .Add("TodoRepository.Create", TodoRequest(), {value})
        .Send();
  }
};

TEST_F(RunMistakesTest, NoCallsOrTooMany) {
  EXPECT_EQ(Summary(Run().Send()), Invalid("calls"));
  RunRequest run = Run();
  for (int i = 0; i < 100; ++i) run.Add("TodoRepository.List", {{"page_size", 1}});
  EXPECT_EQ(Summary(run.Send()), "OK");
  EXPECT_EQ(Summary(run.Add("TodoRepository.List", Json::object()).Send()), Invalid("calls"));
}

TEST_F(RunMistakesTest, MethodsThatAreNone) {
  for (const char* method : {"", "planner.v1.TodoRepository.Nothing", "TodoRepository.List", "/planner.v1/x/y",
                             "rowkeeper.v1.UnitOfWork.Begin", "grpc.health.v1.Health.Check"}) {
    RunRequest run = Run().Add("TodoRepository.List", Json::object());
    run.message().mutable_calls(0)->set_method(method);
    EXPECT_EQ(Summary(run.Send()), Invalid("calls[0].method")) << method;
  }
  RunRequest by_path = Run().Add("TodoRepository.List", {{"page_size", 1}});
  by_path.message().mutable_calls(0)->set_method("/planner.v1.TodoRepository/List");
  EXPECT_EQ(Summary(server().CallBytes("UnitOfWork.Run", by_path.message().SerializeAsString())), "OK");
}

TEST_F(RunMistakesTest, RequestsOfTheWrongType) {
  RunRequest run = Run().Add("TodoRepository.List", Json::object());
  run.message().mutable_calls(0)->mutable_request()->set_type_url("type.googleapis.com/planner.v1.Todo");
  const auto wrong = run.Send();
  EXPECT_EQ(Summary(wrong), Invalid("calls[0].request"));
  EXPECT_THAT(Message(wrong), HasSubstr("planner.v1.ListTodosRequest"));
  run.message().mutable_calls(0)->clear_request();
  EXPECT_EQ(Summary(run.Send()), Invalid("calls[0].request"));
  run.message().mutable_calls(0)->mutable_request()->set_type_url("anything.example/of/planner.v1.ListTodosRequest");
  EXPECT_EQ(Summary(run.Send()), "OK") << "what counts stands after the last slash";
  run.message().mutable_calls(0)->mutable_request()->set_value("\xff");
  const auto damaged = run.Send();
  EXPECT_EQ(Summary(damaged), Invalid("calls[0].request"));
}

TEST_F(RunMistakesTest, EveryMistakeOfEveryCallIsReportedAtOnce) {
  RunRequest run = Run();
  run.message().mutable_transaction()->set_deferrable(true);
  run.message().set_label("a\tb");
  run.Add("TodoRepository.Update", {{"todo", {{"title", "x"}}}});
  run.Add("TodoRepository.GetById", {{"id", "none"}});
  run.Add("TodoRepository.Create", TodoRequest(), {{"todo.owner_id", 7, "id"}, {"todo.nothing", 0, "id"}});
  const auto answers = run.Send();
  EXPECT_EQ(Summary(answers),
            Invalid("transaction.deferrable, label, calls[0].request.todo.id, calls[0].request.update_mask, "
                    "calls[1].request.id, calls[2].values[0].call, calls[2].values[1].field, "
                    "calls[2].request.todo.owner_id"));
}

TEST_F(RunMistakesTest, ValuesThatSetNoColumn) {
  EXPECT_EQ(Summary(Taking({"todo.owner_id", 0, "id"})), "OK");
  for (const char* field : {"", "owner_id", "todo", "todo.", "todo.nothing", "todo.created_at"}) {
    const auto answers = Taking({field, 0, "id"});
    EXPECT_THAT(Summary(answers), HasSubstr("calls[1].values[0].field")) << field;
    EXPECT_THAT(Message(answers), HasSubstr("todo.owner_id")) << "the message names what can be set";
  }
  RunRequest control = Run().Add("ProfileRepository.Create", NewProfileRequest());
  control.Add("TodoRepository.List", Json::object(), {{"order_by", 0, "handle"}});
  EXPECT_EQ(Summary(control.Send()), Invalid("calls[1].values[0].field"));
  RunRequest twice = Run().Add("ProfileRepository.Create", NewProfileRequest());
  twice.Add("TodoRepository.Create", TodoRequest(), {{"todo.owner_id", 0, "id"}, {"todo.owner_id", 0, "id"}});
  EXPECT_EQ(Summary(twice.Send()), Invalid("calls[1].values[1].field"));
}

TEST_F(RunMistakesTest, ValuesThatAFilterMakesIntoSomethingElse) {
  const auto listing = [](const char* field, const char* from, const Json& todo = TodoRequest()) {
    RunRequest run = Run().Add("ProfileRepository.Create", NewProfileRequest());
    run.Add("TodoRepository.Create", todo, {{"todo.owner_id", 0, "id"}});
    return Summary(run.Add("TodoRepository.List", Json::object(), {{field, 1, from}}).Send());
  };
  for (const auto& [field, from] : std::vector<std::pair<const char*, const char*>>{
           {"title_prefix", "title"}, {"unscheduled", "due_at"}, {"any_tags", "tags"}, {"labels", "labels"}}) {
    EXPECT_EQ(listing(field, from), Invalid("calls[2].values[0].field")) << field;
  }
  EXPECT_EQ(listing("search", "title"), "OK");
  EXPECT_EQ(listing("status", "status"), "OK");
}

TEST_F(RunMistakesTest, ValuesOfWhichACallReturnsParts) {
  RunRequest run = Run().Add("ProfileRepository.GetById", {{"id", NewProfile()}, {"read_mask", "id,settings.theme"}});
  run.Add("TodoRepository.Create", TodoRequest(), {{"todo.owner_id", 0, "id"}, {"todo.labels", 0, "settings"}});
  const auto answers = run.Send();
  EXPECT_EQ(Summary(answers), Invalid("calls[1].values[1].from"));
  EXPECT_THAT(Message(answers), HasSubstr("read in part only"));
}

TEST_F(RunMistakesTest, ValuesFromCallsThatAreNotEarlier) {
  for (const int call : {-1, 1, 2, 2147483647}) {
    EXPECT_THAT(Summary(Taking({"todo.owner_id", call, "id"})), HasSubstr("calls[1].values[0].call")) << call;
  }
  RunRequest first = Run().Add("TodoRepository.Create", TodoRequest(), {{"todo.owner_id", 0, "id"}});
  EXPECT_THAT(Summary(first.Send()), HasSubstr("calls[0].values[0].call"));
}

TEST_F(RunMistakesTest, ValuesWithoutACall) {
  RunRequest second = Run().Add("ProfileRepository.Create", NewProfileRequest());
  second.Add("TodoRepository.Create", TodoRequest(), {{"todo.owner_id", 0, "id"}});
  second.message().mutable_calls(1)->mutable_values(0)->clear_call();
  const auto answers = second.Send();
  EXPECT_THAT(Summary(answers), HasSubstr("[calls[1].values[0].call,")) << "it does not mean the first call";
  EXPECT_THAT(Message(answers), HasSubstr("is missing; give the index of an earlier call, 0 to 0"));
  RunRequest first = Run().Add("TodoRepository.Create", TodoRequest(), {{"todo.owner_id", 0, "id"}});
  first.message().mutable_calls(0)->mutable_values(0)->clear_call();
  EXPECT_THAT(Summary(first.Send()), HasSubstr("[calls[0].values[0].call,"));
}

TEST_F(RunMistakesTest, ValuesFromFieldsThatAreNotReturned) {
  for (const char* from : {"", "nothing", "profile.id", "settings.theme"}) {
    EXPECT_THAT(Summary(Taking({"todo.owner_id", 0, from})), HasSubstr("calls[1].values[0].from")) << from;
  }
  const std::string profile = NewProfile();
  RunRequest masked = Run().Add("ProfileRepository.GetById", {{"id", profile}, {"read_mask", "email"}});
  masked.Add("TodoRepository.Create", TodoRequest(), {{"todo.owner_id", 0, "id"}});
  const auto left_out = masked.Send();
  EXPECT_THAT(Summary(left_out), HasSubstr("calls[1].values[0].from"));
  EXPECT_THAT(Message(left_out), HasSubstr("read_mask of calls[0]"));
  RunRequest list = Run().Add("ProfileRepository.List", Json::object());
  list.Add("TodoRepository.Create", TodoRequest(), {{"todo.owner_id", 0, "profiles.id"}});
  EXPECT_THAT(Summary(list.Send()), HasSubstr("calls[1].values[0].call"));
  RunRequest empty = Run().Add("TodoRepository.Delete", {{"id", kNoId}, {"allow_missing", true}});
  empty.Add("TodoRepository.Create", TodoRequest(), {{"todo.owner_id", 0, "id"}});
  EXPECT_THAT(Summary(empty.Send()), HasSubstr("calls[1].values[0].call"));
}

TEST_F(RunMistakesTest, ValuesOfAnotherType) {
  const auto answers = Taking({"todo.owner_id", 0, "handle"});
  EXPECT_THAT(Summary(answers), HasSubstr("calls[1].values[0].from"));
  EXPECT_THAT(Message(answers), HasSubstr("is string, and todo.owner_id is UUID"));
  EXPECT_THAT(Summary(Taking({"todo.tags", 0, "handle"})), HasSubstr("calls[1].values[0].from")) << "an array";
  EXPECT_THAT(Summary(Taking({"todo.status", 0, "handle"})), HasSubstr("calls[1].values[0].from")) << "an enum";
  EXPECT_THAT(Summary(Taking({"todo.due_at", 0, "birth_date"})), HasSubstr("calls[1].values[0].from")) << "a date";
  EXPECT_EQ(Summary(Run()
                        .Add("ProfileRepository.Create", NewProfileRequest())
                        .Add("TodoRepository.Create", {{"todo", {{"title", "t"}}}},
                             {{"todo.owner_id", 0, "id"},
                              {"todo.due_at", 0, "created_at"},
                              {"todo.labels", 0, "settings"},
                              {"todo.title", 0, "handle"}})
                        .Send()),
            "OK");
}

TEST_F(RunMistakesTest, WritesInAReadOnlyRun) {
  const std::string before = Count("profiles");
  RunRequest run = Run();
  run.message().mutable_transaction()->set_read_only(true);
  run.Add("TodoRepository.List", {{"page_size", 1}});
  EXPECT_EQ(Summary(run.Send()), "OK");
  run.Add("ProfileRepository.Create", NewProfileRequest());
  const auto answers = run.Send();
  EXPECT_EQ(Summary(answers), "FAILED_PRECONDITION UNIT_OF_WORK_READ_ONLY");
  EXPECT_EQ(MetadataOf(answers.status(), "call"), "1");
  EXPECT_EQ(Count("profiles"), before);
}

TEST_F(RunMistakesTest, NothingIsExecutedBeforeAMistakeIsFound) {
  const std::string before = Count("profiles");
  RunRequest run = Run();
  run.Add("ProfileRepository.Create", NewProfileRequest());
  run.Add("TodoRepository.GetById", {{"id", "none"}});
  EXPECT_EQ(Summary(run.Send()), Invalid("calls[1].request.id"));
  EXPECT_EQ(Count("profiles"), before);
}

TEST_F(RunMistakesTest, AFieldThatTheDatabaseRefusesIsNamedWithItsCall) {
  const Json todo = NewTodo(NewProfile());
  RunRequest run = Run().Add("TodoRepository.List", {{"page_size", 1}});
  run.Add("TodoRepository.Update",
          {{"todo", {{"id", todo["id"]}, {"owner_id", NewProfile()}}}, {"update_mask", "owner_id"}});
  const auto answers = run.Send();
  EXPECT_EQ(Summary(answers), Invalid("calls[1].request.todo.owner_id"));
  EXPECT_EQ(MetadataOf(answers.status(), "field"), "calls[1].request.todo.owner_id");
  EXPECT_EQ(MetadataOf(answers.status(), "call"), "1");
}

TEST_F(RunMistakesTest, ARunInsideAUnitIsRefused) {
  const Unit unit(&server());
  const auto answers = Run().Add("TodoRepository.List", Json::object()).Send(unit.Inside());
  EXPECT_EQ(Summary(answers), "INVALID_ARGUMENT INVALID_HEADER");
  EXPECT_THAT(Message(answers), HasSubstr("transaction of its own"));
  EXPECT_EQ(Summary(unit.Rollback()), "OK");
}

}  // namespace
}  // namespace rowkeeper::testing
