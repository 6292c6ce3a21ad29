#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/db/canceller.h"
#include "server/db/pool.h"

namespace rowkeeper::db {

/// A connection between two leases.
struct PooledConnection {
  std::unique_ptr<Connection> connection;
  Clock::time_point expires;
  /// When it was leased, or came back.
  Clock::time_point since;
  uint64_t generation = 0;
};

/// The pool's state. Every open connection, and every one being opened, holds a slot; a slot without a connection is
/// the right to open one. Slots and connections are handed to the first in the queue, never past it. No network call is
/// made under the lock.
struct Pool::Impl {
  /// A slot, with a connection that was idle or without one.
  struct Grant {
    PooledConnection idle;
  };

  /// One caller in the queue.
  class Waiter final : public CancelTarget {
   public:
    explicit Waiter(Impl* pool) : pool_(pool) {}
    void DeliverCancel() override;
    bool DeliveryBlocks() const override { return false; }

    absl::CondVar changed;
    std::optional<Grant> grant;
    bool cancelled = false;

   private:
    Impl* const pool_;
  };

  Impl(PoolOptions pool_options, ConnectionOptions connection_options);
  ~Impl();

  absl::StatusOr<PooledConnection> Acquire(const AcquireOptions& options);
  /// See TryAcquire.
  std::optional<PooledConnection> TakeFresh();
  void Return(PooledConnection connection);
  PoolStats Stats() const;

 private:
  enum class Closing { kBroken, kRecycled, kOverflow };

  /// What a caller comes to the queue with.
  enum class Arrival {
    kNew,
    /// A slot that no connection could be opened for, since the server takes no more: it goes back to wait for one of
    /// those that are open, before all others.
    kServerFull,
  };

  /// `limit`: the end of pool_timeout.
  absl::StatusOr<PooledConnection> AcquireBy(Clock::time_point limit, const AcquireOptions& options);
  /// A slot for the caller, in its turn, at the latest `until`.
  absl::StatusOr<Grant> WaitForSlot(const AcquireOptions& options, Clock::time_point until, Arrival arrival);
  absl::Status EnterQueue(Waiter* waiter, const AcquireOptions& options, Clock::time_point until, Arrival arrival)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  absl::Status WaitInQueue(Waiter* waiter, const AcquireOptions& options, Clock::time_point until)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  /// Makes a connection fit for use from a slot. On failure gives the slot back, unless the server is full.
  absl::StatusOr<PooledConnection> Fill(Grant grant, Clock::time_point deadline);
  absl::Status RefuseWait(const AcquireOptions& options, Clock::time_point until, const Waiter& waiter)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  std::optional<Grant> TakeFree() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void GiveToFirstWaiter(Grant grant) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void ReleaseSlot() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  int max_open() const { return options.pool_size + options.max_overflow; }

  bool IsFit(PooledConnection* idle);
  void GiveBackUnfit(PooledConnection connection);
  bool IsFresh(const PooledConnection& idle, Clock::time_point now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  absl::StatusOr<PooledConnection> OpenOne(Clock::time_point deadline);
  absl::Status RememberedFailure();
  void NoteBroken(uint64_t generation);
  /// Closes what is idle of this generation and those before it, unchecked.
  void DropIdle(uint64_t generation);
  /// Of one that is leased.
  void Close(PooledConnection connection, Closing why);
  Clock::time_point ExpiryOf(Clock::time_point born) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);

 public:
  const PoolOptions options;
  const ConnectionOptions connection_options;
  Clock& clock;

  observe::DurationHistogram waits;
  observe::DurationHistogram connects;
  observe::DurationHistogram uses;

  mutable absl::Mutex mu;

 private:
  /// The one used last is taken first, so that a pool under little load keeps few of them warm.
  std::vector<PooledConnection> idle_ ABSL_GUARDED_BY(mu);
  std::deque<Waiter*> waiters_ ABSL_GUARDED_BY(mu);
  int slots_used_ ABSL_GUARDED_BY(mu) = 0;
  int leased_ ABSL_GUARDED_BY(mu) = 0;
  int open_ ABSL_GUARDED_BY(mu) = 0;
  PoolStats totals_ ABSL_GUARDED_BY(mu);
  absl::Status last_failure_ ABSL_GUARDED_BY(mu);
  Clock::time_point last_failure_time_ ABSL_GUARDED_BY(mu);
  std::minstd_rand random_ ABSL_GUARDED_BY(mu);
};

}  // namespace rowkeeper::db
