#include "server/net/conduct.h"

#include <algorithm>

namespace rowkeeper::net {
namespace {

/// Of peers of little trust: for each answered call so many may be reset, and some more.
constexpr uint64_t kResetsForAnswer = 4;
constexpr uint64_t kResetsOfLittleTrust = 250;
/// Calls that were opened and reset at once, beyond those that may be sending their request.
constexpr uint64_t kBarrenStreams = 250;
/// Who sends so much of a request is still sending it, however slowly.
constexpr uint64_t kStillSending = 64 << 10;

}  // namespace

std::string_view CutName(Cut cut) {
  switch (cut) {
    case Cut::kResets:
      return "resets";
    case Cut::kFlood:
      return "flood";
    case Cut::kStreams:
      return "streams";
    case Cut::kUnfinished:
      return "unfinished";
  }
  return {};
}

void Allowance::Earn(double amount) { left_ = std::min(most_, left_ + amount); }

void Allowance::Pass(Time now) {
  if (last_) Earn(each_second_ * std::chrono::duration<double>(now - *last_).count());
  last_ = now;
}

bool Allowance::TrySpend(double amount, Time now) {
  Pass(now);
  if (left_ < amount) return false;
  left_ -= amount;
  return true;
}

bool Allowance::Spend(double amount, Time now) {
  Pass(now);
  left_ -= amount;
  if (left_ >= 0) return true;
  left_ = 0;
  return false;
}

Conduct::Conduct(const AbuseLimits& limits) : limits_(limits), resets_(limits.resets, limits.resets_each_second) {}

std::optional<Cut> Conduct::Judge(uint64_t bytes, const StreamCounts& counts, Trust trust, Time now) {
  if (counts.started < counts_.started || counts.failed < counts_.failed) counts_ = counts;  // they were another's
  const bool progress = counts.messages > counts_.messages || counts.succeeded > counts_.succeeded;
  idle_bytes_ = progress ? 0 : idle_bytes_ + (bytes - bytes_);
  if (counts.failed > counts_.failed || counts.barren() > counts_.barren()) last_reset_ = now;
  last_failed_ = counts.failed - counts_.failed;
  resets_.Earn(static_cast<double>(counts.succeeded - counts_.succeeded));
  bytes_ = bytes;
  counts_ = counts;
  judged_at_ = now;
  if (!resets_.Spend(static_cast<double>(last_failed_), now)) return Cut::kResets;
  if (IsResetting(trust)) return Cut::kResets;
  if (IsCrowded(now)) return Cut::kStreams;
  if (IsFlooding()) return Cut::kFlood;
  if (IsUnfinished(now)) return Cut::kUnfinished;
  return std::nullopt;
}

bool Conduct::IsResetting(Trust trust) const {
  if (counts_.barren() > static_cast<uint64_t>(limits_.max_streams) + kBarrenStreams) return true;
  if (trust == Trust::kNormal) return false;
  return counts_.barren() > kBarrenStreams ||
         counts_.failed > kResetsForAnswer * counts_.succeeded + kResetsOfLittleTrust;
}

/// Each open call may be a request under way, in frames that are not all full.
bool Conduct::IsFlooding() const {
  const double requests = static_cast<double>(counts_.open() + 1) * static_cast<double>(limits_.max_request_bytes);
  return static_cast<double>(idle_bytes_) > limits_.idle_bytes + requests * 1.25;
}

/// A client that has not heard of the limit yet may open more streams; it learns in a round trip.
bool Conduct::IsCrowded(Time now) {
  const auto most = static_cast<uint64_t>(limits_.max_streams);
  if (counts_.open() <= most) {
    crowded_since_.reset();
    return false;
  }
  if (!crowded_since_) crowded_since_ = now;
  return counts_.open() > 2 * most || now - *crowded_since_ > limits_.crowded_limit;
}

bool Conduct::IsUnfinished(Time now) {
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
