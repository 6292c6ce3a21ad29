// Callers who do much, and no harm, are never aborted.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "server/app/server_process.h"
#include "tests/hostile/hostile_server.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/stream_client.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scrape.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr char kUnknownId[] = "00000000-0000-4000-8000-000000000000";

class HonestCallersTest : public ::testing::Test {
 protected:
  explicit HonestCallersTest(InProcessServer::Options options = {})
      : server_(CompileExample("planner/v1"), std::move(options)) {}
  void SetUp() override { ASSERT_TRUE(server_.ok()); }
  void ExpectNobodyWasCut() {
    const Scrape scrape(server_.MetricsText());
    EXPECT_EQ(scrape.Sum("rowkeeper_connections_aborted_total", {}), 0);
    EXPECT_EQ(scrape.Sum("rowkeeper_connections_refused_total", {}), 0);
  }
  struct Repetition {
    int threads;
    milliseconds time;
    /// On a busy machine they take longer.
    int least_calls;
  };
  /// Runs `call` on some threads for a while, and until there were so many calls.
  static void Repeat(const Repetition& repetition, const std::function<void()>& call) {
    std::atomic<int> calls{0};
    const auto end = steady_clock::now() + repetition.time;
    const auto give_up = end + seconds(60);
    std::vector<std::thread> all;
    for (int i = 0; i < repetition.threads; ++i) {
      all.emplace_back([&] {
        while (steady_clock::now() < (calls < repetition.least_calls ? give_up : end)) {
          call();
          ++calls;
        }
      });
    }
    for (std::thread& thread : all) thread.join();
    EXPECT_GE(calls, repetition.least_calls);
  }

  InProcessServer server_;
};

TEST_F(HonestCallersTest, WhoCallsAsFastAsItCan) {
  Repeat({/*threads=*/16, seconds(Sized(3, 30)), /*least_calls=*/1000}, [this] {
    EXPECT_EQ(ReasonOf(server_.Call("TodoRepository.GetById", {{"id", kUnknownId}})), "ROW_NOT_FOUND");
  });
  ExpectNobodyWasCut();
}

TEST_F(HonestCallersTest, WhoSendsManyLargeRequestsAtOnce) {
  const Json todo = {{"todo", {{"owner_id", kUnknownId}, {"title", "t"}, {"notes", std::string(2 << 20, 'n')}}}};
  Repeat({/*threads=*/16, seconds(Sized(3, 30)), /*least_calls=*/16},
         [&] { (void)server_.Call("TodoRepository.Create", todo); });
  ExpectNobodyWasCut();
}

TEST_F(HonestCallersTest, WhoseCallsAllRunIntoTheirDeadline) {
  const Blocker blocker(&server_, "LOCK TABLE todos");
  CallOptions hurry;
  hurry.timeout = milliseconds(100);
  std::atomic<int> late{0};
  Repeat({/*threads=*/64, seconds(Sized(4, 30)), /*least_calls=*/64}, [&] {
    const auto answer = server_.Call("TodoRepository.GetById", {{"id", kUnknownId}}, hurry);
    late += answer.status().code() == absl::StatusCode::kDeadlineExceeded ? 1 : 0;
  });
  EXPECT_GE(late, 64) << "others are refused, for the server has learnt that they would be late";
  ExpectNobodyWasCut();
}

/// As a proxy does for its clients: more calls than may wait, so that some are refused.
TEST_F(HonestCallersTest, WhoHasThousandsOfCallsWaitingOnManyConnections) {
  const std::string request = std::string("\x0a\x24") + kUnknownId;
  std::vector<std::unique_ptr<Http2Client>> clients;
  {
    const Blocker blocker(&server_, "LOCK TABLE todos");
    for (int i = 0; i < 12; ++i) {
      clients.push_back(Http2Client::Connect(server_.addresses().front()));
      ASSERT_NE(clients.back(), nullptr);
      clients.back()->AddPreface();
      for (int call = 0; call < 900; ++call) {
        const uint32_t stream = clients.back()->NextStream();
        clients.back()->AddRequest(stream, "/planner.v1.TodoRepository/GetById", kNoFlags);
        clients.back()->AddMessage(stream, request, kEndStream);
      }
      ASSERT_TRUE(clients.back()->Send());
    }
    std::this_thread::sleep_for(seconds(2));  // many times as long as it takes to judge a connection
    for (const auto& client : clients) EXPECT_FALSE(client->closed());
  }
  for (const auto& client : clients) {
    int answers = 0;
    while (answers < 900) {
      const auto frame = client->Read();
      ASSERT_TRUE(frame.has_value()) << answers;
      answers += frame->type == FrameType::kHeaders && (frame->flags & kEndStream) != 0 ? 1 : 0;
    }
  }
  ExpectNobodyWasCut();
}

TEST_F(HonestCallersTest, WhoConnectsForEachCall) {
  Repeat({/*threads=*/8, seconds(2), /*least_calls=*/100}, [&] {
    CallOptions options;
    options.channel = NewChannel(server_.addresses().front());
    EXPECT_EQ(ReasonOf(server_.Call("TodoRepository.GetById", {{"id", kUnknownId}}, options)), "ROW_NOT_FOUND");
  });
  ExpectNobodyWasCut();
}

InProcessServer::Options ShortLived() {
  InProcessServer::Options options;
  options.serve.connections.age_s = 0.5;
  return options;
}

class ConnectionAgeTest : public HonestCallersTest {
 protected:
  ConnectionAgeTest() : HonestCallersTest(ShortLived()) {}
};

TEST_F(ConnectionAgeTest, AUnitOfWorkAndItsCallerOutliveConnections) {
  const Json begun = server_.MustCall("UnitOfWork.Begin", Json::object());
  CallOptions in_unit;
  in_unit.headers = {{"rowkeeper-unit-of-work", begun.at("handle").get<std::string>()}};
  const auto accepted = [this] {
    return Scrape(server_.MetricsText()).Sum("rowkeeper_connections_accepted_total", {});
  };
  const auto give_up = steady_clock::now() + seconds(40);
  for (int calls = 0; calls < 100 || accepted() < 6; ++calls) {
    ASSERT_LT(steady_clock::now(), give_up) << calls << " calls, " << accepted() << " connections";
    EXPECT_EQ(ReasonOf(server_.Call("TodoRepository.GetById", {{"id", kUnknownId}}, in_unit)), "ROW_NOT_FOUND");
    std::this_thread::sleep_for(milliseconds(2));
  }
  EXPECT_TRUE(server_.Call("UnitOfWork.Commit", {{"handle", begun.at("handle")}}).ok());
}

TEST_F(ConnectionAgeTest, AnImportGoesOnToItsEnd) {
  const Json profile = {{"email", "ada@example.org"}, {"handle", "ada"}, {"display_name", "Ada"}};
  const Json owner = server_.MustCall("ProfileRepository.Create", {{"profile", profile}});
  const Json todos = Json::array({{{"id", kUnknownId}, {"owner_id", owner.at("id")}, {"title", "t"}}});
  StreamClient import(&server_, "TodoRepository.Import");
  const auto end = steady_clock::now() + seconds(3);
  for (int sent = 0; sent < 10 || steady_clock::now() < end; ++sent) {
    const bool goes_on = import.Send({{"todos", todos}}) && import.Receive().has_value();
    ASSERT_TRUE(goes_on) << EndOf(&import);
    std::this_thread::sleep_for(milliseconds(50));
  }
  import.SendNoMore();
  EXPECT_TRUE(EndOf(&import).ok());
}

}  // namespace
}  // namespace rowkeeper::testing
