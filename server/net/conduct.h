#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "server/net/connection_limits.h"

namespace rowkeeper::net {

using Time = std::chrono::steady_clock::time_point;

/// What became of the streams of a connection since it was opened; each call is one.
struct StreamCounts {
  uint64_t started = 0;
  /// Ended by the server's trailers, whatever their status.
  uint64_t succeeded = 0;
  /// Reset by the client, or lost.
  uint64_t failed = 0;
  /// Messages that arrived whole.
  uint64_t messages = 0;

  /// Whose memory is still held: streams that were reset are among them for a while.
  uint64_t open() const { return Less(started, succeeded + failed); }
  /// At least so many sent no whole message and got no answer, whatever became of them since.
  uint64_t barren() const { return Less(started, succeeded + messages); }

 private:
  static uint64_t Less(uint64_t from, uint64_t less) { return from > less ? from - less : 0; }
};

/// Something that is spent, and comes back at a steady rate up to what there was at first. For one thread.
class Allowance {
 public:
  Allowance(double most, double each_second) : most_(most), each_second_(each_second), left_(most) {}

  void Earn(double amount);
  /// False when there is not so much; then nothing is left.
  bool Spend(double amount, Time now);
  /// False when there is not so much; then what there is is left.
  bool TrySpend(double amount, Time now);

 private:
  void Pass(Time now);

  double most_;
  double each_second_;
  double left_;
  std::optional<Time> last_;
};

/// Judges a connection by what it brings: bytes, and calls that are answered. Whoever gets answers or sends whole
/// messages is never cut for how many they are. For one thread.
class Conduct {
 public:
  enum class Trust { kNormal, kLittle };

  explicit Conduct(const AbuseLimits& limits);

  /// `bytes` and `counts` since the connection was opened; `trust` is little for a peer that had to be cut a moment
  /// ago. Gives why it should be cut.
  std::optional<Cut> Judge(uint64_t bytes, const StreamCounts& counts, Trust trust, Time now);

  /// Of the last judgement.
  uint64_t judged_bytes() const { return bytes_; }
  std::optional<Time> judged_at() const { return judged_at_; }
  /// Streams that failed between the last two judgements.
  uint64_t last_failed() const { return last_failed_; }
  /// Whether there may be more resets to come, from bytes that arrived some time ago: there were some in the last
  /// second.
  bool may_go_on(Time now) const { return last_reset_ && now - *last_reset_ < std::chrono::seconds(1); }
  /// Whether it has more calls open than it may have, which it may have for a moment.
  bool crowded() const { return crowded_since_.has_value(); }
  /// Whether anything was ever answered, or came whole.
  bool proven() const { return counts_.messages > 0 || counts_.succeeded > 0; }

 private:
  bool IsResetting(Trust trust) const;
  bool IsFlooding() const;
  bool IsCrowded(Time now);
  bool IsUnfinished(Time now);

  const AbuseLimits limits_;
  Allowance resets_;
  uint64_t bytes_ = 0;
  StreamCounts counts_;
  std::optional<Time> judged_at_;
  uint64_t last_failed_ = 0;
  std::optional<Time> last_reset_;
  /// Since anything was answered or came whole.
  uint64_t idle_bytes_ = 0;
  std::optional<Time> crowded_since_;
  /// Since when it has calls of which nothing came whole, and nothing more that matters …
  std::optional<Time> unfinished_since_;
  /// … beside so many bytes.
  uint64_t unfinished_bytes_ = 0;
};

}  // namespace rowkeeper::net
