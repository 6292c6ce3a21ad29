#include "grpc/health/v1/health.pb.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class UnitOfWorkTest : public PlannerTest {
 protected:
  static void SetUpTestSuite() {
    InProcessServer::Options options;
    options.time = InProcessServer::Options::Time::kStill;
    StartServer(options);
  }
  static Json TodoRequest(const std::string& owner, const std::string& title = "inside") {
    return {{"todo", {{"owner_id", owner}, {"title", title}}}};
  }
  static std::string Message(const CallResult& result) { return std::string(result.status().message()); }
};

TEST_F(UnitOfWorkTest, IdsComeBackBeforeCommitAndNobodyElseSeesTheRows) {
  const Unit unit(&server());
  const Json profile = unit.MustCall("ProfileRepository.Create", {{"profile", Profile(Unique())}});
  const Json todo = unit.MustCall("TodoRepository.Create", TodoRequest(profile["id"]));
  EXPECT_EQ(todo["version"], "1");
  const Json by_id = {{"id", todo["id"]}};
  EXPECT_EQ(unit.MustCall("TodoRepository.GetById", by_id), todo);
  EXPECT_EQ(ReasonOf(Call("TodoRepository.GetById", by_id)), "ROW_NOT_FOUND");
  const Unit other(&server());
  EXPECT_EQ(ReasonOf(other.Call("TodoRepository.GetById", by_id)), "ROW_NOT_FOUND");

  const CallResult committed = unit.Commit();
  ASSERT_TRUE(committed.ok()) << committed.status();
  EXPECT_NE(committed->value("commit_time", ""), "");
  EXPECT_EQ(GetTodo(todo["id"]), todo);
  EXPECT_EQ(other.MustCall("TodoRepository.GetById", by_id), todo) << "read committed";
  EXPECT_EQ(ReasonOf(other.Rollback()), "OK");
}

TEST_F(UnitOfWorkTest, RollbackUndoesEverythingAndCanBeRepeated) {
  const Json before = NewTodo(NewProfile());
  const Unit unit(&server());
  unit.MustCall("TodoRepository.Update", {{"todo", {{"id", before["id"]}, {"title", "x"}}}, {"update_mask", "title"}});
  for (int i = 0; i < 3; ++i) EXPECT_EQ((*unit.Rollback())["state"], "UNIT_OF_WORK_STATE_ROLLED_BACK");
  EXPECT_EQ(GetTodo(before["id"]), before);
  EXPECT_EQ(Summary(unit.Commit()), "FAILED_PRECONDITION UNIT_OF_WORK_ENDED");
}

TEST_F(UnitOfWorkTest, CommitRepeatedAnswersTheSameAndRollbackAfterItSaysCommitted) {
  const Unit unit(&server());
  unit.MustCall("ProfileRepository.Create", {{"profile", Profile(Unique())}});
  const CallResult first = unit.Commit();
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(*unit.Commit(), *first);
  EXPECT_EQ((*unit.Rollback())["state"], "UNIT_OF_WORK_STATE_COMMITTED");
  EXPECT_EQ(*unit.Commit(), *first);
}

TEST_F(UnitOfWorkTest, TheHandleOfACommitMayComeInTheHeader) {
  const Unit unit(&server());
  const CallResult both = server().Call("UnitOfWork.Get", {{"handle", unit.handle()}}, unit.Inside());
  EXPECT_EQ(Summary(both), "OK");
  const Unit other(&server());
  const CallResult differs = server().Call("UnitOfWork.Commit", {{"handle", other.handle()}}, unit.Inside());
  EXPECT_EQ(Summary(differs), "INVALID_ARGUMENT INVALID_FIELD [handle]");
  EXPECT_EQ(Summary(server().Call("UnitOfWork.Commit", Json::object(), unit.Inside())), "OK");
  EXPECT_EQ(unit.State(), "COMMITTED");
  EXPECT_EQ(Summary(Call("UnitOfWork.Commit", Json::object())), "INVALID_ARGUMENT INVALID_FIELD [handle]");
  EXPECT_EQ(Summary(other.Rollback()), "OK");
}

