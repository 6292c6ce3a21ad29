#pragma once

#include <chrono>
#include <string>

#include "server/uow/unit_info.h"

namespace rowkeeper::uow {

/// How long a unit may go on. Limits are kept by the monotonic clock; the wall clock's times are for people. Not
/// thread-safe.
class LeaseTimes {
 public:
  using Clock = std::chrono::steady_clock;

  struct Limits {
    std::chrono::milliseconds idle{0};
    std::chrono::milliseconds total{0};
  };

  /// Begins now.
  explicit LeaseTimes(Limits limits) : limits_(limits), begin_(Clock::now()), idle_since_(begin_) {}

  /// The last call has ended just now.
  void Touch() { idle_since_ = Clock::now(); }
  bool TotalPassed(Clock::time_point now) const { return now >= begin_ + limits_.total; }
  bool IdlePassed(Clock::time_point now) const { return now >= idle_since_ + limits_.idle; }

  /// The end if no call comes.
  Clock::time_point idle_end() const { return idle_since_ + limits_.idle; }

  /// Why a unit ends for `cause`, for people.
  std::string Explain(EndCause cause) const;

 private:
  const Limits limits_;
  const Clock::time_point begin_;
  Clock::time_point idle_since_;
};

}  // namespace rowkeeper::uow
