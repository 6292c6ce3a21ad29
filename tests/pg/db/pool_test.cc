#include "server/db/pool.h"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <sstream>
#include <thread>

#include "tests/pg/db/pool_fixture.h"

namespace rowkeeper::db {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

TEST_F(PoolTest, ReturnedConnectionIsUsedAgain) {
  Pool pool(Small(2, 0), Options());
  int pid = 0;
  {
    const Lease lease = Take(pool);
    pid = lease->backend_pid();
    EXPECT_EQ(pool.stats().leased, 1);
  }
  EXPECT_EQ(pool.stats().idle, 1);
  EXPECT_EQ(Take(pool)->backend_pid(), pid);
  EXPECT_EQ(pool.stats().opened_total, 1u);
}

TEST_F(PoolTest, EachUseIsTimedOnceHoweverItEnds) {
  PoolOptions options = Still(1, 0);
  options.pool_recycle = seconds(0);
  Pool pool(options, Options());
  {
    Lease lease = Take(pool);
    clock_.Advance(seconds(3));
    const Lease moved = std::move(lease);
    clock_.Advance(seconds(1));
  }
  clock_.Advance(seconds(60));  // idle
  EXPECT_EQ(pool.uses().count(), 1u);
  EXPECT_EQ(pool.uses().Take().sum, seconds(4));
  {
    const Lease lease = Take(pool);
    clock_.Advance(seconds(2));
    Kill(lease->backend_pid());
    EXPECT_FALSE(Run(*lease, "SELECT 1").ok());
  }
  EXPECT_EQ(pool.uses().count(), 2u);
  EXPECT_EQ(pool.uses().Take().sum, seconds(6));
  EXPECT_EQ(pool.stats().broken_total, 1u);
}

TEST_F(PoolTest, OverflowIsClosedWhenReturned) {
  Pool pool(Small(1, 2), Options());
  {
    const Lease a = Take(pool);
    const Lease b = Take(pool);
    const Lease c = Take(pool);
    EXPECT_EQ(pool.stats().open, 3);
  }
  EXPECT_EQ(pool.stats().open, 1);
  EXPECT_EQ(pool.stats().idle, 1);
  EXPECT_EQ(pool.stats().leased, 0);
}

TEST_F(PoolTest, FullPoolTimesOutWithTheOptionsName) {
  PoolOptions options = Still(1, 0);
  options.pool_timeout = milliseconds(50);
  Pool pool(options, Options());
  const Lease lease = Take(pool);
  EXPECT_EQ(RefusalAfter(milliseconds(50), pool, {}), "POOL_TIMEOUT");
  EXPECT_EQ(refusal_.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(pool.stats().timeouts_total, 1u);
  EXPECT_EQ(pool.stats().waiting, 0);
}

TEST_F(PoolTest, DeadlineEndsTheWait) {
  Pool pool(Still(1, 0), Options());
  Lease lease = Take(pool);
  Pool::AcquireOptions options;
  options.deadline = clock_.Now() + milliseconds(50);
  EXPECT_EQ(RefusalAfter(milliseconds(50), pool, options), "DEADLINE_EXCEEDED");
  lease = Lease();
  EXPECT_EQ(ReasonOf(pool.Acquire(options)), "DEADLINE_EXCEEDED") << "a late call takes nothing";
}

TEST_F(PoolTest, CancellationEndsTheWait) {
  Pool pool(Small(1, 0), Options());
  const Lease lease = Take(pool);
  for (const auto cause : {Cancellation::Cause::kCaller, Cancellation::Cause::kDeadline}) {
    Cancellation cancellation;
    std::thread canceller([&] {
      AwaitWaiting(pool, 1);
      cancellation.Cancel(cause);
    });
    const auto begin = steady_clock::now();
    const auto refused = pool.Acquire({steady_clock::time_point::max(), &cancellation});
    canceller.join();
    EXPECT_LT(steady_clock::now() - begin, seconds(5));
    EXPECT_EQ(ReasonOf(refused), cause == Cancellation::Cause::kCaller ? "CANCELLED" : "DEADLINE_EXCEEDED");
  }
}

TEST_F(PoolTest, WaitersAreServedInTheirOrder) {
  Pool pool(Small(1, 0), Options());
  Lease held = Take(pool);
  constexpr int kWaiters = 20;
  std::mutex mu;
  std::vector<int> order;
  std::vector<std::thread> threads;
  for (int i = 0; i < kWaiters; ++i) {
    threads.emplace_back([&, i] {
      const Lease lease = Take(pool);
      const std::lock_guard<std::mutex> lock(mu);
      order.push_back(i);
    });
    AwaitWaiting(pool, i + 1);
  }
  held = Lease();
  for (std::thread& thread : threads) thread.join();
  std::vector<int> expected(kWaiters);
  for (int i = 0; i < kWaiters; ++i) expected[i] = i;
  EXPECT_EQ(order, expected);
}

TEST_F(PoolTest, NewcomerDoesNotOvertakeTheQueue) {
  Pool pool(Small(1, 0), Options());
  std::atomic<bool> stop{false};
  std::atomic<int> served{0};
  std::thread greedy([&] {
    while (!stop) (void)Run(*Take(pool), "SELECT 1");
  });
  for (int i = 0; i < 50; ++i) {
    const Lease lease = Take(pool);
    ++served;
  }
  stop = true;
  greedy.join();
  EXPECT_EQ(served, 50);
}

TEST_F(PoolTest, BrokenConnectionFreesItsSlotForAWaiter) {
  Pool pool(Small(1, 0), Options());
  Lease held = Take(pool);
  const int pid = held->backend_pid();
  int next_pid = 0;
  std::thread waiter([&] { next_pid = Take(pool)->backend_pid(); });
  AwaitWaiting(pool, 1);
  Kill(pid);
  (void)Run(*held, "SELECT 1");
  ASSERT_TRUE(held->broken());
  held = Lease();
  waiter.join();
  EXPECT_NE(next_pid, 0);
  EXPECT_NE(next_pid, pid);
  EXPECT_EQ(pool.stats().broken_total, 1u);
}

TEST_F(PoolTest, OldConnectionsAreReplacedWhenTheyComeBack) {
  PoolOptions options = Still(2, 0);
  options.pool_recycle = seconds(1);
  Pool pool(options, Options());
  int pid = 0;
  {
    const Lease lease = Take(pool);
    pid = lease->backend_pid();
    clock_.Advance(milliseconds(1150));
  }
  EXPECT_EQ(pool.stats().recycled_total, 1u);
  EXPECT_EQ(pool.stats().open, 0);
  EXPECT_NE(Take(pool)->backend_pid(), pid);
}

TEST_F(PoolTest, ConnectionThatGrewOldWhileIdleIsReplacedBeforeUse) {
  PoolOptions options = Still(2, 0);
  options.pool_recycle = seconds(1);
  Pool pool(options, Options());
  const int pid = Take(pool)->backend_pid();
  EXPECT_EQ(pool.stats().open, 1);
  clock_.Advance(milliseconds(1150));
  EXPECT_NE(Take(pool)->backend_pid(), pid);
  EXPECT_EQ(pool.stats().recycled_total, 1u);
  EXPECT_EQ(pool.stats().open, 1);
}

TEST_F(PoolTest, PrePingHidesABackendThatDiedWhileIdle) {
  Pool pool(Small(2, 0), Options());
  const int pid = Take(pool)->backend_pid();
  Kill(pid);
  const Lease lease = Take(pool);
  EXPECT_NE(lease->backend_pid(), pid);
  EXPECT_EQ(Value(*lease, "SELECT 1"), "1");
  EXPECT_EQ(pool.stats().broken_total, 1u);
  EXPECT_EQ(pool.stats().open, 1);
}

TEST_F(PoolTest, WithoutPrePingADeadBackendIsFoundByTheStatement) {
  PoolOptions options = Small(2, 0);
  options.pool_pre_ping = false;
  Pool pool(options, Options());
  Kill(Take(pool)->backend_pid());
  {
    const Lease lease = Take(pool);
    EXPECT_EQ(Reason(Run(*lease, "SELECT 1", {}, Query::Effect::kRead)), "DATABASE_UNAVAILABLE");
  }
  EXPECT_EQ(Value(*Take(pool), "SELECT 1"), "1");
}

TEST_F(PoolTest, BreakPutsTheWholeGenerationUnderSuspicion) {
  PoolOptions options = Small(3, 0);
  options.pool_pre_ping = false;
  Pool pool(options, Options());
  {
    Lease a = Take(pool);
    Lease b = Take(pool);
    Lease c = Take(pool);
    for (const Lease* lease : {&a, &b, &c}) Kill((*lease)->backend_pid());
    b = Lease();
    c = Lease();
    ASSERT_EQ(pool.stats().idle, 2);
    EXPECT_FALSE(Run(*a, "SELECT 1").ok());
  }
  EXPECT_EQ(pool.stats().generation, 1u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Value(*Take(pool), "SELECT 1"), "1");
  EXPECT_EQ(pool.stats().generation, 1u) << "one event, one generation";
}

TEST_F(PoolTest, OpenTransactionIsRolledBackOnReturn) {
  Pool pool(Small(1, 0), Options());
  scratch().Run("CREATE TABLE left_open (n int)");
  {
    const Lease lease = Take(pool);
    ASSERT_TRUE(Run(*lease, "BEGIN").ok());
    ASSERT_TRUE(Run(*lease, "INSERT INTO left_open VALUES (1)").ok());
  }
  const Lease lease = Take(pool);
  EXPECT_EQ(Value(*lease, "SELECT count(*) FROM left_open"), "0");
  EXPECT_EQ(Value(*lease, "SELECT pg_current_xact_id_if_assigned() IS NULL"), "t");
  EXPECT_EQ(pool.stats().opened_total, 1u);
}

TEST_F(PoolTest, EchoLogsTextAndNeverValues) {
  std::ostringstream log;
  const auto logger =
      std::make_shared<spdlog::logger>("sql", std::make_shared<spdlog::sinks::ostream_sink_mt>(log, true));
  spdlog::register_logger(logger);
  PoolOptions options = Small(1, 0);
  options.echo = true;
  Pool pool(options, Options());
  EXPECT_EQ(Value(*Take(pool), "SELECT $1::text", {"classified"}), "classified");
  spdlog::drop("sql");
  EXPECT_THAT(log.str(), ::testing::HasSubstr("SELECT $1::text"));
  EXPECT_THAT(log.str(), ::testing::Not(::testing::HasSubstr("classified")));
}

}  // namespace
}  // namespace rowkeeper::db
