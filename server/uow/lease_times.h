#pragma once

#include <chrono>
#include <string>

#include "server/base/clock.h"
#include "server/uow/unit_info.h"

namespace rowkeeper::uow {

/// How long a unit may go on. Limits are kept by the monotonic clock; the wall clock's times are for people. Not
/// thread-safe.
class LeaseTimes {
 public:
  struct Limits {
    std::chrono::milliseconds idle{0};
    std::chrono::milliseconds total{0};
  };

  LeaseTimes(Limits limits, Clock::time_point begin) : limits_(limits), begin_(begin), idle_since_(begin) {}

  /// The last call has ended just now.
  void Touch(Clock::time_point now) { idle_since_ = now; }
  bool TotalPassed(Clock::time_point now) const { return now >= total_end(); }
  bool IdlePassed(Clock::time_point now) const { return now >= idle_end(); }

  /// When the last call ended, or the unit began.
  Clock::time_point idle_since() const { return idle_since_; }
  Clock::time_point total_end() const { return begin_ + limits_.total; }
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
