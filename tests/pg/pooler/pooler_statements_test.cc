#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <thread>

#include "server/observe/log.h"
#include "tests/pg/pooler/pooler_fixture.h"
#include "tests/support/eventually.h"

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
  constexpr int kMostRounds = 10 * kRounds;  // on a machine that is too busy to cancel anything in time
  std::atomic<int> running{kCancellers};
  std::atomic<int> cancelled{0};
  std::atomic<int> answered{0};
  const auto raced = [&] { return cancelled > kRounds / 10 && answered > 0; };
  RunAll(kCancellers + 4, [&](int client) {
    const auto connection = Open(Pooled());
    ASSERT_NE(connection, nullptr);
    if (client >= kCancellers) {
      while (running > 0) EXPECT_EQ(NamedValue(*connection, "SELECT $1::text || pg_sleep(0.001)", {"own"}), "own");
      return;
    }
    std::minstd_rand random(static_cast<unsigned>(client) + 1);
    for (int round = 0; round < kRounds || (!raced() && round < kMostRounds); ++round) {
      Cancellation cancellation;
      std::thread canceller([&] {
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 6000));
        cancellation.Cancel(Cancellation::Cause::kCaller);
      });
      Query query;
      query.result = ResultShape::Any();
      query.text = "SELECT pg_sleep(0.004)";
      query.cancellation = &cancellation;
      ++(connection->Execute(query).ok() ? answered : cancelled);
      EXPECT_FALSE(connection->broken());
      EXPECT_EQ(NamedValue(*connection, "SELECT $1::text || 'next'", {"the "}), "the next");
      canceller.join();
    }
    --running;
  });
  EXPECT_TRUE(raced()) << "the race did not happen: " << cancelled << " cancelled, " << answered << " answered";
}

/// Whose process is not known, so nobody can end it: the log says so, once.
TEST_P(PoolerStatementsTest, OneThatIgnoresItsCancellationIsToldToRunOn) {
  scratch().Run(
      "CREATE FUNCTION deaf() RETURNS int LANGUAGE plpgsql AS $$ BEGIN LOOP BEGIN PERFORM pg_sleep(30); EXCEPTION "
      "WHEN query_canceled THEN NULL; END; END LOOP; END $$");
  scratch().Run(Cat("ALTER ROLE ", role(), " SET client_connection_check_interval = '500ms'"));
  ConnectionOptions options =
      Pooled(GetParam().mode == testing::PgBouncer::Mode::kSession ? Pooler::kSession : Pooler::kAuto);
  options.answer_limit_ms = 2500;  // within which a session begins, on a busy machine too
  options.counters = std::make_shared<SessionCounters>();
  auto connection = Open(options);
  ASSERT_NE(connection, nullptr);
  ::testing::internal::CaptureStderr();
  observe::StartLog({});
  const auto rows = Run(*connection, "/*rowkeeper:shop.v1.Order/List*/ SELECT deaf()");
  observe::StopLog();
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_TRUE(connection->broken()) << rows.status();
  constexpr char kLine[] = "may still run: behind a pooler the server cannot end it: shop.v1.Order/List";
  const size_t line = log.find(kLine);
  EXPECT_NE(line, std::string::npos) << log;
  EXPECT_EQ(log.find(kLine, line + 1), std::string::npos) << log;
  EXPECT_EQ(options.counters->left.value(), 1u);
  EXPECT_EQ(options.counters->terminated.value(), 0u);
  connection.reset();
  // As the reference advises.
  EXPECT_TRUE(testing::Eventually([this] {
    return scratch().Value(
               "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%SELECT deaf()%' AND pid <> "
               "pg_backend_pid()") == "0";
  }));
}

