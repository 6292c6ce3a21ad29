// How often a call waits for PostgreSQL. Counted are the messages by which PostgreSQL says that it has answered and
// waits for more, as they pass a gate before it.
#include <algorithm>
#include <functional>
#include <future>
#include <limits>

#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/tcp_gate.h"

namespace rowkeeper::testing {
namespace {

/// Calls come one after the other, and so find the connection of the one before.
class RoundTripsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    InProcessServer::Options options;
    options.pool.pool_size = 2;  // a unit may hold half of them
    options.pool.max_overflow = 0;
    options.route = [](const std::string& url) {
      gate_ = new TcpGate(url);
      return gate_->url();
    };
    server_ = new InProcessServer(CompileExample("planner/v1"), options);
    CreateKeyTable(&server_->database());
    owner_ = server_->MustCall("ProfileRepository.Create", ProfileOf(RandomHex(8)));
  }
  static void TearDownTestSuite() {
    delete server_;
    delete gate_;
  }

  static int Answers() {
    const auto messages = gate_->seen().from_server;
    const auto ready = messages.find('Z');
    return ready == messages.end() ? 0 : ready->second;
  }

  /// The fewest of several times: the server itself looks at the database now and then, and the first time prepares.
  static int Of(const std::function<void()>& call) {
    constexpr int kTimes = 12;
    int fewest = std::numeric_limits<int>::max();
    for (int i = 0; i < kTimes; ++i) {
      const int before = Answers();
      call();
      fewest = std::min(fewest, Answers() - before);
    }
    return fewest;
  }

  static Json NewTodo() { return {{"todo", {{"owner_id", owner_["id"]}, {"title", "water the plants"}}}}; }
  static Json TodoOf(const Json& todo) { return {{"id", todo["id"]}}; }
  static Json Renamed(const Json& todo) {
    return {{"todo", {{"id", todo["id"]}, {"title", RandomHex(4)}}}, {"update_mask", "title"}};
  }
  static Json CreateTodo() { return server_->MustCall("TodoRepository.Create", NewTodo()); }

  static void Run(int calls, const CallOptions& options = CallOptions()) {
    RunRequest run(server_);
    for (int i = 0; i < calls; ++i) run.Add("TodoRepository.Create", NewTodo());
    const auto answers = run.Send(options);
    ASSERT_TRUE(answers.ok()) << answers.status();
  }
  static void Keyed(const std::string& key, const CallOptions& options = CallOptions()) {
    const KeyedAnswer answer = CallWithKey(server_, "TodoRepository.Create", NewTodo(), key, options);
    ASSERT_TRUE(answer.bytes.ok()) << answer.bytes.status();
  }

  static inline TcpGate* gate_ = nullptr;
  static inline InProcessServer* server_ = nullptr;
  static inline Json owner_;
};

struct Kind {
  const char* name;
  std::function<void()> call;
  int round_trips;
};

TEST_F(RoundTripsTest, OfEachKindOfCall) {
  const Json todo = CreateTodo();
  const auto in_unit = [](const std::function<void(const Unit&)>& calls) {
    return [calls] {
      const Unit unit(server_);
      calls(unit);
      ASSERT_TRUE(unit.Commit().ok());
    };
  };
  const auto call = [](const std::string& method, const Json& request) {
    return [method, request] { server_->MustCall(method, request); };
  };
  const Json one = NewTodo()["todo"];
  const Json batch = {{"todos", {one, one, one}}};
  const std::vector<Kind> kinds = {
      {"read", call("TodoRepository.GetById", TodoOf(todo)), 1},
      {"list", call("TodoRepository.ListByOwner", {{"owner_id", owner_["id"]}, {"page_size", 3}}), 1},
      {"create", [] { CreateTodo(); }, 1},
      {"update", [&] { server_->MustCall("TodoRepository.Update", Renamed(todo)); }, 1},
      {"soft delete and restore",
       [&] {
         server_->MustCall("TodoRepository.SoftDelete", TodoOf(todo));
         server_->MustCall("TodoRepository.Restore", TodoOf(todo));
       },
       2},
      {"batch", call("TodoRepository.BatchCreate", batch), 1},
      {"create with a key: claim, write, store", [] { Keyed(NewKey()); }, 3},
      {"run of 1: the call itself", [] { Run(1); }, 1},
      {"run of 3", [] { Run(3); }, 4},
      {"run of 2 with a key: claim, 2 writes, store", [] { Run(2, WithKey(NewKey())); }, 4},
      {"unit: begin and roll back", [] { ASSERT_TRUE(Unit(server_).Rollback().ok()); }, 0},
      {"unit: begin and commit", in_unit([](const Unit&) {}), 0},
      {"unit that reads", in_unit([&](const Unit& unit) { unit.MustCall("TodoRepository.GetById", TodoOf(todo)); }), 2},
      {"unit that creates", in_unit([](const Unit& unit) { unit.MustCall("TodoRepository.Create", NewTodo()); }), 2},
      {"unit of three writes", in_unit([&](const Unit& unit) {
         unit.MustCall("TodoRepository.Create", NewTodo());
         unit.MustCall("TodoRepository.Update", Renamed(todo));
         unit.MustCall("TodoRepository.Create", NewTodo());
       }),
       4},
      {"unit that is rolled back",
       [] {
         const Unit unit(server_);
         unit.MustCall("TodoRepository.Create", NewTodo());
         ASSERT_TRUE(unit.Rollback().ok());
       },
       2},
      {"unit with a batch", in_unit([&](const Unit& unit) { unit.MustCall("TodoRepository.BatchCreate", batch); }), 2},
      {"unit with a keyed write: claim, write, store, COMMIT",
       in_unit([](const Unit& unit) { Keyed(NewKey(), unit.Inside()); }), 4},
      {"unit with a savepoint", in_unit([](const Unit& unit) {
         unit.MustCall("TodoRepository.Create", NewTodo());
         ASSERT_TRUE(unit.Savepoint("here").ok());
         unit.MustCall("TodoRepository.Create", NewTodo());
         ASSERT_TRUE(unit.RollbackTo("here").ok());
       }),
       5},
      {"serializable unit",
       [] {
         const Unit unit(server_, Isolated("SERIALIZABLE"));
         unit.MustCall("TodoRepository.Create", NewTodo());
         ASSERT_TRUE(unit.Commit().ok());
       },
       2},
  };
  for (const Kind& kind : kinds) EXPECT_EQ(Of(kind.call), kind.round_trips) << kind.name;
}

TEST_F(RoundTripsTest, AReplayIsAnsweredBeforeItsTransactionEnds) {
  const std::string key = NewKey();
  Keyed(key);
  gate_->Add({'Q', "ROLLBACK", TcpGate::Action::kStall});
  auto replay =
      std::async(std::launch::async, [&] { return CallWithKey(server_, "TodoRepository.Create", NewTodo(), key); });
  ASSERT_TRUE(gate_->AwaitFired());
  EXPECT_EQ(replay.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  gate_->Resume();
  EXPECT_TRUE(replay.get().replayed);
}

}  // namespace
}  // namespace rowkeeper::testing
