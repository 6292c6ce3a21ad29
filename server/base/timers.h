#pragma once

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <set>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"

namespace rowkeeper {

class Timer;

/// The thread on which timers ring, one after the other. It sleeps until the next one is due. Thread-safe; outlives its
/// timers.
class Timers {
 public:
  /// Is told of what a ring threw; the timer rings again a second later.
  using OnException = std::function<void(const std::exception&)>;

  /// `clock` outlives this object. Without `on_exception` an exception ends the process.
  explicit Timers(Clock* clock, OnException on_exception = nullptr);
  ~Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  Clock& clock() const { return clock_; }

  /// Waits until all timers that are due have rung. Not from within a ring.
  void Settle();

 private:
  friend class Timer;
  using Queue = std::set<std::pair<Clock::time_point, Timer*>>;

  void Loop();
  /// Null when the service is to end.
  Timer* AwaitDue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Move(Timer* timer, Clock::time_point due) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasDue() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  /// Rings, and says when to ring again.
  Clock::time_point Ring(Timer* timer);

  Clock& clock_;
  const OnException on_exception_;
  absl::Mutex mutex_;
  /// The thread has something else to wait for.
  absl::CondVar changed_;
  /// A ring is over.
  absl::CondVar rung_;
  Queue queue_ ABSL_GUARDED_BY(mutex_);
  Timer* ringing_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

/// Looks after something when its time has come. Whoever owns what is looked after says by when to look, as often as it
/// likes: that costs next to nothing while the timer is to ring sooner anyway. Thread-safe.
class Timer {
 public:
  /// Looks after all that is due at `now`, and says when to look again; time_point::max(): not before RingBy asks for
  /// it. Runs on the service's thread; must not block.
  using Ring = std::function<Clock::time_point(Clock::time_point now)>;

  struct Options {
    /// Rings only at multiples of this, so that things that are due at nearly the same time are looked after together:
    /// at most so much late. More than 0.
    std::chrono::milliseconds step{10};
  };

  /// Does not ring until RingBy asks for it. `timers` outlives the timer.
  Timer(Timers* timers, Ring ring, Options options);
  Timer(Timers* timers, Ring ring) : Timer(timers, std::move(ring), Options()) {}
  /// Waits for a ring that is under way: call it with no lock held that the ring takes, and not from within it.
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Rings at `due` at the latest; at once when that has passed. What is due was noted before, under a lock that the
  /// ring takes as well.
  void RingBy(Clock::time_point due);
  void RingIn(Clock::duration delay) { RingBy(Later(timers_.clock().Now(), delay)); }
  /// Does not ring any more, whoever asks; waits as the destructor does.
  void Stop();

 private:
  friend class Timers;

  Clock::time_point RoundUp(Clock::time_point time) const;

  Timers& timers_;
  const Ring ring_;
  const Clock::duration step_;
  /// Of the service's lock.
  bool stopped_ = false;
  /// Written under the service's lock. max(): not in its queue.
  std::atomic<Clock::time_point> due_{Clock::time_point::max()};
};

/// Does the same thing again and again, for the first time one period from now.
class PeriodicTimer {
 public:
  /// `task` runs on the service's thread and must not block. `period` is more than 0.
  PeriodicTimer(Timers* timers, std::chrono::milliseconds period, std::function<void()> task);
  void Stop() { timer_.Stop(); }

 private:
  Timer timer_;
};

}  // namespace rowkeeper
