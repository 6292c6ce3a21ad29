#include <grpcpp/client_context.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/run_fixture.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kRaceCreate[] = "ProfileRepository.Create";
constexpr int kAtOnce = 100;

/// The servers' sessions that wait for a lock, in the database of `server`.
std::string WaitingFor(const std::string& text) {
  return Cat(
      "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = "
      "'rowkeeper' AND wait_event_type = 'Lock' AND query LIKE '%",
      text, "%')");
}

/// When the statement began that waits for the table of profiles; empty when none does.
std::string BeginOfTheOneThatWaits(InProcessServer* server) {
  return server->database().Value(
      "SELECT max(query_start) FROM pg_stat_activity WHERE datname = current_database() AND application_name = "
      "'rowkeeper' AND wait_event_type = 'Lock' AND query LIKE '%profiles%'");
}

class IdempotencyRaceTest : public ::testing::Test {
 protected:
  void Serve(InProcessServer::Options options = {}) {
    server_ = std::make_unique<InProcessServer>(CompileExample("planner/v1"), options);
    ASSERT_TRUE(server_->ok());
    CreateKeyTable(&server_->database());
  }

  /// Another server on the same database.
  std::unique_ptr<InProcessServer> Second(InProcessServer::Options options = {}) {
    options.route = [this](const std::string&) { return server_->database().url(); };
    return std::make_unique<InProcessServer>(CompileExample("planner/v1"), options);
  }

  std::vector<std::future<KeyedAnswer>> Send(InProcessServer* server, int calls, const Json& request,
                                             const std::string& key, const CallOptions& options = {}) {
    std::vector<std::future<KeyedAnswer>> answers;
    for (int i = 0; i < calls; ++i) {
      answers.push_back(
          std::async(std::launch::async, [=] { return CallWithKey(server, kRaceCreate, request, key, options); }));
    }
    return answers;
  }

  /// A call whose caller may leave.
  class Leaver {
   public:
    Leaver(InProcessServer* server, const std::string& handle, const std::string& key) {
      CallOptions options;
      options.context = &context_;
      answer_ = std::async(std::launch::async, [=] {
        return server->Call(kRaceCreate, ProfileOf(handle), WithKey(key, options)).status().code();
      });
    }
    absl::StatusCode Leave() {
      context_.TryCancel();
      return answer_.get();
    }

   private:
    grpc::ClientContext context_;
    std::future<absl::StatusCode> answer_;
  };

  /// How many were executed and not replayed; all must have the same bytes.
  static int Executed(std::vector<std::future<KeyedAnswer>>* answers, std::set<std::string>* bytes) {
    int executed = 0;
    for (auto& future : *answers) {
      const KeyedAnswer answer = future.get();
      EXPECT_TRUE(answer.bytes.ok()) << answer.bytes.status();
      if (!answer.bytes.ok()) continue;
      bytes->insert(*answer.bytes);
      executed += answer.replayed ? 0 : 1;
    }
    return executed;
  }

  /// Waits until so many calls wait for another one with their key, in the server.
  bool AwaitFollowers(int calls) const {
    const std::string line = Cat("\nrowkeeper_idempotency_waiting ", calls, "\n");
    return Eventually([&] { return server_->MetricsText().find(line) != std::string::npos; });
  }

  std::unique_ptr<InProcessServer> server_;
};

TEST_F(IdempotencyRaceTest, OfAHundredAtOnceOneIsExecutedAndAllHaveItsAnswer) {
  Serve();
  for (int round = 0; round < 5; ++round) {
    const std::string handle = RandomHex(8);
    auto answers = Send(server_.get(), kAtOnce, ProfileOf(handle), NewKey());
    std::set<std::string> bytes;
    EXPECT_EQ(Executed(&answers, &bytes), 1);
    EXPECT_EQ(bytes.size(), 1u);
    EXPECT_EQ(ProfilesWith(server_.get(), handle), "1");
  }
}

TEST_F(IdempotencyRaceTest, OfAHundredOnTwoServersOneIsExecutedToo) {
  Serve();
  const auto second = Second();
  for (int round = 0; round < 5; ++round) {
    const std::string handle = RandomHex(8);
    const std::string key = NewKey();
    auto answers = Send(server_.get(), kAtOnce / 2, ProfileOf(handle), key);
    auto others = Send(second.get(), kAtOnce / 2, ProfileOf(handle), key);
    std::set<std::string> bytes;
    EXPECT_EQ(Executed(&answers, &bytes) + Executed(&others, &bytes), 1);
    EXPECT_EQ(bytes.size(), 1u);
    EXPECT_EQ(ProfilesWith(server_.get(), handle), "1");
  }
}

