#pragma once

#include <bitset>
#include <cstdint>
#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/timers.h"

namespace rowkeeper::app {

/// Something that is started once: when all that it waits for is there, or when a limit has passed. Thread-safe.
class DelayedStart {
 public:
  enum Part : uint8_t { kDatabaseProbed, kKeysTried };
  static constexpr size_t kParts = 2;

  /// `start` is called by whoever tells of the last part, or on the thread of `timers`, which outlive this object; it
  /// must not block.
  DelayedStart(Timers* timers, Clock::duration limit, std::function<void()> start)
      : start_(std::move(start)), limit_(timers, [this](Clock::time_point) { return StartNow(); }) {
    limit_.RingIn(limit);
  }

  /// `part` is there, and may be told of again. Does nothing when it was started or cancelled.
  void Tell(Part part) {
    const absl::MutexLock lock(&mutex_);
    there_.set(part);
    if (there_.all()) StartOnce();
  }
  /// From its return on nothing is started any more.
  void Cancel() {
    const absl::MutexLock lock(&mutex_);
    start_ = nullptr;
  }

 private:
  Clock::time_point StartNow() {
    const absl::MutexLock lock(&mutex_);
    StartOnce();
    return Clock::time_point::max();
  }
  void StartOnce() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (const auto start = std::exchange(start_, nullptr)) start();
  }

  absl::Mutex mutex_;
  std::bitset<kParts> there_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> start_ ABSL_GUARDED_BY(mutex_);
  Timer limit_;
};

}  // namespace rowkeeper::app
