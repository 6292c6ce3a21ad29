#include "server/db/pool.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <sstream>
#include <thread>

#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// A server that takes connections and never says a word.
class SilentServer {
 public:
  SilentServer() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ok_ = bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(socket_, 16) == 0 &&
          getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  bool ok() const { return ok_; }
  int port() const { return port_; }

 private:
  const int socket_;
  bool ok_ = false;
  int port_ = 0;
};

class PoolTest : public DbTest {
 protected:
  static PoolOptions Small(int size, int overflow) {
    PoolOptions options;
    options.pool_size = size;
    options.max_overflow = overflow;
    options.pool_timeout = seconds(10);
    return options;
  }

  static Lease Take(Pool& pool) {
    auto lease = pool.Acquire({});
    EXPECT_TRUE(lease.ok()) << lease.status();
    return lease.ok() ? *std::move(lease) : Lease();
  }

  static void AwaitWaiting(const Pool& pool, int count) {
    const auto until = steady_clock::now() + seconds(10);
    while (pool.stats().waiting != count && steady_clock::now() < until) std::this_thread::sleep_for(milliseconds(1));
    ASSERT_EQ(pool.stats().waiting, count);
  }

  static std::string ReasonOf(const absl::StatusOr<Lease>& lease) {
    return lease.ok() ? "OK" : ErrorReason(lease.status());
  }
};

/// A role that may have so many connections, dropped with them.
class LimitedRole {
 public:
  LimitedRole(testing::ScratchDatabase* database, int connections)
      : database_(database), name_(Cat(database->name(), "_limited")) {
    database_->Run(Cat("CREATE ROLE ", name_, " LOGIN CONNECTION LIMIT ", connections));
  }
  ~LimitedRole() { database_->Run(Cat("DROP ROLE ", name_)); }
  LimitedRole(const LimitedRole&) = delete;
  LimitedRole& operator=(const LimitedRole&) = delete;

  ConnectionOptions Options() const {
    ConnectionOptions options;
    options.url = database_->UrlFor(name_);
    return options;
  }

 private:
  testing::ScratchDatabase* const database_;
  const std::string name_;
};

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
  PoolOptions options = Small(1, 0);
  options.pool_timeout = milliseconds(50);
  Pool pool(options, Options());
  const Lease lease = Take(pool);
  const auto begin = steady_clock::now();
  const auto refused = pool.Acquire({});
  EXPECT_GE(steady_clock::now() - begin, milliseconds(50));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "POOL_TIMEOUT");
  EXPECT_EQ(pool.stats().timeouts_total, 1u);
  EXPECT_EQ(pool.stats().waiting, 0);
}

TEST_F(PoolTest, DeadlineEndsTheWait) {
  Pool pool(Small(1, 0), Options());
  Lease lease = Take(pool);
  Pool::AcquireOptions options;
  options.deadline = steady_clock::now() + milliseconds(50);
  EXPECT_EQ(ReasonOf(pool.Acquire(options)), "DEADLINE_EXCEEDED");
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
  PoolOptions options = Small(2, 0);
  options.pool_recycle = seconds(1);
  Pool pool(options, Options());
  int pid = 0;
  {
    const Lease lease = Take(pool);
    pid = lease->backend_pid();
    std::this_thread::sleep_for(milliseconds(1150));
  }
  EXPECT_EQ(pool.stats().recycled_total, 1u);
  EXPECT_EQ(pool.stats().open, 0);
  EXPECT_NE(Take(pool)->backend_pid(), pid);
}

