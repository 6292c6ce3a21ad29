#pragma once

#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/timers.h"

namespace rowkeeper::app {

/// Something that is started once: when it is asked for, or when a limit has passed. Thread-safe.
class DelayedStart {
 public:
  /// `start` is called by whoever asks, or on the thread of `timers`, which outlive this object; it must not block.
  DelayedStart(Timers* timers, Clock::duration limit, std::function<void()> start)
      : start_(std::move(start)), limit_(timers, [this](Clock::time_point) { return StartNow(); }) {
    limit_.RingIn(limit);
  }

  /// Starts it now. Does nothing when it was started or cancelled.
  void Start() { StartNow(); }
  /// From its return on nothing is started any more.
  void Cancel() {
    const absl::MutexLock lock(&mutex_);
    start_ = nullptr;
  }

 private:
  Clock::time_point StartNow() {
    const absl::MutexLock lock(&mutex_);
    if (const auto start = std::exchange(start_, nullptr)) start();
    return Clock::time_point::max();
  }

  absl::Mutex mutex_;
  std::function<void()> start_ ABSL_GUARDED_BY(mutex_);
  Timer limit_;
};

}  // namespace rowkeeper::app