TEST_F(IdempotencyRaceTest, SerializableRunsOnTwoServersAreExecutedOnceToo) {
  Serve();
  const auto second = Second();
  for (int round = 0; round < 5; ++round) {
    const std::string handle = RandomHex(8);
    const std::string key = NewKey();
    std::vector<std::future<RunRequest::Answers>> answers;
    for (int i = 0; i < 20; ++i) {
      InProcessServer* const server = i % 2 == 0 ? server_.get() : second.get();
      answers.push_back(std::async(std::launch::async, [=] {
        RunRequest run(server);
        run.Add(kRaceCreate, ProfileOf(handle));
        run.message().mutable_transaction()->set_isolation(v1::ISOLATION_SERIALIZABLE);
        return run.Send(WithKey(key));
      }));
    }
    std::set<std::string> rows;
    for (auto& future : answers) {
      const RunRequest::Answers answer = future.get();
      ASSERT_TRUE(answer.ok()) << answer.status();
      rows.insert(answer->front().dump());
    }
    EXPECT_EQ(rows.size(), 1u);
    EXPECT_EQ(ProfilesWith(server_.get(), handle), "1");
  }
}

TEST_F(IdempotencyRaceTest, ThoseThatWaitHoldNoWorkerAndNoConnection) {
  InProcessServer::Options options;
  options.pool.pool_size = 2;
  options.pool.max_overflow = 0;
  Serve(options);
  Blocker blocker(server_.get(), "LOCK TABLE profiles IN EXCLUSIVE MODE");
  const std::string handle = RandomHex(8);
  auto answers = Send(server_.get(), kAtOnce, ProfileOf(handle), NewKey());
  ASSERT_TRUE(Eventually(server_.get(), WaitingFor("profiles") + " = 1"));
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(server_->Call("ProfileRepository.List", Json::object()).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(8)) << "the other connection is free";
  EXPECT_TRUE(Eventually(server_.get(), WaitingFor("") + " = 1"));
  blocker.End();
  std::set<std::string> bytes;
  EXPECT_EQ(Executed(&answers, &bytes), 1);
  EXPECT_EQ(bytes.size(), 1u);
}

TEST_F(IdempotencyRaceTest, OneThatGivesUpIsToldAtOnceAndTheOthersGoOn) {
  Serve();
  Blocker blocker(server_.get(), "LOCK TABLE profiles IN EXCLUSIVE MODE");
  const std::string handle = RandomHex(8);
  const std::string key = NewKey();
  CallOptions patient;
  auto first = Send(server_.get(), 1, ProfileOf(handle), key, patient);
  ASSERT_TRUE(Eventually(server_.get(), WaitingFor("profiles") + " = 1"));
  CallOptions hasty;
  hasty.timeout = milliseconds(300);
  auto hasty_ones = Send(server_.get(), 20, ProfileOf(handle), key, hasty);
  for (auto& answer : hasty_ones) EXPECT_EQ(answer.get().bytes.status().code(), absl::StatusCode::kDeadlineExceeded);
  auto late = Send(server_.get(), 20, ProfileOf(handle), key, patient);
  blocker.End();
  std::set<std::string> bytes;
  EXPECT_EQ(Executed(&first, &bytes) + Executed(&late, &bytes), 1);
  EXPECT_EQ(bytes.size(), 1u);
  EXPECT_EQ(ProfilesWith(server_.get(), handle), "1");
}

TEST_F(IdempotencyRaceTest, WhenTheFirstIsCancelledTheNextHasItsTurn) {
  Serve();
  Blocker blocker(server_.get(), "LOCK TABLE profiles IN EXCLUSIVE MODE");
  const std::string handle = RandomHex(8);
  const std::string key = NewKey();
  Leaver first(server_.get(), handle, key);
  ASSERT_TRUE(Eventually(server_.get(), WaitingFor("profiles") + " = 1"));
  const std::string began = BeginOfTheOneThatWaits(server_.get());
  auto next = Send(server_.get(), 10, ProfileOf(handle), key);
  EXPECT_EQ(first.Leave(), absl::StatusCode::kCancelled);
  // The server learns a moment later than its caller that it left.
  ASSERT_TRUE(Eventually([&] {
    const std::string now = BeginOfTheOneThatWaits(server_.get());
    return !now.empty() && now != began;
  }));
  blocker.End();
  std::set<std::string> bytes;
  EXPECT_EQ(Executed(&next, &bytes), 1);
  EXPECT_EQ(ProfilesWith(server_.get(), handle), "1");
}

