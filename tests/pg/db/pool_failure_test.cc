#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/pg/db/pool_fixture.h"

/// The pool over a database that is away, hangs, is full or loses its sessions.
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

TEST_F(PoolTest, UnreachableDatabaseFailsAtOnceAndIsRemembered) {
  ConnectionOptions connection;
  connection.url = "postgresql://postgres@127.0.0.1:1/postgres";
  Pool pool(Small(2, 0), connection);
  const auto begin = steady_clock::now();
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(ReasonOf(pool.Acquire({})), "DATABASE_UNAVAILABLE");
  EXPECT_LT(steady_clock::now() - begin, seconds(8));
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
  for (int& pid : used) {
    threads.emplace_back([&] { pid = Take(pool)->backend_pid(); });
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
  PoolOptions options = Still(3, 0);
  options.pool_timeout = milliseconds(200);
  Pool pool(options, role.Options());
  {
    const Lease lease = Take(pool);
    EXPECT_EQ(RefusalAfter(milliseconds(200), pool, {}), "POOL_TIMEOUT");
    EXPECT_EQ(RefusalAfter(milliseconds(50), pool, {clock_.Now() + milliseconds(50), nullptr}), "DEADLINE_EXCEEDED");
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
    const int enough = succeeded + 60;
    EXPECT_TRUE(testing::Eventually([&] { return succeeded >= enough; }));
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
  std::vector<Lease> all;
  const auto take_all = [&] {
    all.clear();
    for (int i = 0; i < 6; ++i) {
      auto lease = pool.Acquire({});
      if (!lease.ok()) return false;
      all.push_back(*std::move(lease));
    }
    return true;
  };
  // The last kill may have hit a session that was being set up, which is remembered for a moment.
  EXPECT_TRUE(testing::Eventually(take_all));
  EXPECT_EQ(pool.stats().leased, 6);
}

}  // namespace
}  // namespace rowkeeper::db