TEST_F(PoolTest, ConnectionThatGrewOldWhileIdleIsReplacedBeforeUse) {
  PoolOptions options = Small(2, 0);
  options.pool_recycle = seconds(1);
  Pool pool(options, Options());
  const int pid = Take(pool)->backend_pid();
  EXPECT_EQ(pool.stats().open, 1);
  std::this_thread::sleep_for(milliseconds(1150));
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

TEST_F(PoolTest, UnreachableDatabaseFailsAtOnceAndIsRemembered) {
  ConnectionOptions connection;
  connection.url = "postgresql://postgres@127.0.0.1:1/postgres";
  Pool pool(Small(2, 0), connection);
  const auto begin = steady_clock::now();
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(ReasonOf(pool.Acquire({})), "DATABASE_UNAVAILABLE");
  EXPECT_LT(steady_clock::now() - begin, seconds(2));
  EXPECT_EQ(pool.stats().open, 0);
  EXPECT_EQ(pool.stats().leased, 0);
}

TEST_F(PoolTest, ShortDeadlineCutsTheUrlsConnectTimeoutAndItsFailureIsNotRemembered) {
  const SilentServer server;
  ASSERT_TRUE(server.ok());
  ConnectionOptions connection;
  connection.url = Cat("postgresql://postgres@127.0.0.1:", server.port(), "/postgres?connect_timeout=30");
  Pool pool(Small(2, 0), connection);
  for (int i = 0; i < 2; ++i) {
    const auto begin = steady_clock::now();
    EXPECT_EQ(ReasonOf(pool.Acquire({begin + milliseconds(500), nullptr})), "DATABASE_UNAVAILABLE");
    EXPECT_LT(steady_clock::now() - begin, seconds(10));
    EXPECT_GT(steady_clock::now() - begin, milliseconds(500)) << "tried again, not remembered";
  }
}

TEST_F(PoolTest, FailedPingDropsTheIdleConnectionsOfItsGeneration) {
  PoolOptions options = Small(4, 0);
  options.pre_ping_idle = milliseconds(0);
  Pool pool(options, Options());
  std::vector<std::unique_ptr<HungBackend>> hung;
  {
    std::vector<Lease> leases;
    for (int i = 0; i < 4; ++i) leases.push_back(Take(pool));
    for (const Lease& lease : leases) hung.push_back(std::make_unique<HungBackend>(lease->backend_pid()));
  }
  for (const auto& backend : hung) {
    if (!backend->ok()) GTEST_SKIP() << "the database server is on another machine or belongs to another user";
  }
  ASSERT_EQ(pool.stats().idle, 4);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Value(*Take(pool), "SELECT 1"), "1");
  EXPECT_EQ(pool.stats().open, 1);
  EXPECT_EQ(pool.stats().idle, 1);
  EXPECT_EQ(pool.stats().broken_total, 1u) << "one ping told of all";
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

TEST_F(PoolTest, FullServerExhaustsAPoolThatHasNoConnection) {
  const LimitedRole role(&scratch(), 1);
  const auto other = Open(role.Options());
  ASSERT_NE(other, nullptr);
  Pool pool(Small(3, 0), role.Options());
  const auto begin = steady_clock::now();
  const auto refused = pool.Acquire({});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "DATABASE_RESOURCES");
  EXPECT_LT(steady_clock::now() - begin, seconds(5));
}

TEST_F(PoolTest, FullServerMakesCallersWaitForAConnectionThatIsOpen) {
  const LimitedRole role(&scratch(), 2);
  Pool pool(Small(10, 0), role.Options());
  Lease a = Take(pool);
  Lease b = Take(pool);
  const std::vector<int> open = {a->backend_pid(), b->backend_pid()};
  std::vector<int> used(6);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < used.size(); ++i) {
    threads.emplace_back([&, i] { used[i] = Take(pool)->backend_pid(); });
  }
  AwaitWaiting(pool, 6);
  a = Lease();
  b = Lease();
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(used, ::testing::Each(::testing::AnyOf(open[0], open[1])));
  EXPECT_EQ(pool.stats().open, 2);
  EXPECT_EQ(pool.stats().idle, 2);
  EXPECT_EQ(pool.stats().waiting, 0);
}

TEST_F(PoolTest, WaitForAFullServerEndsWithThePoolsTimeoutDeadlineOrCancellation) {
  const LimitedRole role(&scratch(), 1);
  PoolOptions options = Small(3, 0);
  options.pool_timeout = milliseconds(200);
  Pool pool(options, role.Options());
  {
    const Lease lease = Take(pool);
    EXPECT_EQ(ReasonOf(pool.Acquire({})), "POOL_TIMEOUT");
    EXPECT_EQ(ReasonOf(pool.Acquire({steady_clock::now() + milliseconds(50), nullptr})), "DEADLINE_EXCEEDED");
    Cancellation cancellation;
    cancellation.Cancel(Cancellation::Cause::kCaller);
    EXPECT_EQ(ReasonOf(pool.Acquire({steady_clock::time_point::max(), &cancellation})), "CANCELLED");
  }
  EXPECT_EQ(pool.stats().waiting, 0);
  EXPECT_EQ(Value(*Take(pool), "SELECT 1"), "1");
}

TEST_F(PoolTest, ManyThreadsUnderKillsNeverLoseASlot) {
  Pool pool(Small(4, 2), Options());
  std::atomic<bool> stop{false};
  std::atomic<int> succeeded{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&, i] {
      while (!stop) {
        Pool::AcquireOptions options;
        options.deadline = steady_clock::now() + milliseconds(i % 3 == 0 ? 1 : 500);
        const auto lease = pool.Acquire(options);
        if (lease.ok() && Run(**lease, "SELECT 1").ok()) ++succeeded;
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    std::this_thread::sleep_for(milliseconds(50));
    scratch().Run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
        "pg_backend_pid() ORDER BY random() LIMIT 2");
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(succeeded, 1000);
  const PoolStats stats = pool.stats();
  EXPECT_EQ(stats.leased, 0);
  EXPECT_EQ(stats.waiting, 0);
  EXPECT_EQ(stats.open, stats.idle);
  EXPECT_LE(stats.open, 4);
  EXPECT_GT(stats.broken_total, 0u);
  std::this_thread::sleep_for(milliseconds(150));  // the last kill may have hit a session that was being set up
  std::vector<Lease> all;
  for (int i = 0; i < 6; ++i) all.push_back(Take(pool));
  EXPECT_EQ(pool.stats().leased, 6);
}

}  // namespace
}  // namespace rowkeeper::db
