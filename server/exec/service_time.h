#pragma once

#include "server/base/clock.h"

namespace rowkeeper::exec {

/// How long a call holds its worker, on average of the last few dozen. One that takes much longer than all others, as
/// those do that wait for a lock, counts as one that takes 16 times the average. Not thread-safe.
class ServiceTime {
 public:
  void Note(Clock::duration took) {
    if (samples_ < kSamples) ++samples_;
    const Clock::duration counted = mean_ == Clock::duration::zero() ? took : std::min(took, mean_ * kOutlier);
    mean_ += (counted - mean_) / samples_;
  }

  /// Whether enough is known to refuse calls for it.
  bool known() const { return samples_ >= kSamples; }
  /// 0 while nothing is known.
  Clock::duration mean() const { return mean_; }

 private:
  static constexpr int kSamples = 24;
  static constexpr int kOutlier = 16;

  int samples_ = 0;
  Clock::duration mean_{0};
};

}  // namespace rowkeeper::exec
