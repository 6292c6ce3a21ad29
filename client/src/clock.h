#pragma once

#include <chrono>

namespace rowkeeper::client::internal {

/// What time it is for this library, and how it lets time pass: a test decides both. Deadlines of calls are gRPC's,
/// which keeps real time whatever this says. Thread-safe; outlives what it is given to.
class Clock {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using wall_time_point = std::chrono::system_clock::time_point;

  /// The operating system's time.
  static Clock& System();

  virtual ~Clock() = default;

  virtual time_point Now() const = 0;
  virtual wall_time_point WallNow() const = 0;
  virtual void SleepFor(std::chrono::nanoseconds time) = 0;
};

}  // namespace rowkeeper::client::internal