/// What was replaced under a statement that a transaction sends without a name is healed as it is over a direct
/// connection (db/stale_statement_test.cc): alone, first in its transaction and first behind its savepoint. A later one
/// either works or asks for a rerun.
TEST_P(PoolerStatementsTest, HealInTransactionsWhatWasReplacedUnderThem) {
  const std::string type =
      "ALTER TYPE state RENAME TO state_old; CREATE TYPE state AS ENUM ('new', 'late'); ALTER TABLE jobs ALTER state "
      "TYPE state USING state::text::state; DROP TYPE state_old; ";
  const std::string table =
      "CREATE TABLE jobs_new (note text, state state, id int DEFAULT 7); ALTER TABLE jobs RENAME TO jobs_old; ALTER "
      "TABLE jobs_new RENAME TO jobs; DROP TABLE jobs_old; ALTER TABLE jobs OWNER TO " +
      role() + "; ";
  const std::string function =
      "DROP FUNCTION same(text); CREATE FUNCTION same(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN $1; END'; ";
  const std::string schema =
      "DO $$ BEGIN EXECUTE format('ALTER TABLE jobs SET SCHEMA %I', CASE (SELECT relnamespace::regnamespace::text FROM "
      "pg_class WHERE relname = 'jobs') WHEN 'public' THEN '" +
      role() + "' ELSE 'public' END); END $$; ";
  scratch().Run(Cat("CREATE SCHEMA ", role(), " AUTHORIZATION ", role(),
                    "; CREATE TYPE state AS ENUM ('new', 'done'); ",
                    "CREATE TABLE jobs (id bigint GENERATED BY DEFAULT AS IDENTITY, state state); ALTER TABLE jobs ",
                    "OWNER TO ", role(), "; CREATE FUNCTION same(text) RETURNS text LANGUAGE sql AS 'SELECT $1'"));
  const std::string insert =
      "WITH input AS (SELECT unnest($1::state[]) AS state) INSERT INTO jobs (state) SELECT state FROM input RETURNING "
      "same(state::text)";
  const std::vector<Param> params = {"{new}"};
  for (const std::string& change : {type, table, function, type + table, schema}) {
    SCOPED_TRACE(change);
    const auto connection = Open(Pooled());
    const auto write = [&] { return NamedValue(*connection, insert, params); };
    // Commits the change when the statement already waits for its table, or before.
    const auto changing = [&](const auto& statement) {
      const auto migration = Open(DirectAsOwner());
      ASSERT_TRUE(
          migration->ExecuteScript("BEGIN; SET search_path = \"$user\", " + role() + ", public; " + change, nullptr)
              .ok());
      std::thread commits([&migration] {
        std::this_thread::sleep_for(std::chrono::milliseconds(60));
        EXPECT_TRUE(migration->ExecuteScript("COMMIT", nullptr).ok());
      });
      statement();
      commits.join();
    };
    for (int i = 0; i < 6; ++i) EXPECT_EQ(write(), "new");
    changing([&] { EXPECT_EQ(write(), "new") << "alone"; });
    ASSERT_TRUE(Run(*connection, "BEGIN").ok());
    changing([&] { EXPECT_EQ(write(), "new") << "first"; });
    ASSERT_TRUE(Run(*connection, "COMMIT").ok());
    ASSERT_TRUE(Run(*connection, "BEGIN").ok());
    EXPECT_EQ(Value(*connection, "SELECT 1"), "1");
    ASSERT_TRUE(Run(*connection, "SAVEPOINT rk_1").ok());
    changing([&] { EXPECT_EQ(write(), "new") << "first behind its savepoint"; });
    ASSERT_TRUE(Run(*connection, "COMMIT").ok());
    ASSERT_TRUE(Run(*connection, "BEGIN").ok());
    EXPECT_EQ(Value(*connection, "SELECT 1"), "1");
    changing([&] {
      const std::string later = write();
      EXPECT_TRUE(later == "new" || later == "error: SERIALIZATION_FAILURE") << later;
      const bool good = later == "new";
      ASSERT_TRUE(Run(*connection, good ? "COMMIT" : "ROLLBACK").ok());
    });
    EXPECT_EQ(write(), "new");
  }
}

std::string PoolerName(const ::testing::TestParamInfo<testing::PgBouncer::Options>& info) {
  return testing::Describe(info.param);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PoolerStatementsTest);
INSTANTIATE_TEST_SUITE_P(Modes, PoolerStatementsTest, ::testing::ValuesIn(testing::PoolerVariants()), PoolerName);

}  // namespace
}  // namespace rowkeeper::db