TEST_F(IdempotencyRaceTest, OneThatWaitedAndThenGivesUpWhileItRunsIsStoppedToo) {
  InProcessServer::Options options;
  options.connection.lock_timeout_ms = 600000;  // nothing but the cancel ends a statement
  options.connection.statement_timeout_ms = 600000;
  Serve(options);
  Blocker blocker(server_.get(), "LOCK TABLE profiles IN EXCLUSIVE MODE");
  const std::string handle = RandomHex(8);
  const std::string key = NewKey();
  // When the transaction began that waits for the blocker, in microseconds; 0 while none does.
  const std::string waits_since =
      "(SELECT COALESCE(max(extract(epoch FROM xact_start) * 1000000), 0)::bigint FROM pg_stat_activity WHERE "
      "datname = current_database() AND application_name = 'rowkeeper' AND wait_event_type = 'Lock')";
  const auto next_waits = [&](const std::string& since) {
    return Eventually(server_.get(), Cat(waits_since, " > ", since));
  };
  const auto waiting_now = [&] { return server_->database().Value(Cat("SELECT ", waits_since)); };
  Leaver first(server_.get(), handle, key);
  ASSERT_TRUE(next_waits("0"));
  const std::string of_first = waiting_now();
  Leaver second(server_.get(), handle, key);
  ASSERT_TRUE(AwaitFollowers(1));
  EXPECT_EQ(first.Leave(), absl::StatusCode::kCancelled);
  ASSERT_TRUE(next_waits(of_first)) << "the second has its turn";
  const std::string of_second = waiting_now();
  auto last = Send(server_.get(), 1, ProfileOf(handle), key);
  EXPECT_EQ(second.Leave(), absl::StatusCode::kCancelled);
  ASSERT_TRUE(next_waits(of_second)) << "the last has its turn";
  blocker.End();
  std::set<std::string> bytes;
  EXPECT_EQ(Executed(&last, &bytes), 1);
  EXPECT_EQ(ProfilesWith(server_.get(), handle), "1");
}

TEST_F(IdempotencyRaceTest, OthersWithTheKeyAndAnotherRequestAreRefusedAfterTheFirstSucceeded) {
  Serve();
  Blocker blocker(server_.get(), "LOCK TABLE profiles IN EXCLUSIVE MODE");
  const std::string handle = RandomHex(8);
  const std::string key = NewKey();
  auto first = Send(server_.get(), 1, ProfileOf(handle), key);
  ASSERT_TRUE(Eventually(server_.get(), WaitingFor("profiles") + " = 1"));
  const std::string other = RandomHex(8);
  auto others = Send(server_.get(), 5, ProfileOf(other), key);
  blocker.End();
  EXPECT_TRUE(first.front().get().bytes.ok());
  for (auto& answer : others) EXPECT_EQ(ReasonOf(answer.get().bytes), "IDEMPOTENCY_KEY_REUSED");
  EXPECT_EQ(ProfilesWith(server_.get(), other), "0");
}

TEST_F(IdempotencyRaceTest, OneThatIsRefusedForItsOwnRequestLeavesTheTurnToTheOthers) {
  InProcessServer::Options options;
  options.serve.max_idempotent_response_kib = 1;
  Serve(options);
  const std::string owner = server_->MustCall(kRaceCreate, ProfileOf(RandomHex(8))).value("id", "");
  const auto send = [&](const std::string& notes, const std::string& key) {
    const Json todo = {{"todo", {{"owner_id", owner}, {"title", "water"}, {"notes", notes}}}};
    return std::async(std::launch::async,
                      [=] { return CallWithKey(server_.get(), "TodoRepository.Create", todo, key); });
  };
  Blocker blocker(server_.get(), "LOCK TABLE todos IN EXCLUSIVE MODE");
  const std::string key = NewKey();
  auto first = send(std::string(2000, 'n'), key);
  ASSERT_TRUE(Eventually(server_.get(), WaitingFor("todos") + " = 1"));
  auto other = send("few", key);
  auto again = send("few", key);
  EXPECT_TRUE(AwaitFollowers(2));
  blocker.End();
  EXPECT_EQ(ReasonOf(first.get().bytes), "RESPONSE_TOO_LARGE");
  const KeyedAnswer one = other.get();
  const KeyedAnswer two = again.get();
  ASSERT_TRUE(one.bytes.ok()) << one.bytes.status();
  ASSERT_TRUE(two.bytes.ok()) << two.bytes.status();
  EXPECT_EQ(*one.bytes, *two.bytes);
  EXPECT_NE(one.replayed, two.replayed);
  EXPECT_EQ(server_->database().Value("SELECT count(*) FROM todos"), "1");
}

