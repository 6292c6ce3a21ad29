#include <future>

#include "grpc/health/v1/health.pb.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;

/// Four connections, of which units may hold two.
InProcessServer::Options Small() {
  InProcessServer::Options options;
  options.pool.pool_size = 3;
  options.pool.max_overflow = 1;
  options.connection.lock_timeout_ms = 0;
  options.time = InProcessServer::Options::Time::kStill;
  return options;
}

class CapacityTest : public ::testing::Test {
 protected:
  static Json At(const char* wait) { return {{"capacity_wait", wait}}; }
  /// Options of a unit that stays open while a test lets time pass.
  static Json Lasting() { return {{"idle_limit", "60s"}, {"total_limit", "600s"}}; }
  Json NewTodo() {
    const Json profile = server_.MustCall(
        "ProfileRepository.Create", {{"profile", {{"email", "a@b.c"}, {"handle", "ada"}, {"display_name", "Ada"}}}});
    return server_.MustCall("TodoRepository.Create", {{"todo", {{"owner_id", profile["id"]}, {"title", "t"}}}});
  }
  CallResult Begin(const char* wait) { return server_.Call("UnitOfWork.Begin", At(wait)); }

  InProcessServer server_{CompileExample("planner/v1"), Small()};
};

TEST_F(CapacityTest, WithoutAPlaceBeginWaitsAndThenSaysWhenToTryAgain) {
  const Unit first(&server_, Lasting());
  const Unit second(&server_, Lasting());
  const Clock::time_point start = server_.clock().Now();
  auto patient = std::async(std::launch::async, [&] { return Begin("0.3s"); });
  EXPECT_TRUE(server_.AdvanceUntil(
      [&patient] { return patient.wait_for(milliseconds(0)) == std::future_status::ready; }, std::chrono::seconds(10)));
  EXPECT_GE(server_.clock().Now() - start, milliseconds(300));
  const CallResult refused = patient.get();
  EXPECT_EQ(Summary(refused), "RESOURCE_EXHAUSTED UNIT_OF_WORK_LIMIT");
  EXPECT_GT(RetryDelayOf(refused.status()), 0);
  EXPECT_EQ(MetadataOf(refused.status(), "limit"), "unit-share");
  EXPECT_EQ(MetadataOf(refused.status(), "value"), "2 units");
  EXPECT_EQ(Summary(Begin("0s")), "RESOURCE_EXHAUSTED UNIT_OF_WORK_LIMIT");
  auto waiting = std::async(std::launch::async, [&] { return Begin("20s"); });
  EXPECT_EQ(Summary(first.Commit()), "OK");
  const CallResult begun = waiting.get();
  ASSERT_TRUE(begun.ok()) << "the place that became free: " << begun.status();
  for (const std::string& handle : {second.handle(), begun->value("handle", "")}) {
    EXPECT_EQ(Summary(server_.Call("UnitOfWork.Rollback", {{"handle", handle}})), "OK");
  }
}

TEST_F(CapacityTest, ABeginWhoseCallerWentAwayTakesNoPlace) {
  const Unit first(&server_);
  const Unit second(&server_);
  CallOptions impatient;
  impatient.timeout = milliseconds(100);
  EXPECT_EQ(server_.Call("UnitOfWork.Begin", At("20s"), impatient).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Summary(first.Rollback()), "OK");
  const Unit third(&server_);
  EXPECT_EQ(Summary(second.Rollback()), "OK");
  EXPECT_EQ(Summary(third.Rollback()), "OK");
}

