#include <gmock/gmock.h>

#include <algorithm>
#include <future>
#include <string>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/many_calls.h"
#include "tests/pg/server/nap_server.h"
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

/// What a server did to which a caller sent ten times its peak, while a polite one asked 25 times.
struct Overload {
  int polite_served = 0;
  /// Parts of the peak.
  double served = 0;
  double refused = 0;
  std::chrono::milliseconds median_refusal{0};

  // On a machine with nothing else to do 0.98 of the peak is served, and a refusal takes 3 ms.
  bool IsBorne() const {
    return polite_served >= 20 && served >= 0.7 && refused >= 4 && median_refusal <= std::chrono::milliseconds(200);
  }
};

Overload MeasureOverload() {
  constexpr std::chrono::seconds kTime{5};
  NapServer server;
  const double peak = MeasurePeak(&server, 8, std::chrono::seconds(2));
  ManyCalls flood(server.get(), server.tcp(), 2), polite(server.get(), server.unix_socket(), 1);
  OpenLoop flooding = {&flood, NapServer::kMethod, "", 10 * peak, {}};
  flooding.options.timeout = std::chrono::milliseconds(1500);
  OpenLoop asking = {&polite, NapServer::kMethod, "", 5, {}};
  asking.options.timeout = std::chrono::milliseconds(1000);
  RunOpenLoops({flooding, asking}, std::chrono::seconds(2));
  flood.TakeAnswers();
  polite.TakeAnswers();
  RunOpenLoops({flooding, asking}, kTime);
  Overload seen;
  seen.polite_served = polite.outcomes()["OK"];
  int good = seen.polite_served;
  std::vector<std::chrono::steady_clock::duration> refusals;
  for (const ManyCalls::Answer& answer : flood.TakeAnswers()) {
    good += answer.outcome == "OK" ? 1 : 0;
    if (answer.outcome == "DEADLINE_UNREACHABLE") refusals.push_back(answer.took);
  }
  seen.served = good / (kTime.count() * peak);
  seen.refused = static_cast<double>(refusals.size()) / (kTime.count() * peak);
  if (refusals.empty()) return seen;
  std::nth_element(refusals.begin(), refusals.begin() + refusals.size() / 2, refusals.end());
  seen.median_refusal = std::chrono::duration_cast<std::chrono::milliseconds>(refusals[refusals.size() / 2]);
  return seen;
}

TEST(OverloadedServer, GoesOnAtItsPeakAndServesAPoliteCaller) {
  Overload seen = MeasureOverload();
  // What else runs on the machine takes its share of the peak; a server that breaks down does so every time.
  for (int tries = 1; tries < 5 && !seen.IsBorne(); ++tries) seen = MeasureOverload();
  EXPECT_TRUE(seen.IsBorne()) << "polite: " << seen.polite_served << " of 25, served: " << seen.served
                              << ", refused: " << seen.refused << " of the peak, in the middle after "
                              << seen.median_refusal.count() << " ms";
}

TEST(OverloadedServer, HealthCommitAndRollbackPassFirst) {
  NapServer server;
  const auto begun = server->Call("UnitOfWork.Begin", Json::object());
  const auto given_up = server->Call("UnitOfWork.Begin", Json::object());
  ASSERT_TRUE(begun.ok() && given_up.ok());
  ManyCalls flood(server.get(), server.tcp(), 2);
  OpenLoop flooding = {&flood, NapServer::kMethod, "", 500, {}};
  ASSERT_TRUE(Eventually([&] {
    RunOpenLoops({flooding}, std::chrono::seconds(1));
    return Scrape(server->MetricsText()).Sum("rowkeeper_queue_waiting") > 100;
  }));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(server->IsServing());
  EXPECT_EQ(Summary(server->Call("UnitOfWork.Commit", {{"handle", begun->value("handle", "")}})), "OK");
  EXPECT_EQ(Summary(server->Call("UnitOfWork.Rollback", {{"handle", given_up->value("handle", "")}})), "OK");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
}

TEST(OverloadedServer, ACallerHasNoMoreCallsThanOneMayAndOthersHaveTheirs) {
  InProcessServer::Options options;
  options.serve.calls_per_caller = 6;
  NapServer server(options);
  ManyCalls many(server.get(), server.tcp(), 1), one(server.get(), server.unix_socket(), 1);
  for (int i = 0; i < 40; ++i) many.Start(NapServer::kMethod, "");
  one.Start(NapServer::kMethod, "");
  ASSERT_TRUE(many.Await(40));
  ASSERT_TRUE(one.Await(1));
  EXPECT_EQ(many.outcomes()["OK"] + many.outcomes()["CALLER_LIMIT"], 40);
  EXPECT_GE(many.outcomes()["CALLER_LIMIT"], 20);
  EXPECT_THAT(one.outcomes(), ElementsAre(Pair("OK", 1)));
  const Scrape scrape(server->MetricsText());
  EXPECT_GE(scrape.Sum("rowkeeper_limit_refusals_total", {{"limit", "calls-per-caller"}}), 20);
  EXPECT_GE(scrape.Sum("rowkeeper_refusals_total", {{"reason", "CALLER_LIMIT"}}), 20);
}

}  // namespace
}  // namespace rowkeeper::testing