TEST_F(UnitOfWorkTest, GetTellsHowItStands) {
  const Json options = {{"label", "nightly import"}, {"idle_limit", "20s"}, {"total_limit", "40s"}};
  const Unit unit(&server(), options);
  EXPECT_EQ(unit.info()["state"], "UNIT_OF_WORK_STATE_OPEN");
  EXPECT_EQ(unit.info()["transaction"]["isolation"], "ISOLATION_READ_COMMITTED");
  EXPECT_EQ(unit.info()["server"], server().addresses().front());
  EXPECT_EQ(unit.info()["caller"], "ipv4:127.0.0.1");
  unit.MustCall("ProfileRepository.Create", {{"profile", Profile(Unique())}});
  server().Advance(std::chrono::seconds(1));
  ASSERT_EQ(Summary(unit.Savepoint("before")), "OK");
  const Json now = unit.Get();
  EXPECT_EQ(now["id"], unit.info()["id"]);
  EXPECT_THAT(unit.handle(), ::testing::Not(HasSubstr(now.value("id", "?"))));
  EXPECT_EQ(now["label"], "nightly import");
  EXPECT_EQ(now["savepoints"], Json::array({"before"}));
  EXPECT_EQ(now["calls"], "2");
  EXPECT_GT(now.value("expire_time", ""), unit.info().value("expire_time", "")) << "a call extends the lease";
  EXPECT_EQ(now["total_expire_time"], unit.info()["total_expire_time"]);
  EXPECT_FALSE(now.contains("end"));
  ASSERT_EQ(Summary(unit.Commit()), "OK");
  const Json ended = unit.Get();
  EXPECT_EQ(ended["state"], "UNIT_OF_WORK_STATE_COMMITTED");
  EXPECT_EQ(ended["end"], "UNIT_OF_WORK_END_CALLER");
  EXPECT_NE(ended.value("end_time", ""), "");
}

TEST_F(UnitOfWorkTest, ListShowsOpenUnitsOldestFirstAndNoHandle) {
  const Unit first(&server(), {{"label", "first"}});
  server().Advance(std::chrono::milliseconds(10));
  const Unit second(&server(), {{"label", "second"}});
  const Json all = MustCall("UnitOfWork.List", Json::object());
  std::vector<std::string> labels;
  for (const Json& unit : all["units_of_work"]) labels.push_back(unit.value("label", ""));
  EXPECT_THAT(labels, ElementsAre("first", "second"));
  EXPECT_THAT(all.dump(), ::testing::Not(HasSubstr(first.handle())));
  EXPECT_EQ(MustCall("UnitOfWork.List", {{"caller", "ipv4:127.0.0.1"}})["units_of_work"].size(), 2u);
  EXPECT_EQ(MustCall("UnitOfWork.List", {{"caller", "ipv4:10.0.0.7"}}), Json::object());
  EXPECT_EQ(Summary(first.Rollback()), "OK");
  EXPECT_EQ(Summary(second.Commit()), "OK");
  EXPECT_EQ(MustCall("UnitOfWork.List", Json::object()), Json::object());
}

TEST_F(UnitOfWorkTest, ListHasPages) {
  const Unit first(&server());
  server().Advance(std::chrono::milliseconds(10));
  const Unit second(&server());
  const Json page = MustCall("UnitOfWork.List", {{"page_size", 1}});
  ASSERT_EQ(page["units_of_work"].size(), 1u);
  EXPECT_EQ(page["units_of_work"][0]["id"], first.info()["id"]);
  const Json rest = MustCall("UnitOfWork.List", {{"page_size", 1}, {"page_token", page["next_page_token"]}});
  ASSERT_EQ(rest["units_of_work"].size(), 1u);
  EXPECT_EQ(rest["units_of_work"][0]["id"], second.info()["id"]);
  EXPECT_FALSE(rest.contains("next_page_token"));
  const CallResult wrong = server().Call("UnitOfWork.List", {{"page_size", -1}, {"page_token", "x"}});
  EXPECT_EQ(Summary(wrong), "INVALID_ARGUMENT INVALID_FIELD [page_size, page_token]");
  for (const Unit* unit : {&first, &second}) EXPECT_EQ(Summary(unit->Rollback()), "OK");
}

