#pragma once

#include <chrono>
#include <future>
#include <string>

#include "server/base/error_details.h"
#include "server/db/pool.h"
#include "tests/pg/db/db_fixture.h"
#include "tests/support/fake_clock.h"

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

  /// Of a pool whose limits count by clock_.
  PoolOptions Still(int size, int overflow) {
    PoolOptions options = Small(size, overflow);
    options.clock = &clock_;
    return options;
  }

  /// The reason that a caller who waits gets after exactly so long.
  std::string RefusalAfter(Clock::duration time, Pool& pool, const Pool::AcquireOptions& options) {
    auto refused = std::async(std::launch::async, [&] { return pool.Acquire(options).status(); });
    AwaitWaiting(pool, 1);
    clock_.Advance(time - std::chrono::milliseconds(1));
    EXPECT_EQ(refused.wait_for(std::chrono::milliseconds(5)), std::future_status::timeout);
    clock_.Advance(std::chrono::milliseconds(1));
    refusal_ = refused.get();
    return ErrorReason(refusal_);
  }

  static Lease Take(Pool& pool) {
    auto lease = pool.Acquire({});
    EXPECT_TRUE(lease.ok()) << lease.status();
    return lease.ok() ? *std::move(lease) : Lease();
  }

  static void AwaitWaiting(const Pool& pool, int count) {
    EXPECT_TRUE(testing::Eventually([&] { return pool.stats().waiting == count; })) << pool.stats().waiting;
  }

  static std::string ReasonOf(const absl::StatusOr<Lease>& lease) {
    return lease.ok() ? "OK" : ErrorReason(lease.status());
  }

  testing::FakeClock clock_;
  /// Of the last RefusalAfter.
  absl::Status refusal_;
};

}  // namespace rowkeeper::db
