#include <gmock/gmock.h>

#include <future>
#include <string>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/many_calls.h"
#include "tests/support/scrape.h"

namespace rowkeeper::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

/// A server with one connection, on which a call can be made to wait for a row.
class OverloadTest : public ::testing::Test {
 protected:
  void Serve(InProcessServer::Options options) {
    options.pool.pool_size = 1;
    options.pool.max_overflow = 0;
    options.connection.lock_timeout_ms = 0;
    server_ = std::make_unique<InProcessServer>(CompileExample("planner/v1"), options);
    ASSERT_TRUE(server_->ok());
    CreateKeyTable(&server_->database());
    const std::string owner = server_->MustCall("ProfileRepository.Create", ProfileOf("ada")).value("id", "");
    todo_ = server_->MustCall("TodoRepository.Create", {{"todo", {{"owner_id", owner}, {"title", "water"}}}});
    update_ = Bytes("TodoRepository.Update", {{"todo", todo_}, {"update_mask", "title"}});
    get_ = Bytes("TodoRepository.GetById", {{"id", todo_.value("id", "")}});
  }

  std::string Bytes(const std::string& method, const Json& request) {
    return server_->ToBytes(*server_->FindMethod(method)->input_type(), request);
  }

  bool AwaitMetric(const std::string& name, double value) {
    return Eventually([&] { return Scrape(server_->MetricsText()).Sum(name) == value; });
  }

  std::unique_ptr<InProcessServer> server_;
  Json todo_;
  std::string update_;
  std::string get_;
};

TEST_F(OverloadTest, ThousandsThatWaitForOneKeyAreRefusedOneAfterTheOther) {
  constexpr int kCalls = 2500;
  InProcessServer::Options options;
  options.serve.queue_limit = kCalls;
  Serve(options);
  Blocker blocker(server_.get(), LockTodo(todo_));
  const std::string& address = server_->addresses().front();
  const std::string key = NewKey();
  ManyCalls followers(server_.get(), address, 3), flood(server_.get(), address, 3);
  grpc::ClientContext first_context;
  CallOptions first_options;
  first_options.context = &first_context;
  auto first = std::async(std::launch::async, [&] {
    return server_->CallBytes("TodoRepository.Update", update_, WithKey(key, first_options));
  });
  ASSERT_TRUE(Eventually(server_.get(), kWaiting + " = 1"));
  for (int i = 0; i < kCalls; ++i) {
    Json todo = todo_;
    todo["title"] = Cat("no ", i, " is like another");
    followers.Start("TodoRepository.Update", Bytes("TodoRepository.Update", {{"todo", todo}, {"update_mask", "title"}}),
                    WithKey(key));
    flood.Start("TodoRepository.GetById", get_);
  }
  ASSERT_TRUE(AwaitMetric("rowkeeper_idempotency_waiting", kCalls));
  ASSERT_TRUE(AwaitMetric("rowkeeper_queue_waiting", kCalls));
  first_context.TryCancel();
  EXPECT_FALSE(first.get().ok());
  ASSERT_TRUE(followers.Await(kCalls));
  EXPECT_THAT(followers.outcomes(), ElementsAre(Pair("QUEUE_FULL", kCalls)));
  blocker.End();
  ASSERT_TRUE(flood.Await(kCalls));
  EXPECT_THAT(flood.outcomes(), ElementsAre(Pair("OK", kCalls)));
}

}  // namespace
}  // namespace rowkeeper::testing
