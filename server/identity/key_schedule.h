#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "server/base/clock.h"

namespace rowkeeper::identity {

/// When keys are fetched: at once, then when the last answer no longer holds; after a failure soon, then ever later;
/// and when they are asked for. For one thread.
class KeySchedule {
 public:
  using Seconds = std::chrono::seconds;
  /// For how long an answer holds that does not say so, and the bounds of what it may say.
  static constexpr Seconds kDefaultFresh{5 * 60};
  static constexpr Seconds kShortestFresh{60};
  static constexpr Seconds kLongestFresh{24 * 60 * 60};
  /// The pause after a failure is between a half of this and all of it, by chance; it doubles each time, up to …
  static constexpr Seconds kFirstPause{2};
  static constexpr Seconds kLongestPause{60};
  /// Between two fetches that were asked for.
  static constexpr Seconds kCooldown{30};

  Clock::time_point Due() const { return due_; }
  /// When somebody asks for the keys: at once, or after the cooldown; not later than without.
  Clock::time_point DueWhenAsked() const { return std::min(due_, ask_again_); }

  /// A fetch that was asked for begins.
  void BeginAsked(Clock::time_point now) { ask_again_ = now + kCooldown; }
  /// A fetch has ended. `fresh`: as in FetchAnswer.
  void Succeed(Clock::time_point now, std::optional<Seconds> fresh);
  /// `chance`: from 0 to 1, by which servers that fail together do not come again together.
  void Fail(Clock::time_point now, double chance);

 private:
  Clock::time_point due_ = Clock::time_point::min();
  Clock::time_point ask_again_ = Clock::time_point::min();
  Seconds pause_ = kFirstPause;
};

}  // namespace rowkeeper::identity
