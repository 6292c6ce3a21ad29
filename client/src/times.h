#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "clock.h"

namespace rowkeeper::client::internal {

using Deadline = std::optional<std::chrono::system_clock::time_point>;

/// Longer than anybody waits, and little enough to be added to any clock's time in nanoseconds.
inline constexpr std::chrono::hours kLongestTime{24 * 365};

/// `time` between nothing and kLongestTime: every time that a caller gives goes through here before it is counted with.
inline std::chrono::nanoseconds Clamped(std::chrono::milliseconds time) {
  return std::clamp<std::chrono::milliseconds>(time, std::chrono::milliseconds(0), kLongestTime);
}

/// `time`, or what is left until `deadline` when that is less. 0 once it has passed.
inline std::chrono::nanoseconds Within(const Deadline& deadline, std::chrono::nanoseconds time, const Clock& clock) {
  if (!deadline) return time;
  const auto now = clock.WallNow();
  if (*deadline <= now) return std::chrono::nanoseconds(0);
  return std::min<std::chrono::nanoseconds>(time, *deadline - now);
}

/// The earlier one of two deadlines, of which none may be set.
inline Deadline Earlier(const Deadline& one, const Deadline& other) {
  if (!one || !other) return one ? one : other;
  return std::min(*one, *other);
}

}  // namespace rowkeeper::client::internal
