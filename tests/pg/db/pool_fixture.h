#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "server/db/pool.h"
#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {

class PoolTest : public DbTest {
 protected:
  static PoolOptions Small(int size, int overflow) {
    PoolOptions options;
    options.pool_size = size;
    options.max_overflow = overflow;
    options.pool_timeout = std::chrono::seconds(10);
    return options;
  }

  static Lease Take(Pool& pool) {
    auto lease = pool.Acquire({});
    EXPECT_TRUE(lease.ok()) << lease.status();
    return lease.ok() ? *std::move(lease) : Lease();
  }

  static void AwaitWaiting(const Pool& pool, int count) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (pool.stats().waiting != count && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_EQ(pool.stats().waiting, count);
  }

  static std::string ReasonOf(const absl::StatusOr<Lease>& lease) {
    return lease.ok() ? "OK" : ErrorReason(lease.status());
  }
};

}  // namespace rowkeeper::db
