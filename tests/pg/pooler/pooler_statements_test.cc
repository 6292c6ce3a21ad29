#include <atomic>
#include <chrono>
#include <functional>
#include <random>
#include <thread>

#include "tests/pg/pooler/pooler_fixture.h"

/// Statements of many clients over few sessions: each gets its own answer, and nobody else's cancel request.
namespace rowkeeper::db {
namespace {

class PoolerStatementsTest : public PoolerTest, public ::testing::WithParamInterface<testing::PgBouncer::Options> {
 protected:
  void SetUp() override {
    PoolerTest::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) StartPooler(GetParam());
  }

  static void RunAll(int count, const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
    for (std::thread& thread : threads) thread.join();
  }
};

TEST_P(PoolerStatementsTest, EachIsAnsweredAsItself) {
  // Each client has as many texts as the others have, and no text of theirs.
  constexpr int kTexts = 20;
  constexpr int kRounds = 400;
  RunAll(6, [this](int client) {
    const auto connection = Open(Pooled());
    ASSERT_NE(connection, nullptr);
    std::minstd_rand random(static_cast<unsigned>(client) + 1);
    for (int round = 0; round < kRounds; ++round) {
      const bool alone = random() % 3 != 0;
      if (!alone) {
        ASSERT_TRUE(Run(*connection, "BEGIN").ok());
      }
      for (int i = 0; i < (alone ? 1 : 3); ++i) {
        const int text = static_cast<int>(random() % kTexts);
        const std::string sql =
            Cat("SELECT 'client ", client, " text ", text, " ' || $1::text, 1", ", 1" + (text % 2) * 3);
        EXPECT_EQ(NamedValue(*connection, sql, {Cat(round)}), Cat("client ", client, " text ", text, " ", round));
      }
      if (!alone) {
        ASSERT_TRUE(Run(*connection, round % 2 == 0 ? "COMMIT" : "ROLLBACK").ok());
      }
    }
  });
}

TEST_P(PoolerStatementsTest, AreAnsweredThoughANeighbourEmptiesTheSessions) {
  constexpr int kClients = 4;
  constexpr int kRounds = 300;
  std::atomic<int> running{kClients};
  RunAll(kClients + 1, [&](int client) {
    const auto connection = Open(Pooled());
    ASSERT_NE(connection, nullptr);
    while (client == kClients && running > 0) {  // another application of the same pool
      EXPECT_TRUE(Run(*connection, "DEALLOCATE ALL").ok());
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    for (int round = 0; client < kClients && round < kRounds; ++round) {
      const std::string sql = Cat("SELECT 'text ", round % 5, " ' || $1::text");
      EXPECT_EQ(NamedValue(*connection, sql, {Cat(client)}), Cat("text ", round % 5, " ", client));
    }
    if (client < kClients) --running;
  });
}

TEST_P(PoolerStatementsTest, ACancelReachesItsStatementAndNoOther) {
  constexpr int kCancellers = 3;
  constexpr int kRounds = 150;
  std::atomic<int> running{kCancellers};
  std::atomic<int> cancelled{0};
  RunAll(kCancellers + 4, [&](int client) {
    const auto connection = Open(Pooled());
    ASSERT_NE(connection, nullptr);
    if (client >= kCancellers) {
      while (running > 0) EXPECT_EQ(NamedValue(*connection, "SELECT $1::text || pg_sleep(0.001)", {"own"}), "own");
      return;
    }
    std::minstd_rand random(static_cast<unsigned>(client) + 1);
    for (int round = 0; round < kRounds; ++round) {
      Cancellation cancellation;
      std::thread canceller([&] {
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 6000));
        cancellation.Cancel(Cancellation::Cause::kCaller);
      });
      Query query;
      query.result = ResultShape::Any();
      query.text = "SELECT pg_sleep(0.004)";
      query.cancellation = &cancellation;
      if (!connection->Execute(query).ok()) ++cancelled;
      EXPECT_FALSE(connection->broken());
      EXPECT_EQ(NamedValue(*connection, "SELECT $1::text || 'next'", {"the "}), "the next");
      canceller.join();
    }
    --running;
  });
  EXPECT_GT(cancelled, kRounds / 10) << "the race did not happen";
  EXPECT_LT(cancelled, kRounds * kCancellers) << "the race did not happen";
}

std::string PoolerName(const ::testing::TestParamInfo<testing::PgBouncer::Options>& info) {
  return testing::Describe(info.param);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PoolerStatementsTest);
INSTANTIATE_TEST_SUITE_P(Modes, PoolerStatementsTest, ::testing::ValuesIn(testing::PoolerVariants()), PoolerName);

}  // namespace
}  // namespace rowkeeper::db