TEST_F(CapacityTest, PlainCallsRunsAndHealthGoOnWhileEveryPlaceIsPinned) {
  const Json todo = NewTodo();
  RunRequest run(&server_);
  run.Add("TodoRepository.GetById", {{"id", todo["id"]}});
  Blocker blocker(&server_, LockTodo(todo));
  const Unit first(&server_);
  const Unit second(&server_);
  const Json change = {{"todo", {{"id", todo["id"]}, {"title", "x"}}}, {"update_mask", "title"}};
  const auto update = [&](const Unit& unit) { return unit.Call("TodoRepository.Update", change); };
  auto one = std::async(std::launch::async, update, std::cref(first));
  auto two = std::async(std::launch::async, update, std::cref(second));
  EXPECT_TRUE(Eventually(&server_, kWaiting + " = 2"));
  for (int i = 0; i < 20; ++i) {
    const Clock::time_point start = Clock::System().Now();
    EXPECT_EQ(Summary(server_.Call("TodoRepository.GetById", {{"id", todo["id"]}})), "OK");
    EXPECT_EQ(Summary(run.Send()), "OK");
    EXPECT_LT(Clock::System().Now() - start, std::chrono::seconds(8));
    grpc::health::v1::HealthCheckResponse health;
    const auto reply = wire::CallRaw(server_.channel(), "/grpc.health.v1.Health/Check", "");
    EXPECT_TRUE(health.ParseFromString(reply.response));
    EXPECT_EQ(health.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  }
  EXPECT_EQ(server_.MustCall("UnitOfWork.List", Json::object())["units_of_work"].size(), 2u);
  blocker.End();
  const bool first_came_first = one.wait_for(std::chrono::seconds(5)) == std::future_status::ready;
  EXPECT_EQ(Summary((first_came_first ? first : second).Commit()), "OK");
  EXPECT_EQ(Summary(one.get()), "OK");
  EXPECT_EQ(Summary(two.get()), "OK");
  EXPECT_EQ(Summary((first_came_first ? second : first).Commit()), "OK");
}

/// The first COMMIT takes a minute, so that its connection can be ended in the middle.
constexpr char kSlowCommit[] = R"(
  CREATE SEQUENCE commits;
  CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('commits') = 1 THEN PERFORM pg_sleep(60); END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON todos DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()
)";

TEST_F(CapacityTest, ALostCommitIsLookedUpWhileEveryPlaceIsPinned) {
  const Json todo = NewTodo();
  server_.database().Run(kSlowCommit);
  const Unit first(&server_, Lasting());
  const Unit second(&server_, Lasting());
  RunRequest run(&server_);
  run.Add("TodoRepository.Create", {{"todo", {{"owner_id", todo["owner_id"]}, {"title", "new"}}}});
  run.Add("TodoRepository.GetById", {{"id", todo["id"]}});
  auto running = std::async(std::launch::async, [&] { return run.Send(); });
  const std::string committing =
      "FROM pg_stat_activity WHERE datname = current_database() AND query = 'COMMIT' AND wait_event = 'PgSleep'";
  EXPECT_TRUE(Eventually(&server_, "EXISTS (SELECT 1 " + committing + ")"));
  server_.database().Run("SELECT pg_terminate_backend(pid) " + committing);
  // Between its questions and attempts the server waits.
  EXPECT_TRUE(
      server_.AdvanceUntil([&running] { return running.wait_for(milliseconds(0)) == std::future_status::ready; }));
  EXPECT_EQ(Summary(running.get()), "OK") << "it was not committed, so it ran again";
  EXPECT_EQ(server_.database().Value("SELECT count(*) FROM todos WHERE title = 'new'"), "1");
  EXPECT_EQ(Summary(first.Commit()), "OK");
  EXPECT_EQ(Summary(second.Commit()), "OK");
}

TEST(CallerLimitTest, OneCallerCannotTakeEveryPlace) {
  InProcessServer::Options options;
  options.serve.units.per_caller = 2;
  InProcessServer server(CompileExample("planner/v1"), options);
  const Unit first(&server);
  const Unit second(&server);
  const CallResult refused = server.Call("UnitOfWork.Begin", {{"capacity_wait", "0s"}});
  EXPECT_EQ(Summary(refused), "RESOURCE_EXHAUSTED UNIT_OF_WORK_CALLER_LIMIT");
  EXPECT_GT(RetryDelayOf(refused.status()), 0);
  EXPECT_EQ(MetadataOf(refused.status(), "limit"), "units-per-caller");
  EXPECT_EQ(Summary(first.Rollback()), "OK");
  const Unit third(&server);
  EXPECT_EQ(Summary(second.Rollback()), "OK");
  EXPECT_EQ(Summary(third.Rollback()), "OK");
}

TEST(NoUnitsTest, AShareOfZeroLeavesRunAndPlainCalls) {
  InProcessServer::Options options;
  options.serve.units.share = 0;
  InProcessServer server(CompileExample("planner/v1"), options);
  const CallResult refused = server.Call("UnitOfWork.Begin", Json::object());
  EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION UNITS_OF_WORK_OFF");
  EXPECT_EQ(RetryDelayOf(refused.status()), -1) << "trying again does not help";
  EXPECT_EQ(Summary(server.Call("TodoRepository.List", Json::object())), "OK");
  EXPECT_EQ(Summary(RunRequest(&server).Add("TodoRepository.List", Json::object()).Send()), "OK");
}

}  // namespace
}  // namespace rowkeeper::testing
