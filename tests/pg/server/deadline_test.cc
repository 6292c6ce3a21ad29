#include <grpcpp/client_context.h>

#include <future>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/support/scrape.h"

namespace rowkeeper::testing {
namespace {

/// One connection, so that every call follows the last one on it.
class DeadlineTest : public ::testing::Test {
 protected:
  static InProcessServer::Options OneConnection() {
    InProcessServer::Options options;
    options.pool.pool_size = 1;
    options.pool.max_overflow = 0;
    options.connection.lock_timeout_ms = 0;
    options.connection.statement_timeout_ms = 60000;
    return options;
  }

  void SetUp() override {
    const Json profile = server_.MustCall(
        "ProfileRepository.Create", {{"profile", {{"email", "a@b.c"}, {"handle", "ada"}, {"display_name", "Ada"}}}});
    todo_ = server_.MustCall("TodoRepository.Create", {{"todo", {{"owner_id", profile["id"]}, {"title", "t"}}}});
  }

  Json Rename() const { return {{"todo", {{"id", todo_["id"]}, {"title", "renamed"}}}, {"update_mask", "title"}}; }
  absl::StatusOr<Json> Get() { return server_.Call("TodoRepository.GetById", {{"id", todo_["id"]}}); }

  InProcessServer server_{CompileExample("planner/v1"), OneConnection()};
  Json todo_;
};

TEST_F(DeadlineTest, ReachesPostgresAndDoesNotHurtTheNextStatement) {
  CallOptions options;
  options.timeout = std::chrono::milliseconds(150);
  int reached = 0;
  while (reached < 5 && options.timeout < std::chrono::seconds(30)) {
    Blocker blocker(&server_, LockTodo(todo_));
    auto call =
        std::async(std::launch::async, [&] { return server_.Call("TodoRepository.Update", Rename(), options); });
    bool waits = false;
    EXPECT_TRUE(Eventually([&] {
      waits = server_.database().Value(Cat("SELECT ", kWaiting)) == "1";
      return waits || call.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }));
    // On a busy machine the time may be up before the statement is there.
    reached += waits ? 1 : 0;
    if (!waits) options.timeout *= 2;
    EXPECT_EQ(call.get().status().code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_TRUE(Eventually(&server_, kWaiting + " = 0"));
    for (int next = 0; next < 5; ++next) EXPECT_EQ(Summary(Get()), "OK");  // on the same connection
    blocker.End();
  }
  EXPECT_EQ(reached, 5);
  EXPECT_EQ((*Get())["version"], "1");
}

TEST_F(DeadlineTest, ACancelledCallEndsItsStatementAndNoOther) {
  for (int i = 0; i < 5; ++i) {
    Blocker blocker(&server_, LockTodo(todo_));
    grpc::ClientContext context;
    CallOptions options;
    options.context = &context;
    auto call =
        std::async(std::launch::async, [&] { return server_.Call("TodoRepository.Update", Rename(), options); });
    EXPECT_TRUE(Eventually(&server_, kWaiting + " = 1"));
    context.TryCancel();
    EXPECT_EQ(call.get().status().code(), absl::StatusCode::kCancelled);
    EXPECT_TRUE(Eventually(&server_, kWaiting + " = 0"));
    for (int next = 0; next < 5; ++next) EXPECT_EQ(Summary(Get()), "OK");
    blocker.End();
  }
  EXPECT_EQ((*Get())["version"], "1");
}

TEST_F(DeadlineTest, ACallThatWaitsForAConnectionLeavesTheQueueWhenItsTimeIsUp) {
  Blocker blocker(&server_, LockTodo(todo_));
  auto running = std::async(std::launch::async, [&] { return server_.Call("TodoRepository.Update", Rename()); });
  EXPECT_TRUE(Eventually(&server_, kWaiting + " = 1"));
  CallOptions options;
  options.timeout = std::chrono::milliseconds(100);
  const auto late = server_.Call("TodoRepository.Update", Rename(), options);
  EXPECT_EQ(late.status().code(), absl::StatusCode::kDeadlineExceeded);
  // The caller's time may be up a moment before the server's.
  EXPECT_TRUE(Eventually([this] { return Scrape(server_.MetricsText()).Sum("rowkeeper_queue_waiting") == 0; }));
  blocker.End();
  EXPECT_EQ(Summary(running.get()), "OK");
  EXPECT_EQ((*Get())["version"], "2");  // the late one never ran
}

TEST_F(DeadlineTest, CallsThatRunAreFinishedWhenTheServerStops) {
  Blocker blocker(&server_, LockTodo(todo_));
  auto running = std::async(std::launch::async, [&] { return server_.Call("TodoRepository.Update", Rename()); });
  EXPECT_TRUE(Eventually(&server_, kWaiting + " = 1"));
  auto stopped = std::async(std::launch::async, [&] { server_.Stop(); });
  EXPECT_TRUE(Eventually([this] { return !server_.IsServing(); }));
  EXPECT_EQ(stopped.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  blocker.End();
  EXPECT_EQ(Summary(running.get()), "OK");
  stopped.get();
}

}  // namespace
}  // namespace rowkeeper::testing
