// What the page of running calls and units of work shows of a real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <future>
#include <string>
#include <vector>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/running_fixture.h"
#include "tests/pg/server/stream_client.h"

namespace rowkeeper::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST_F(RunningTest, WhoWaitsForALockIsShownWithTheUnitThatHoldsIt) {
  const Json todo = NewTodo(NewProfile());
  const Unit holder(&server(), LongLease("holder"));
  holder.MustCall("TodoRepository.Update", NewTitle(todo));
  CallOptions options;
  options.headers = {{"x-request-id", "request-7"}, {"traceparent", Cat("00-", kTrace, "-00f067aa0ba902b7-01")}};
  const auto waiter = Start("TodoRepository.Update", NewTitle(todo), options);
  const auto call = AwaitCall("planner.v1.TodoRepository.Update",
                              [](const Json& one) { return !one.value("waits_for", Json()).is_null(); });
  const std::string id = holder.info().value("id", "");
  if (call.has_value()) {
    EXPECT_THAT(call->value("waits_for", ""), HasSubstr(Cat("the unit of work ", id, " \"holder\", which waits")));
    EXPECT_EQ(call->value("place", ""), "at PostgreSQL");
    EXPECT_EQ(call->value("request_id", ""), "request-7");
    EXPECT_EQ(call->value("trace_id", ""), kTrace);
    EXPECT_GT(call->value("statement_ms", -1.0), 0);
    EXPECT_GT(call->value("running_ms", -1.0), 0);
  }
  EXPECT_TRUE(rowkeeper::testing::Eventually([&] { return UnitOf(id).value("blocks", 0) == 1; })) << Running();
  const Json unit = UnitOf(id);
  EXPECT_EQ(unit.value("label", ""), "holder");
  EXPECT_GT(unit.value("left_ms", 0.0), 0);
  EXPECT_GE(unit.value("idle_ms", -1.0), 0);
  const std::string html = Page("/status/running");
  EXPECT_THAT(html,
              AllOf(HasSubstr("TodoRepository.Update"), HasSubstr(id), HasSubstr("wait"), HasSubstr("for a lock")));
  EXPECT_THAT(html, Not(HasSubstr(holder.handle()))) << "whoever has the handle may use the unit";
  EXPECT_TRUE(holder.Rollback().ok());
  EXPECT_TRUE(rowkeeper::testing::Eventually([&] { return UnitOf(id).empty(); }));
}

TEST_F(RunningTest, ACallInAUnitNamesItsUnitWhichWaitsToo) {
  const Json todo = NewTodo(NewProfile());
  const Unit holder(&server(), LongLease("holder"));
  const Unit waiter(&server(), LongLease("holder"));
  holder.MustCall("TodoRepository.Update", NewTitle(todo));
  const auto update = Start("TodoRepository.Update", NewTitle(todo), waiter.Inside());
  const std::string id = waiter.info().value("id", "");
  (void)AwaitCall("planner.v1.TodoRepository.Update", [&id](const Json& one) {
    return one.value("unit", Json()) == id && !one.value("waits_for", Json()).is_null();
  });
  EXPECT_TRUE(rowkeeper::testing::Eventually([&] { return !UnitOf(id).value("waits_for", Json()).is_null(); }));
  EXPECT_EQ(UnitOf(id).value("running", ""), "planner.v1.TodoRepository.Update");
  EXPECT_TRUE(holder.Rollback().ok());
  update.wait();
  EXPECT_TRUE(waiter.Rollback().ok());
}

/// They are one statement, which each of them is found by.
TEST_F(RunningTest, CallsThatRunTogetherAreAllAtPostgres) {
  Blocker blocker(&server(), "LOCK TABLE todos");
  std::vector<std::future<absl::StatusOr<Json>>> callers;
  constexpr size_t kCallers = 40;
  for (size_t i = 0; i < kCallers; ++i) {
    callers.push_back(Start("TodoRepository.GetById", {{"id", kNoId}}));
  }
  const auto count = [](const std::function<bool(const Json&)>& fits) {
    const Json calls = Running()["calls"]["list"];
    return static_cast<size_t>(std::count_if(calls.begin(), calls.end(), fits));
  };
  EXPECT_TRUE(rowkeeper::testing::Eventually([&] { return count([](const Json&) { return true; }) >= kCallers; }));
  EXPECT_TRUE(rowkeeper::testing::Eventually([&] {
    return count([](const Json& call) { return !call.value("waits_for", Json()).is_null(); }) > 0;
  })) << Running();
  EXPECT_TRUE(rowkeeper::testing::Eventually([&] {
    return count([](const Json& call) { return call.value("place", "") == "at PostgreSQL, with other calls"; }) > 1;
  })) << Running();
  blocker.End();
}

TEST_F(RunningTest, AStreamSaysHowManyRowsItHasSent) {
  const std::string owner = NewProfile();
  server().database().Run(Cat("INSERT INTO todos (owner_id, title, priority, notes) SELECT '", owner,
                              "', 'to do ' || i, 1, repeat('x', 2000) FROM generate_series(1, 5000) i"));
  const auto stream = StartExport(&server(), "TodoRepository.Export", Json::object());
  const auto call = AwaitCall("planner.v1.TodoRepository.Export", [](const Json& one) {
    return one.value("place", "") == "waits for its caller" && one.value("rows", Json()).is_number();
  });
  EXPECT_GT(call.value_or(Json{{"rows", 0}}).value("rows", 0), 0);
  EXPECT_TRUE(EndOf(stream.get()).ok());
}

TEST_F(RunningTest, NothingRunsWhenNothingIsCalled) {
  EXPECT_TRUE(rowkeeper::testing::Eventually([] { return Running()["calls"]["list"].empty(); }));
  EXPECT_THAT(Page("/status/running"), HasSubstr("No call runs."));
}

}  // namespace
}  // namespace rowkeeper::testing
