#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "server/net/connection_limits.h"
#include "server/net/stream_tracker.h"

namespace rowkeeper::net {

using Time = std::chrono::steady_clock::time_point;

/// A token bucket: what is spent comes back at a steady rate, up to what there was at first. For one thread.
class TokenBucket {
 public:
  TokenBucket(double most, double each_second) : most_(most), each_second_(each_second), left_(most) {}

  void Earn(double amount);
  /// False when there is not so much; then nothing is left.
  bool Spend(double amount, Time now);
  /// False when there is not so much; then what there is is left.
  bool TrySpend(double amount, Time now);
  /// Whether it is as if nothing had been spent.
  bool IsWhole(Time now);

 private:
  void Pass(Time now);

  double most_;
  double each_second_;
  double left_;
  std::optional<Time> last_;
};

/// Judges a connection by what it brings: bytes, and calls that are answered. Whoever gets answers or sends whole
/// messages is never aborted for how many they are. For one thread.
class AbuseDetector {
 public:
  enum class Trust { kNormal, kLittle };

  explicit AbuseDetector(const AbuseLimits& limits);

  /// `bytes` and `counts` since the connection was opened; `trust` is little for a peer that had to be aborted a moment
  /// ago. Gives why it should be aborted.
  std::optional<AbortCause> Judge(uint64_t bytes, const StreamCounts& counts, Trust trust, Time now);

  /// Of the last judgement.
  uint64_t judged_bytes() const { return bytes_; }
  std::optional<Time> judged_at() const { return judged_at_; }
  /// Streams that failed between the last two judgements.
  uint64_t last_failed() const { return last_failed_; }
  /// Whether there may be more to come, from bytes that arrived some time ago: there were resets in the last second,
  /// or, of one that is not proven, bytes, which may not have been read yet.
  bool may_go_on(Time now) const {
    const auto lately = [now](const std::optional<Time>& then) {
      return then && now - *then < std::chrono::seconds(1);
    };
    return lately(last_reset_) || (!proven() && lately(last_arrival_));
  }
  /// How many streams came to nothing, by `counts` of now: see StreamCounts::barren. Calls that are answered make up
  /// for some that came before, and for a limited number of those that come after.
  int64_t BarrenBy(const StreamCounts& counts) const;
  /// Whether it has more calls open than it may have, which it may have for a moment.
  bool crowded() const { return crowded_since_.has_value(); }
  /// Whether anything was ever answered, or came whole.
  bool proven() const { return counts_.messages > 0 || counts_.succeeded > 0; }

 private:
  void NoteBytes(uint64_t bytes, const StreamCounts& counts, Time now);
  bool IsResetting(Trust trust) const;
  bool IsFlooding() const;
  bool IsCrowded(Time now);
  bool IsUnfinished(Time now);

  const AbuseLimits limits_;
  TokenBucket resets_;
  uint64_t bytes_ = 0;
  StreamCounts counts_;
  int64_t barren_ = 0;
  std::optional<Time> judged_at_;
  uint64_t last_failed_ = 0;
  std::optional<Time> last_reset_;
  /// Of more than a little.
  std::optional<Time> last_arrival_;
  /// Bytes since anything was answered or came whole, beyond those that a connection may bring all the time.
  double idle_bytes_ = 0;
  std::optional<Time> crowded_since_;
  /// Since when it has calls of which nothing came whole, and nothing more that matters …
  std::optional<Time> unfinished_since_;
  /// … beside so many bytes.
  uint64_t unfinished_bytes_ = 0;
};

}  // namespace rowkeeper::net