TEST_F(IdempotencyRaceTest, EachOfThoseThatFailIsToldWhy) {
  Serve();
  const std::string handle = RandomHex(8);
  server_->MustCall(kRaceCreate, ProfileOf(handle));
  auto answers = Send(server_.get(), 30, ProfileOf(handle), NewKey());
  for (auto& answer : answers) EXPECT_EQ(ReasonOf(answer.get().bytes), "UNIQUE_VIOLATION");
}

TEST_F(IdempotencyRaceTest, MoreThanTheQueueTakesAreRefused) {
  InProcessServer::Options options;
  options.serve.queue_limit = 5;
  Serve(options);
  Blocker blocker(server_.get(), "LOCK TABLE profiles IN EXCLUSIVE MODE");
  auto answers = Send(server_.get(), 20, ProfileOf(RandomHex(8)), NewKey());
  EXPECT_TRUE(Eventually([&answers] {
    return std::count_if(answers.begin(), answers.end(), [](const auto& answer) {
             return answer.wait_for(seconds(0)) == std::future_status::ready;
           }) == 14;
  }));
  blocker.End();
  int refused = 0;
  for (auto& answer : answers) refused += ReasonOf(answer.get().bytes) == "QUEUE_FULL" ? 1 : 0;
  EXPECT_EQ(refused, 14) << "one is executed, five wait";
}

TEST_F(IdempotencyRaceTest, AnOldKeyIsFreeEvenBeforeItIsSwept) {
  Serve();
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  ASSERT_TRUE(CallWithKey(server_.get(), kRaceCreate, ProfileOf(handle), key).bytes.ok());
  server_->database().Run("UPDATE rowkeeper_idempotency_keys SET created_at = now() - interval '25 hours'");
  const KeyedAnswer again = CallWithKey(server_.get(), kRaceCreate, ProfileOf(RandomHex(8)), key);
  ASSERT_TRUE(again.bytes.ok()) << again.bytes.status();
  EXPECT_FALSE(again.replayed);
  EXPECT_EQ(KeysStored(server_.get(), key), "1");
}

TEST_F(IdempotencyRaceTest, OldKeysAreSweptInBatchesAndYoungOnesStay) {
  InProcessServer::Options options;
  options.serve.idempotency_key_age_s = 10;  // looked for every second
  Serve(options);
  server_->database().Run(
      "INSERT INTO rowkeeper_idempotency_keys (key, request_hash, method, response, created_at) "
      "SELECT 'old' || n, '', 'm', '', now() - interval '1 hour' FROM generate_series(1, 2500) n");
  server_->database().Run(
      "INSERT INTO rowkeeper_idempotency_keys (key, request_hash, method, response, created_at) "
      "SELECT 'young' || n, '', 'm', '', now() + interval '1 hour' FROM generate_series(1, 10) n");
  EXPECT_TRUE(Eventually(server_.get(), "count(*) = 10 FROM rowkeeper_idempotency_keys"));
  EXPECT_EQ(server_->database().Value("SELECT count(*) FROM rowkeeper_idempotency_keys WHERE key LIKE 'young%'"), "10");
}

TEST_F(IdempotencyRaceTest, AKeyThatSomebodyIsAtDoesNotStopTheSweep) {
  InProcessServer::Options options;
  options.serve.idempotency_key_age_s = 10;
  Serve(options);
  server_->database().Run(
      "INSERT INTO rowkeeper_idempotency_keys (key, request_hash, method, response, created_at) "
      "SELECT 'old' || n, '', 'm', '', now() - interval '1 hour' FROM generate_series(1, 100) n");
  Blocker blocker(server_.get(), "SELECT * FROM rowkeeper_idempotency_keys WHERE key = 'old1' FOR UPDATE");
  EXPECT_TRUE(Eventually(server_.get(), "count(*) <= 1 FROM rowkeeper_idempotency_keys"));
  blocker.End();
  EXPECT_TRUE(Eventually(server_.get(), "count(*) = 0 FROM rowkeeper_idempotency_keys"));
}

}  // namespace
}  // namespace rowkeeper::testing
