#include "server/exec/merge_lanes.h"

#include <algorithm>
#include <utility>

namespace rowkeeper::exec {

int MergeLanes::LanesFor(const Lane& lane) const {
  const int lanes = options_.lanes * (1 + static_cast<int>(std::min<int64_t>(lane.shortest / kQuick, 1000)));
  return lane.calls < 2 * lanes ? 2 * lanes : lanes;
}

bool MergeLanes::IsFull(const Lane& lane, Clock::time_point now) const {
  return lane.running >= LanesFor(lane) && now >= lane.paused_until &&
         static_cast<int>(lane.waiting.size()) < options_.most_waiting;
}

bool MergeLanes::WouldWait(uint64_t lane, Clock::time_point now) const {
  const auto found = lanes_.find(lane);
  return options_.lanes > 0 && found != lanes_.end() && IsFull(found->second, now);
}

bool MergeLanes::Join(uint64_t id, const Shared& call, Clock::time_point now) {
  if (options_.lanes == 0) return false;
  Lane& lane = lanes_[id];
  const bool waits = IsFull(lane, now);
  call->lane_ = id;
  call->since_ = now;
  call->size_ = 1;
  if (waits) {
    lane.waiting.push_back(call);
    if (!lane.is_looked_after) looked_after_.push_back(id);
    lane.is_looked_after = true;
    ++waiting_;
  } else {
    ++lane.running;
  }
  ++lane.calls;
  call->state_ = waits ? Call::State::kWaits : Call::State::kRuns;
  return waits;
}

void MergeLanes::Began(uint64_t lane, const Shared& running, size_t size, Clock::time_point now) {
  running->size_ = static_cast<int>(size);
  running->lane_ = lane;
  running->state_ = Call::State::kRuns;
  running->since_ = now;
}

bool MergeLanes::CountHalving(End end) {
  switch (end) {
    case End::kAlone:
    case End::kTogether:
      return false;
    case End::kFailed:
      ++halvings_.failed;
      return true;
    case End::kInVain:
      ++halvings_.in_vain;
      return true;
    case End::kLarge:
      ++halvings_.large;
      return true;
    case End::kSlow:
      ++halvings_.slow;
      return true;
  }
  return false;
}

void MergeLanes::NoteEnd(Lane* lane, End end, Clock::time_point now) {
  if (end == End::kTogether) {
    lane->most = std::min(lane->most + 1, options_.most_merged);
    lane->pause = kPause;
  }
  if (!CountHalving(end)) return;
  lane->most /= 2;
  if (lane->most >= 2) return;
  lane->most = kFewest;
  lane->paused_until = now + lane->pause;
  lane->pause = std::min<Clock::duration>(2 * lane->pause, kLongestPause);
}

bool MergeLanes::IsTooSlow(const Lane& lane, const Call& call, Clock::duration took) {
  if (call.share.weight <= 1 || lane.alone == Clock::duration::zero()) return false;
  return took > kSlow && took > kMostTimesAlone * call.size_ * lane.alone;
}

void MergeLanes::NoteTime(Lane* lane, const Call& call, Clock::duration took) {
  // What was once quick is believed for a few thousand statements.
  if (lane->shortest > Clock::duration::zero()) lane->shortest += lane->shortest / 1024 + std::chrono::nanoseconds(1);
  lane->shortest = lane->shortest == Clock::duration::zero() ? took : std::min(lane->shortest, took);
  if (call.size_ > 1) return;
  lane->alone += lane->alone == Clock::duration::zero() ? took : (took - lane->alone) / kLookedBackAt;
}

MergeLanes::Together MergeLanes::TakeWaiting(Lane* lane) {
  Together calls;
  calls.reserve(lane->waiting.size());
  int weight = 0;
  for (int open = 0; !lane->waiting.empty() && open < lane->most; lane->waiting.pop_front(), --waiting_) {
    Shared& call = lane->waiting.front();
    if (call->state_ == Call::State::kWaits) {
      weight += call->share.weight;
      if (open > 0 && weight > options_.most_weight) break;
      call->state_ = Call::State::kTogether;
      ++open;
    }
    calls.push_back(std::move(call));
  }
  return calls;
}

MergeLanes::Together MergeLanes::Next(Lane* lane) {
  Together next = TakeWaiting(lane);
  if (next.empty()) --lane->running;
  return next;
}

MergeLanes::Together MergeLanes::Abandoned(uint64_t id, size_t size) {
  Lane& lane = lanes_[id];
  lane.calls -= static_cast<int>(size);
  return Next(&lane);
}

MergeLanes::Together MergeLanes::Clear() {
  Together all;
  for (auto& [id, lane] : lanes_) {
    all.insert(all.end(), lane.waiting.begin(), lane.waiting.end());
    lane.calls -= static_cast<int>(lane.waiting.size());
    lane.waiting.clear();
  }
  waiting_ = 0;
  for (const Shared& call : all) {
    if (call->state_ == Call::State::kWaits) call->state_ = Call::State::kTogether;
  }
  return all;
}

void MergeLanes::Forget(uint64_t statement) {
  for (uint64_t id = statement * kSizes; id < (statement + 1) * kSizes; ++id) {
    const auto lane = lanes_.find(id);
    if (lane == lanes_.end() || lane->second.calls > 0 || !lane->second.waiting.empty()) continue;
    if (lane->second.is_looked_after) looked_after_.erase(std::find(looked_after_.begin(), looked_after_.end(), id));
    lanes_.erase(lane);
  }
}

MergeLanes::Together MergeLanes::Ended(Call* call, End end, Clock::time_point now) {
  if (call->state_ != Call::State::kRuns) return {};
  call->state_ = Call::State::kOutside;
  Lane& lane = lanes_[call->lane_];
  lane.calls -= call->size_;
  const Clock::duration took = std::max<Clock::duration>(now - call->since_, std::chrono::microseconds(1));
  if (end == End::kTogether && IsTooSlow(lane, *call, took)) end = End::kSlow;
  NoteTime(&lane, *call, took);
  NoteEnd(&lane, end, now);
  return Next(&lane);
}

std::vector<MergeLanes::Together> MergeLanes::Overdue(Clock::time_point now, Clock::time_point* next) {
  std::vector<Together> overdue;
  *next = Clock::time_point::max();
  size_t kept = 0;
  for (const uint64_t id : looked_after_) {
    Lane& lane = lanes_[id];
    while (!lane.waiting.empty() && OverdueFrom(lane.waiting.front()->since_) <= now) {
      overdue.reserve(overdue.size() + 1);
      overdue.push_back(TakeWaiting(&lane));
      ++lane.running;
    }
    lane.is_looked_after = !lane.waiting.empty();
    if (!lane.is_looked_after) continue;
    looked_after_[kept++] = id;
    *next = std::min(*next, OverdueFrom(lane.waiting.front()->since_));
  }
  looked_after_.resize(kept);
  return overdue;
}

bool MergeLanes::Withdraw(Call* call) {
  if (call->state_ != Call::State::kWaits && call->state_ != Call::State::kTogether) return false;
  call->state_ = Call::State::kOver;
  return true;
}

MergeLanes::Together MergeLanes::Release(const Together& calls) {
  Together open;
  open.reserve(calls.size());
  for (const Shared& call : calls) {
    const bool unanswered = call->state_ == Call::State::kTogether;
    if (unanswered) call->state_ = Call::State::kOutside;
    open.push_back(unanswered ? call : nullptr);
  }
  return open;
}

}  // namespace rowkeeper::exec
