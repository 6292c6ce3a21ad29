#include "server/exec/waiting_line.h"

#include <algorithm>
#include <utility>

#include "server/base/share.h"

namespace rowkeeper::exec {
namespace {

/// For how many times the target a queue that stood is known for it.
constexpr int kRemembered = 10;
/// How many calls' time a caller may owe.
constexpr int kMostDebt = 16;

}  // namespace

void WaitingLine::StandingQueue::Note(Clock::time_point now, Clock::duration wait, Clock::duration target) {
  if (target <= Clock::duration::zero() || wait < target / 2) return Clear();
  if (stands_) remembered_until_ = now + kRemembered * target;
  if (wait <= target) return;
  if (above_since_ == Clock::time_point::max()) above_since_ = now;
  stands_ = stands_ || now - above_since_ >= target || now < remembered_until_;
}

void WaitingLine::StandingQueue::Clear() {
  above_since_ = Clock::time_point::max();
  stands_ = false;
}

WaitingLine::Caller* WaitingLine::Find(const CallerId& id) {
  const auto found = callers_.find(id.text());
  if (found != callers_.end()) return &found->second;
  if (callers_.size() >= forget_at_) ForgetIdleCallers();
  return &callers_[id.text()];
}

void WaitingLine::ForgetIdleCallers() {
  for (auto caller = callers_.begin(); caller != callers_.end();) {
    const bool idle = caller->second.waiting_ == 0 && caller->second.running_ == 0;
    caller = idle ? callers_.erase(caller) : std::next(caller);
  }
  forget_at_ = std::max(kIdleCallers, 2 * callers_.size());
}

WaitingLine::Lane* WaitingLine::LaneOf(Caller* caller, const Group* group) {
  for (Lane& lane : caller->lanes_) {
    if (lane.group == group) return &lane;
  }
  return nullptr;
}

/// Who comes is next, unless its last calls took more than its turns: what it owes is forgiven as time passes.
void WaitingLine::Link(Caller* caller, Clock::time_point now) {
  ++callers_waiting_;
  const Clock::duration earned = caller->running_ == 0 ? now - caller->ended_at_ : Clock::duration::zero();
  caller->balance_ = std::min<Clock::duration>(caller->balance_ + earned, std::chrono::nanoseconds(1));
  if (turn_ == nullptr) {
    turn_ = caller->before_ = caller->after_ = caller;
    return;
  }
  caller->after_ = turn_;  // the last of the round
  caller->before_ = turn_->before_;
  caller->before_->after_ = caller;
  turn_->before_ = caller;
}

void WaitingLine::Unlink(Caller* caller) {
  --callers_waiting_;
  if (turn_ == caller) turn_ = caller->after_ == caller ? nullptr : caller->after_;
  caller->before_->after_ = caller->after_;
  caller->after_->before_ = caller->before_;
}

void WaitingLine::Add(const std::shared_ptr<Waiter>& waiter, Caller* caller) {
  Group& group = groups_[waiter->group];
  waiter->self_ = waiter;
  waiter->number_ = ++last_number_;
  waiter->caller_ = caller;
  waiter->group_ = &group;
  if (caller->waiting_++ == 0) Link(caller, waiter->queued_at);
  if (group.waiting++ == 0) {
    group.index = waiting_groups_.size();
    waiting_groups_.push_back(&group);
  }
  ++size_;
  Lane* lane = LaneOf(caller, &group);
  if (lane == nullptr) lane = &caller->lanes_.emplace_back(Lane{&group, nullptr, nullptr});
  waiter->before_ = lane->last;
  (lane->last == nullptr ? lane->first : lane->last->after_) = waiter.get();
  lane->last = waiter.get();
}

std::shared_ptr<WaitingLine::Waiter> WaitingLine::TakeOut(Waiter* waiter) {
  Caller* const caller = waiter->caller_;
  Group* const group = waiter->group_;
  Lane* const lane = LaneOf(caller, group);
  (waiter->before_ == nullptr ? lane->first : waiter->before_->after_) = waiter->after_;
  (waiter->after_ == nullptr ? lane->last : waiter->after_->before_) = waiter->before_;
  waiter->before_ = waiter->after_ = nullptr;
  if (lane->first == nullptr) {
    *lane = caller->lanes_.back();
    caller->lanes_.pop_back();
  }
  if (--group->waiting == 0) {
    waiting_groups_.back()->index = group->index;
    waiting_groups_[group->index] = waiting_groups_.back();
    waiting_groups_.pop_back();
  }
  if (--caller->waiting_ == 0) {
    Unlink(caller);
    caller->standing_.Clear();
    caller->newest_first_ = false;
  }
  --size_;
  return std::move(waiter->self_);
}

bool WaitingLine::Remove(Waiter* waiter) { return waiter->self_ != nullptr && TakeOut(waiter) != nullptr; }

std::vector<std::shared_ptr<WaitingLine::Waiter>> WaitingLine::RemoveIf(
    const std::function<bool(const Waiter&)>& condition) {
  std::vector<Waiter*> found;
  Caller* caller = turn_;
  for (int left = callers_waiting_; left > 0; --left, caller = caller->after_) {
    for (const Lane& lane : caller->lanes_) {
      for (Waiter* waiter = lane.first; waiter != nullptr; waiter = waiter->after_) {
        if (condition(*waiter)) found.push_back(waiter);
      }
    }
  }
  std::vector<std::shared_ptr<Waiter>> removed;
  removed.reserve(found.size());
  for (Waiter* waiter : found) removed.push_back(TakeOut(waiter));
  return removed;
}

std::shared_ptr<WaitingLine::Waiter> WaitingLine::RemoveFromLongest(int at_least) {
  Caller* longest = nullptr;
  Caller* caller = turn_;
  for (int left = callers_waiting_; left > 0; --left, caller = caller->after_) {
    if (longest == nullptr || caller->waiting_ > longest->waiting_) longest = caller;
  }
  if (longest == nullptr || longest->waiting_ <= at_least) return nullptr;
  Waiter* newest = nullptr;
  for (const Lane& lane : longest->lanes_) {
    if (newest == nullptr || lane.last->number_ > newest->number_) newest = lane.last;
  }
  return TakeOut(newest);
}

bool WaitingLine::MayRun(const Group& group) const { return MayHaveOneMore(group.running, running_, workers_); }

bool WaitingLine::StartsAtOnce(std::string_view group, int idle) const {
  int before = 0;
  for (const Group* waiting : waiting_groups_) before += MayRun(*waiting) ? waiting->waiting : 0;
  if (before >= idle) return false;
  const auto found = groups_.find(group);
  const int of_group = found == groups_.end() ? 0 : found->second.running + found->second.waiting;
  return MayHaveOneMore(of_group, running_ + before, workers_);
}

bool WaitingLine::HasNext() const {
  return std::any_of(waiting_groups_.begin(), waiting_groups_.end(),
                     [this](const Group* group) { return MayRun(*group); });
}

WaitingLine::Candidates WaitingLine::FindCandidates(const Caller& caller) const {
  Candidates found;
  for (const Lane& lane : caller.lanes_) {
    if (!MayRun(*lane.group)) continue;
    if (found.oldest == nullptr || lane.first->number_ < found.oldest->number_) found.oldest = lane.first;
    if (found.newest == nullptr || lane.last->number_ > found.newest->number_) found.newest = lane.last;
  }
  return found;
}

/// The first of the round that has time left. When nobody has, all get as much as lets the one with the least debt run.
WaitingLine::Caller* WaitingLine::ChooseCaller(Clock::duration quantum, Candidates* candidates) {
  Caller* richest = nullptr;
  Caller* caller = turn_;
  for (int left = callers_waiting_; left > 0; --left, caller = caller->after_) {
    if (richest != nullptr && caller->balance_ <= richest->balance_) continue;
    const Candidates found = FindCandidates(*caller);
    if (found.oldest == nullptr) continue;
    *candidates = found;
    richest = caller;
    if (caller->balance_ > Clock::duration::zero()) return caller;
  }
  if (richest == nullptr) return nullptr;
  const Clock::duration allowance = quantum - richest->balance_;
  for (int left = callers_waiting_; left > 0; --left, caller = caller->after_) {
    caller->balance_ = std::min(caller->balance_ + allowance, quantum);
  }
  return richest;
}

std::shared_ptr<WaitingLine::Waiter> WaitingLine::Next(Clock::time_point now, Clock::duration expected) {
  if (!HasNext()) return nullptr;
  const Clock::duration quantum = std::max<Clock::duration>(expected, std::chrono::microseconds(1));
  Candidates candidates;
  Caller* const caller = ChooseCaller(quantum, &candidates);
  if (caller == nullptr) return nullptr;
  const Clock::duration waited = now - candidates.oldest->queued_at;
  caller->newest_first_ = caller->overloaded() && waited > target_ * 3 / 2;
  Waiter* const next = caller->newest_first_ ? candidates.newest : candidates.oldest;
  next->started_ = now;
  next->charged_ = quantum;
  caller->balance_ -= quantum;
  turn_ = caller->balance_ > Clock::duration::zero() ? caller : caller->after_;
  ++caller->running_;
  ++next->group_->running;
  ++running_;
  return TakeOut(next);
}

Clock::duration WaitingLine::Ended(const Waiter& waiter, Clock::time_point now) {
  const Clock::duration took = now - waiter.started_;
  Clock::duration& balance = waiter.caller_->balance_;
  balance = std::max<Clock::duration>(balance - (took - waiter.charged_), -kMostDebt * waiter.charged_);
  waiter.caller_->ended_at_ = now;
  --waiter.caller_->running_;
  --waiter.group_->running;
  --running_;
  return took;
}

}  // namespace rowkeeper::exec
