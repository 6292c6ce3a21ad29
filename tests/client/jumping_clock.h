#pragma once

#include <atomic>
#include <chrono>

#include "client/src/clock.h"

namespace rowkeeper::client {

/// A clock that stands still but for those who sleep: they have slept at once. Thread-safe.
class JumpingClock final : public internal::Clock {
 public:
  time_point Now() const override { return time_point(std::chrono::hours(1000)) + slept(); }
  wall_time_point WallNow() const override {
    return wall_time_point(std::chrono::seconds(1767225600)) +
           std::chrono::duration_cast<wall_time_point::duration>(slept());
  }
  void SleepFor(std::chrono::nanoseconds time) override { slept_ += time.count(); }

  /// In all.
  std::chrono::nanoseconds slept() const { return std::chrono::nanoseconds(slept_); }

 private:
  std::atomic<std::chrono::nanoseconds::rep> slept_{0};
};

}  // namespace rowkeeper::client
