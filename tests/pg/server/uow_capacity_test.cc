#include <future>
#include <thread>

#include "grpc/health/v1/health.pb.h"
#include "tests/pg/server/blocker.h"
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
  return options;
}

class CapacityTest : public ::testing::Test {
 protected:
  static Json At(const char* wait) { return {{"capacity_wait", wait}}; }
  CallResult Begin(const char* wait) { return server_.Call("UnitOfWork.Begin", At(wait)); }

  InProcessServer server_{CompileExample("planner/v1"), Small()};
};

TEST_F(CapacityTest, WithoutAPlaceBeginWaitsAndThenSaysWhenToTryAgain) {
  const Unit first(&server_);
  const Unit second(&server_);
  const auto start = std::chrono::steady_clock::now();
  const CallResult refused = Begin("0.3s");
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(290));
  EXPECT_EQ(Summary(refused), "RESOURCE_EXHAUSTED UNIT_OF_WORK_LIMIT");
  EXPECT_GT(RetryDelayOf(refused.status()), 0);
  EXPECT_EQ(Summary(Begin("0s")), "RESOURCE_EXHAUSTED UNIT_OF_WORK_LIMIT");
  auto waiting = std::async(std::launch::async, [&] { return Begin("20s"); });
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(Summary(first.Commit()), "OK");
  EXPECT_EQ(Summary(waiting.get()), "OK") << "the place that became free";
}

TEST_F(CapacityTest, ABeginWhoseCallerWentAwayTakesNoPlace) {
  const Unit first(&server_);
  const Unit second(&server_);
  CallOptions impatient;
  impatient.timeout = milliseconds(100);
  EXPECT_EQ(server_.Call("UnitOfWork.Begin", At("20s"), impatient).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Summary(first.Rollback()), "OK");
  EXPECT_EQ(Summary(Begin("1s")), "OK");
}

TEST_F(CapacityTest, PlainCallsHealthAndRunsGoOnWhileEveryPlaceIsPinned) {
  const Json profile = server_.MustCall(
      "ProfileRepository.Create", {{"profile", {{"email", "a@b.c"}, {"handle", "ada"}, {"display_name", "Ada"}}}});
  const Json todo =
      server_.MustCall("TodoRepository.Create", {{"todo", {{"owner_id", profile["id"]}, {"title", "t"}}}});
  Blocker blocker(&server_, LockTodo(todo));
  const Unit first(&server_);
  const Unit second(&server_);
  const Json change = {{"todo", {{"id", todo["id"]}, {"title", "x"}}}, {"update_mask", "title"}};
  const auto update = [&](const Unit& unit) { return unit.Call("TodoRepository.Update", change); };
  auto one = std::async(std::launch::async, update, std::cref(first));
  auto two = std::async(std::launch::async, update, std::cref(second));
  EXPECT_TRUE(Eventually(&server_, kWaiting + " = 2"));
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(Summary(server_.Call("TodoRepository.GetById", {{"id", todo["id"]}})), "OK");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
    grpc::health::v1::HealthCheckResponse health;
    const auto reply = wire::CallRaw(server_.channel(), "/grpc.health.v1.Health/Check", "");
    EXPECT_TRUE(health.ParseFromString(reply.response));
    EXPECT_EQ(health.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  }
  EXPECT_EQ(server_.MustCall("UnitOfWork.List", Json::object())["units_of_work"].size(), 2u);
  blocker.End();
  EXPECT_EQ(
      Summary(one.wait_for(std::chrono::seconds(5)) == std::future_status::ready ? first.Commit() : second.Commit()),
      "OK");
  EXPECT_EQ(Summary(one.get()), "OK");
  EXPECT_EQ(Summary(two.get()), "OK");
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
  EXPECT_EQ(Summary(first.Rollback()), "OK");
  EXPECT_EQ(Summary(server.Call("UnitOfWork.Begin", {{"capacity_wait", "1s"}})), "OK");
}

TEST(NoUnitsTest, AShareOfZeroLeavesRunAndPlainCalls) {
  InProcessServer::Options options;
  options.serve.units.share = 0;
  InProcessServer server(CompileExample("planner/v1"), options);
  EXPECT_EQ(Summary(server.Call("UnitOfWork.Begin", {{"capacity_wait", "0s"}})),
            "RESOURCE_EXHAUSTED UNIT_OF_WORK_LIMIT");
  EXPECT_EQ(Summary(server.Call("TodoRepository.List", Json::object())), "OK");
}

}  // namespace
}  // namespace rowkeeper::testing
