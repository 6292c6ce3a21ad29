#include <algorithm>
#include <future>

#include "server/observe/counters.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

uint64_t Refusals(const std::string& reason) {
  const auto refusals = observe::Counters::Process().Snapshot().refusals;
  const auto found = refusals.find(reason);
  return found == refusals.end() ? 0 : found->second;
}

/// A server with one connection, which a statement that waits for a lock occupies.
class BusyServer {
 public:
  explicit BusyServer(InProcessServer::Options options) : server_(CompileExample("planner/v1"), Narrow(options)) {
    const Json profile = server_.MustCall(
        "ProfileRepository.Create", {{"profile", {{"email", "a@b.c"}, {"handle", "ada"}, {"display_name", "Ada"}}}});
    todo_ = server_.MustCall("TodoRepository.Create", {{"todo", {{"owner_id", profile["id"]}, {"title", "t"}}}});
    blocker_ = std::make_unique<Blocker>(&server_, LockTodo(todo_));
    running_ = Start();
    EXPECT_TRUE(Eventually(&server_, kWaiting + " = 1"));
  }

  /// A call on a thread of its own.
  std::future<absl::StatusOr<Json>> Start() {
    return std::async(std::launch::async, [this] {
      return server_.Call("TodoRepository.Update",
                          {{"todo", {{"id", todo_["id"]}, {"title", "renamed"}}}, {"update_mask", "title"}});
    });
  }
  absl::StatusOr<Json> Get() { return server_.Call("TodoRepository.GetById", {{"id", todo_["id"]}}); }
  /// Frees the connection and gives the answer of the call that held it.
  absl::StatusOr<Json> Release() {
    blocker_->End();
    return running_.get();
  }

 private:
  static InProcessServer::Options Narrow(InProcessServer::Options options) {
    options.pool.pool_size = 1;
    options.pool.max_overflow = 0;
    options.connection.lock_timeout_ms = 0;
    return options;
  }

  InProcessServer server_;
  Json todo_;
  std::unique_ptr<Blocker> blocker_;
  std::future<absl::StatusOr<Json>> running_;
};

TEST(Limits, AFullQueueRefusesAtOnceWithAHintAndIsCounted) {
  InProcessServer::Options options;
  options.serve.queue_limit = 3;
  BusyServer busy(options);
  const uint64_t before = Refusals("QUEUE_FULL");
  std::vector<std::future<absl::StatusOr<Json>>> calls;
  for (int i = 0; i < 8; ++i) calls.push_back(busy.Start());
  const auto is_answered = [](const auto& call) {
    return call.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  EXPECT_TRUE(Eventually([&] { return std::count_if(calls.begin(), calls.end(), is_answered) >= 5; }));
  for (auto& call : calls) {
    if (!is_answered(call)) continue;
    const auto answer = call.get();
    EXPECT_EQ(Summary(answer), "RESOURCE_EXHAUSTED QUEUE_FULL");
    EXPECT_GT(RetryDelayOf(answer.status()), 0);
    EXPECT_EQ(MetadataOf(answer.status(), "limit"), "queue-limit");
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr("queue-limit is 3 calls"));
  }
  EXPECT_EQ(Refusals("QUEUE_FULL"), before + 5);
  EXPECT_EQ(Summary(busy.Release()), "OK");
  for (auto& call : calls) {
    if (!call.valid()) continue;
    EXPECT_EQ(Summary(call.get()), "OK");  // it waited
  }
}

TEST(Limits, AWaitLongerThanThePoolTimeoutIsRefusedAndCounted) {
  InProcessServer::Options options;
  options.pool.pool_timeout_s = 0.2;
  BusyServer busy(options);
  const uint64_t before = Refusals("POOL_TIMEOUT");
  const auto refused = busy.Get();
  EXPECT_EQ(Summary(refused), "RESOURCE_EXHAUSTED POOL_TIMEOUT");
  EXPECT_GT(RetryDelayOf(refused.status()), 0);
  EXPECT_EQ(MetadataOf(refused.status(), "limit"), "pool-timeout");
  EXPECT_EQ(Refusals("POOL_TIMEOUT"), before + 1);
  EXPECT_EQ(Summary(busy.Release()), "OK");
  EXPECT_EQ(Summary(busy.Get()), "OK");
}

TEST(Limits, AResponseThatIsTooLargeIsRefused) {
  InProcessServer::Options options;
  options.serve.max_response_kib = 4096;
  InProcessServer server(CompileExample("planner/v1"), options);
  const Json profile = server.MustCall("ProfileRepository.Create",
                                       {{"profile", {{"email", "a@b.c"}, {"handle", "ada"}, {"display_name", "Ada"}}}});
  for (int i = 0; i < 3; ++i) {
    server.MustCall("TodoRepository.Create",
                    {{"todo", {{"owner_id", profile["id"]}, {"title", "t"}, {"notes", std::string(2 << 20, 'x')}}}});
  }
  EXPECT_EQ(Summary(server.Call("TodoRepository.List", Json::object())), "RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE");
  EXPECT_EQ(Summary(server.Call("TodoRepository.List", {{"read_mask", "id,title"}})), "OK");
  EXPECT_EQ(Summary(server.Call("TodoRepository.List", {{"page_size", 1}})), "OK");
}

TEST(Limits, AWriteWhoseRowIsTooLargeToReturnIsNotMade) {
  InProcessServer::Options options;
  options.serve.max_response_kib = 64;
  InProcessServer server(CompileExample("planner/v1"), options);
  const Json profile = server.MustCall("ProfileRepository.Create",
                                       {{"profile", {{"email", "a@b.c"}, {"handle", "ada"}, {"display_name", "Ada"}}}});
  const uint64_t before = Refusals("RESPONSE_TOO_LARGE");
  const auto answer =
      server.Call("TodoRepository.Create",
                  {{"todo", {{"owner_id", profile["id"]}, {"title", "big"}, {"notes", std::string(100000, 'x')}}}});
  EXPECT_EQ(Summary(answer), "RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE");
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("nothing was changed"));
  EXPECT_EQ(RetryDelayOf(answer.status()), -1);  // a retry would end the same
  EXPECT_EQ(Refusals("RESPONSE_TOO_LARGE"), before + 1);
  EXPECT_EQ(server.MustCall("TodoRepository.List", {{"read_mask", "title"}}).count("todos"), 0u);
}

}  // namespace
}  // namespace rowkeeper::testing