TEST_F(UnitOfWorkTest, AnIdleUnitIsRolledBackAndSaysSo) {
  const Json before = NewTodo(NewProfile());
  const Unit unit(&server(), {{"idle_limit", "0.2s"}});
  const Json change = {{"todo", {{"id", before["id"]}, {"title", "x"}}}, {"update_mask", "title"}};
  unit.MustCall("TodoRepository.Update", change);
  server().Advance(std::chrono::milliseconds(210));
  MustCall("TodoRepository.Update", {{"todo", {{"id", before["id"]}, {"title", "free"}}}, {"update_mask", "title"}});
  for (const CallResult& late : {unit.Call("TodoRepository.Update", change), unit.Commit()}) {
    EXPECT_EQ(Summary(late), "ABORTED UNIT_OF_WORK_EXPIRED");
    EXPECT_EQ(MetadataOf(late.status(), "cause"), "IDLE_LIMIT");
    EXPECT_NE(MetadataOf(late.status(), "end_time"), "");
  }
  EXPECT_EQ((*unit.Rollback())["state"], "UNIT_OF_WORK_STATE_ROLLED_BACK");
  EXPECT_EQ(unit.Get()["end"], "UNIT_OF_WORK_END_IDLE_LIMIT");
}

TEST_F(UnitOfWorkTest, CallsKeepAUnitOpenButNotBeyondItsTotalLimit) {
  const Unit unit(&server(), {{"idle_limit", "0.4s"}, {"total_limit", "1.2s"}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Summary(unit.Call("TodoRepository.List", Json::object())), "OK");
    server().Advance(std::chrono::milliseconds(390));
  }
  EXPECT_EQ(Summary(unit.Call("TodoRepository.List", Json::object())), "OK");
  server().Advance(std::chrono::milliseconds(30));
  const CallResult last = unit.Call("TodoRepository.List", Json::object());
  EXPECT_EQ(Summary(last), "ABORTED UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(MetadataOf(last.status(), "cause"), "TOTAL_LIMIT");
}

TEST_F(UnitOfWorkTest, AReadOnlyUnitRefusesWritesAndGoesOn) {
  const Json todo = NewTodo(NewProfile());
  const Unit unit(&server(), {{"transaction", {{"read_only", true}}}});
  const CallResult refused = unit.Call("TodoRepository.Delete", {{"id", todo["id"]}});
  EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION UNIT_OF_WORK_READ_ONLY");
  EXPECT_THAT(Message(refused), HasSubstr("planner.v1.TodoRepository.Delete"));
  EXPECT_EQ(unit.MustCall("TodoRepository.GetById", {{"id", todo["id"]}}), todo);
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(UnitOfWorkTest, ADeferrableUnitReads) {
  const Json mode = {{"isolation", "ISOLATION_SERIALIZABLE"}, {"read_only", true}, {"deferrable", true}};
  const Unit unit(&server(), {{"transaction", mode}});
  EXPECT_EQ(unit.info()["transaction"], mode);
  EXPECT_EQ(Summary(unit.Call("TodoRepository.List", Json::object())), "OK");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(UnitOfWorkTest, OptionsOfBeginAreChecked) {
  const auto begin = [](const Json& options) { return Summary(Call("UnitOfWork.Begin", options)); };
  const std::string invalid = "INVALID_ARGUMENT INVALID_FIELD ";
  EXPECT_EQ(begin({{"transaction", {{"deferrable", true}}}}), invalid + "[transaction.deferrable]");
  EXPECT_EQ(begin({{"transaction", {{"isolation", 9}}}}), invalid + "[transaction.isolation]");
  EXPECT_EQ(begin({{"idle_limit", "-1s"}, {"total_limit", "-0.5s"}}), invalid + "[idle_limit, total_limit]");
  EXPECT_EQ(begin({{"idle_limit", "61s"}}), invalid + "[idle_limit]");
  EXPECT_EQ(begin({{"idle_limit", "0.01s"}}), invalid + "[idle_limit]");
  EXPECT_EQ(begin({{"total_limit", "601s"}}), invalid + "[total_limit]");
  EXPECT_EQ(begin({{"capacity_wait", "31s"}}), invalid + "[capacity_wait]");
  EXPECT_EQ(begin({{"total_limit", "315576000000s"}}), invalid + "[total_limit]");
  EXPECT_EQ(begin({{"label", std::string(201, 'x')}}), invalid + "[label]");
  EXPECT_EQ(begin({{"label", "two\nlines"}}), invalid + "[label]");
  EXPECT_EQ(begin({{"label", "\u0085"}}), invalid + "[label]");
  const Unit longest(&server(), {{"label", std::string(200, 'x')}, {"idle_limit", "60s"}, {"total_limit", "600s"}});
  EXPECT_EQ(Summary(longest.Rollback()), "OK");
}

TEST_F(UnitOfWorkTest, DamagedBytesAreMalformed) {
  for (const char* method :
       {"Begin", "Commit", "Rollback", "Savepoint", "RollbackTo", "Release", "Get", "List", "Run"}) {
    const std::string name = std::string("rowkeeper.v1.UnitOfWork.") + method;
    EXPECT_EQ(Summary(server().CallBytes(name, "\x0a\xff")), "INVALID_ARGUMENT MALFORMED_REQUEST") << method;
  }
  EXPECT_EQ(Summary(server().CallBytes("UnitOfWork.Get", "\x0a\x02\xff\xff")), "INVALID_ARGUMENT MALFORMED_REQUEST");
  // Durations that JSON cannot say: nanos without bounds.
  EXPECT_EQ(Summary(server().CallBytes("UnitOfWork.Begin", std::string("\x12\x06\x10\x80\x94\xeb\xdc\x03", 8))),
            "INVALID_ARGUMENT INVALID_FIELD [idle_limit]");
}

TEST_F(UnitOfWorkTest, HeadersThatMeanNothingHereAreRefused) {
  const Unit unit(&server());
  const auto call = [](const char* method, std::vector<std::pair<std::string, std::string>> headers) {
    CallOptions options;
    options.headers = std::move(headers);
    return Summary(Call(method, Json::object(), options));
  };
  const std::string refused = "INVALID_ARGUMENT INVALID_HEADER";
  const std::string own = "rowkeeper-unit-of-work";
  EXPECT_EQ(call("TodoRepository.List", {{own, unit.handle()}, {own, unit.handle()}}), refused);
  EXPECT_EQ(call("TodoRepository.List", {{"rowkeeper-sequence", "1"}}), refused);
  EXPECT_EQ(call("TodoRepository.List", {{own, unit.handle()}, {"rowkeeper-units", "1"}}), refused);
  for (const char* number : {"0", "-1", "+1", "1x", "", "18446744073709551616", " 1"}) {
    EXPECT_EQ(call("TodoRepository.List", {{own, unit.handle()}, {"rowkeeper-sequence", number}}), refused) << number;
  }
  for (const char* method : {"UnitOfWork.Begin", "UnitOfWork.List", "UnitOfWork.Run"}) {
    EXPECT_EQ(call(method, {{own, unit.handle()}}), refused) << method;
  }
  EXPECT_EQ(call("TodoRepository.List", {{own, unit.handle()}, {"rowkeeper-sequence", "18446744073709551615"}}), "OK");
  EXPECT_EQ(Summary(unit.Rollback()), "OK");
}

TEST(NotServingTest, BeginAndRunAreRefusedLikePlainCallsAndHealthSaysSo) {
  InProcessServer::Options options;
  options.schema = InProcessServer::Options::Schema::kLeaveEmpty;
  options.time = InProcessServer::Options::Time::kStill;
  InProcessServer server(CompileExample("planner/v1"), options);
  const RunRequest run = RunRequest(&server).Add("TodoRepository.List", Json::object());
  EXPECT_TRUE(Eventually([&run] { return ReasonOf(run.Send()) == "SCHEMA_MISMATCH"; }));
  EXPECT_EQ(Summary(run.Send()), "FAILED_PRECONDITION SCHEMA_MISMATCH");
  EXPECT_EQ(Summary(server.Call("UnitOfWork.Begin", Json::object())), "FAILED_PRECONDITION SCHEMA_MISMATCH");
  EXPECT_EQ(Summary(server.Call("UnitOfWork.List", Json::object())), "OK") << "operators may still look";
  const auto health = [&server] {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service("rowkeeper.v1.UnitOfWork");
    grpc::health::v1::HealthCheckResponse response;
    const auto reply = wire::CallRaw(server.channel(), "/grpc.health.v1.Health/Check", request.SerializeAsString());
    EXPECT_TRUE(reply.status.ok() && response.ParseFromString(reply.response)) << reply.status.error_message();
    return response.status();
  };
  EXPECT_EQ(health(), grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  CreateSchema(*server.loaded().catalogue, &server.database());
  EXPECT_TRUE(server.AdvanceUntil([&health] { return health() == grpc::health::v1::HealthCheckResponse::SERVING; }));
  EXPECT_EQ(Summary(run.Send()), "OK");
  const Unit unit(&server);
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

}  // namespace
}  // namespace rowkeeper::testing
