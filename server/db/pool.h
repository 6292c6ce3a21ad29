#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/db/cancellation.h"
#include "server/db/connection.h"
#include "server/observe/duration_histogram.h"

namespace rowkeeper::db {

/// Names and defaults are SQLAlchemy's.
struct PoolOptions {
  /// Connections kept open. Range 1 to 1000.
  int pool_size = 20;
  /// Connections beyond pool_size under load; closed when returned while pool_size others are idle. Range 0 to 1000.
  int max_overflow = 10;
  /// Longest wait for a connection.
  std::chrono::milliseconds pool_timeout{30000};
  /// Connections older than this, give or take a tenth at random, are replaced when they come back. 0: never.
  std::chrono::seconds pool_recycle{1800};
  /// Check connections before use: always the socket, and with a round trip when idle for longer than pre_ping_idle.
  bool pool_pre_ping = true;
  std::chrono::milliseconds pre_ping_idle{1000};
  /// Log every statement's text (never its values).
  bool echo = false;
  /// Of all limits above. Outlives the pool.
  Clock* clock = &Clock::System();
};

struct PoolStats {
  int open = 0;
  int idle = 0;
  int leased = 0;
  int waiting = 0;
  /// Connections that may be open, and that are kept when nobody uses them.
  int max_open = 0;
  int max_idle = 0;
  uint64_t opened_total = 0;
  /// Attempts to connect.
  uint64_t failed_total = 0;
  uint64_t broken_total = 0;
  uint64_t recycled_total = 0;
  uint64_t timeouts_total = 0;
  uint64_t generation = 0;
};

class Pool;
struct PooledConnection;

/// One borrowed connection; returns itself, rolling back what was left open. A broken one is destroyed and ends its
/// generation: idle connections opened before the break are checked or replaced before use.
class Lease {
 public:
  Lease() = default;
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease();

  /// Whether there is a connection, which one that was made without has not, nor one that was moved from.
  bool held() const { return connection_ != nullptr; }
  Connection* operator->() const { return connection_.get(); }
  Connection& operator*() const { return *connection_; }

 private:
  friend class Pool;
  Lease(Pool* pool, PooledConnection connection);
  void Return();

  Pool* pool_ = nullptr;
  std::unique_ptr<Connection> connection_;
  Clock::time_point expires_;
  Clock::time_point since_;
  uint64_t generation_ = 0;
};

/// A bounded set of connections, served first come first served. Thread-safe; must outlive its leases.
class Pool {
 public:
  struct AcquireOptions {
    /// The caller's deadline; pool_timeout applies as well.
    Clock::time_point deadline = Clock::time_point::max();
    Cancellation* cancellation = nullptr;
    /// Is told how long it took, whatever came of it; may be null.
    Clock::duration* waited = nullptr;
  };

  Pool(PoolOptions options, ConnectionOptions connection);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Errors: RESOURCE_EXHAUSTED POOL_TIMEOUT, DEADLINE_EXCEEDED, CANCELLED, UNAVAILABLE DATABASE_UNAVAILABLE (at once
  /// when the database refuses connections; a failed attempt is remembered for 100 ms so that callers do not pile up),
  /// PERMISSION_DENIED when it refuses the login, RESOURCE_EXHAUSTED DATABASE_RESOURCES when the server takes no more
  /// connections and the pool has none to wait for.
  absl::StatusOr<Lease> Acquire(const AcquireOptions& options);
  /// A connection that is idle, and fit as far as can be told without a round trip, if nobody waits for one. Does not
  /// wait; not held() where Acquire might have to.
  Lease TryAcquire();
  PoolStats stats() const;
  /// How long callers waited for a connection that they then got, those included that found one at once.
  const observe::DurationHistogram& waits() const;
  /// How long it took to connect and to set the session up.
  const observe::DurationHistogram& connects() const;
  /// How long leases were held, until their connections were fit for the next one.
  const observe::DurationHistogram& uses() const;

 private:
  friend class Lease;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rowkeeper::db
