#include "server/net/abuse_detector.h"

#include <algorithm>

namespace rowkeeper::net {
namespace {

/// Of peers of little trust: for each answered call so many may be reset, and some more.
constexpr uint64_t kResetsForAnswer = 4;
constexpr uint64_t kResetsOfLittleTrust = 250;
/// Calls that were opened and reset at once, beyond those that may be sending their request.
constexpr int64_t kBarrenStreams = 250;
/// Who sends so much of a request is still sending it, however slowly.
constexpr uint64_t kStillSending = 64 << 10;
/// Pings and acknowledgements of a client that only listens.
constexpr double kIdleBytesEachSecond = 1024;
/// For each message that was sent to it: how a client tells that it took it, in parts.
constexpr double kBytesForSent = 4096;
/// Fewer bytes are a few calls at most.
constexpr uint64_t kFewCalls = 4096;

}  // namespace

std::string_view AbortCauseName(AbortCause cause) {
  switch (cause) {
    case AbortCause::kResets:
      return "resets";
    case AbortCause::kFlood:
      return "flood";
    case AbortCause::kStreams:
      return "streams";
    case AbortCause::kUnfinished:
      return "unfinished";
  }
  return {};
}

void TokenBucket::Earn(double amount) { left_ = std::min(most_, left_ + amount); }

void TokenBucket::Pass(Time now) {
  if (last_) Earn(each_second_ * std::chrono::duration<double>(now - *last_).count());
  last_ = now;
}

bool TokenBucket::IsWhole(Time now) {
  Pass(now);
  return left_ >= most_;
}

bool TokenBucket::TrySpend(double amount, Time now) {
  Pass(now);
  if (left_ < amount) return false;
  left_ -= amount;
  return true;
}

bool TokenBucket::Spend(double amount, Time now) {
  Pass(now);
  left_ -= amount;
  if (left_ >= 0) return true;
  left_ = 0;
  return false;
}

AbuseDetector::AbuseDetector(const AbuseLimits& limits)
    : limits_(limits), resets_(limits.resets, limits.resets_each_second) {}

std::optional<AbortCause> AbuseDetector::Judge(uint64_t bytes, const StreamCounts& counts, Trust trust, Time now) {
  if (counts.started < counts_.started || counts.failed < counts_.failed) counts_ = counts;  // they were another's
  NoteBytes(bytes, counts, now);
  const int64_t barren = BarrenBy(counts);
  if (counts.failed > counts_.failed || (barren > 0 && barren > barren_)) last_reset_ = now;
  last_failed_ = counts.failed - counts_.failed;
  resets_.Earn(static_cast<double>(counts.succeeded - counts_.succeeded));
  if (bytes - bytes_ >= kFewCalls) last_arrival_ = now;
  bytes_ = bytes;
  barren_ = barren;
  counts_ = counts;
  judged_at_ = now;
  if (!resets_.Spend(static_cast<double>(last_failed_), now)) return AbortCause::kResets;
  if (IsResetting(trust)) return AbortCause::kResets;
  if (IsCrowded(now)) return AbortCause::kStreams;
  if (IsFlooding()) return AbortCause::kFlood;
  if (IsUnfinished(now)) return AbortCause::kUnfinished;
  return std::nullopt;
}

int64_t AbuseDetector::BarrenBy(const StreamCounts& counts) const {
  return std::max(-(limits_.max_streams + kBarrenStreams), barren_ + counts.barren() - counts_.barren());
}

void AbuseDetector::NoteBytes(uint64_t bytes, const StreamCounts& counts, Time now) {
  const bool progress = counts.messages > counts_.messages || counts.succeeded > counts_.succeeded;
  const double seconds = judged_at_ ? std::chrono::duration<double>(now - *judged_at_).count() : 0;
  const double allowed =
      seconds * kIdleBytesEachSecond + static_cast<double>(counts.sent - counts_.sent) * kBytesForSent;
  idle_bytes_ = progress ? 0 : std::max(0.0, idle_bytes_ + static_cast<double>(bytes - bytes_) - allowed);
}

bool AbuseDetector::IsResetting(Trust trust) const {
  if (barren_ > limits_.max_streams + kBarrenStreams) return true;
  if (trust == Trust::kNormal) return false;
  return barren_ > kBarrenStreams || counts_.failed > kResetsForAnswer * counts_.succeeded + kResetsOfLittleTrust;
}

/// Each open call may be a request under way, in frames that are not all full.
bool AbuseDetector::IsFlooding() const {
  const double requests = static_cast<double>(counts_.open() + 1) * static_cast<double>(limits_.max_request_bytes);
  return idle_bytes_ > limits_.idle_bytes + requests * 1.25;
}

/// A client that has not heard of the limit yet may open more streams; it learns in a round trip.
bool AbuseDetector::IsCrowded(Time now) {
  const auto most = static_cast<uint64_t>(limits_.max_streams);
  if (counts_.open() <= most) {
    crowded_since_.reset();
    return false;
  }
  if (!crowded_since_) crowded_since_ = now;
  return counts_.open() > 2 * most || now - *crowded_since_ > limits_.crowded_limit;
}

bool AbuseDetector::IsUnfinished(Time now) {
  if (counts_.open() == 0 || proven()) {
    unfinished_since_.reset();
    return false;
  }
  if (!unfinished_since_ || bytes_ - unfinished_bytes_ >= kStillSending) {
    unfinished_since_ = now;
    unfinished_bytes_ = bytes_;
  }
  return now - *unfinished_since_ > limits_.unfinished_limit;
}

}  // namespace rowkeeper::net
