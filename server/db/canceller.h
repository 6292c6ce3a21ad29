#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/db/cancellation.h"

namespace rowkeeper::db {

/// Something under way that a Cancellation can stop.
class CancelTarget {
 public:
  virtual ~CancelTarget() = default;

  /// Called on a canceller thread, again and again until what is under way has ended: a request that reaches PostgreSQL
  /// before the statement does is ignored there.
  virtual void DeliverCancel() = 0;
  /// Deliveries that wait for the network have a thread of their own, so that they cannot hold up the others.
  virtual bool DeliveryBlocks() const = 0;
};

struct Cancellation::Impl {
  std::atomic<bool> cancelled{false};
  absl::Mutex mu;
  Cause cause ABSL_GUARDED_BY(mu) = Cause::kCaller;
  CancelTarget* target ABSL_GUARDED_BY(mu) = nullptr;
  /// Counts targets, so that a delivery queued for one never reaches the next.
  uint64_t epoch ABSL_GUARDED_BY(mu) = 0;
  bool delivering ABSL_GUARDED_BY(mu) = false;
};

/// While it lives, `cancellation` (may be null) stops `target`. The destructor waits for a delivery that is in flight:
/// after it, nothing late can arrive. Do not hold a lock that DeliverCancel takes while it dies.
class CancelScope {
 public:
  CancelScope(Cancellation* cancellation, CancelTarget* target);
  ~CancelScope();
  CancelScope(const CancelScope&) = delete;
  CancelScope& operator=(const CancelScope&) = delete;

  /// Why the caller stopped, if it has.
  std::optional<Cancellation::Cause> cause() const;

 private:
  const std::shared_ptr<Cancellation::Impl> impl_;
};

/// A thread that delivers cancellations, made on first use and kept until the process ends. It repeats them in real
/// time, for it races with PostgreSQL. Thread-safe.
class Canceller {
 public:
  /// The one for targets whose delivery blocks, or the one for the others.
  static Canceller& For(const CancelTarget& target);

  void Enqueue(std::shared_ptr<Cancellation::Impl> cancellation, uint64_t epoch);

 private:
  struct Delivery {
    std::shared_ptr<Cancellation::Impl> cancellation;
    uint64_t epoch = 0;
    std::chrono::milliseconds next_delay;
  };

  Canceller();
  void Loop();
  Delivery TakeDue();
  /// False once the target has ended.
  static bool Deliver(const Delivery& delivery);

  Clock& clock_ = Clock::System();
  absl::Mutex mu_;
  absl::CondVar changed_;
  std::multimap<Clock::time_point, Delivery> queue_ ABSL_GUARDED_BY(mu_);
};

}  // namespace rowkeeper::db
