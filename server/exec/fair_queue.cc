#include "server/exec/fair_queue.h"

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

void FairQueue::StandingQueue::Note(Clock::time_point now, Clock::duration wait, Clock::duration target) {
  if (target <= Clock::duration::zero() || wait < target / 2) return Clear();
  if (stands_) remembered_until_ = now + kRemembered * target;
  if (wait <= target) return;
  if (above_since_ == Clock::time_point::max()) above_since_ = now;
  stands_ = stands_ || now - above_since_ >= target || now < remembered_until_;
}

void FairQueue::StandingQueue::Clear() {
  above_since_ = Clock::time_point::max();
  stands_ = false;
}

FairQueue::~FairQueue() {
  RemoveIf([](const Waiter&) { return true; });
}

FairQueue::Caller* FairQueue::Find(const CallerId& id) {
  const auto found = callers_.find(id.text());
  if (found != callers_.end()) return &found->second;
  if (callers_.size() >= forget_at_) ForgetIdleCallers();
  return &callers_[id.text()];
}

void FairQueue::NoteNoRunaway() {
  for (auto& [id, caller] : callers_) caller.runaway_ = 0;
}

void FairQueue::ForgetIdleCallers() {
  for (auto caller = callers_.begin(); caller != callers_.end();) {
    const bool idle = caller->second.waiting_ == 0 && caller->second.running_ == 0;
    caller = idle ? callers_.erase(caller) : std::next(caller);
  }
  forget_at_ = std::max(kIdleCallers, 2 * callers_.size());
}

/// Makes one where there is none.
FairQueue::Lane* FairQueue::LaneOf(Caller* caller, Group* group) {
  for (Lane* const lane : caller->lanes_) {
    if (lane->group == group) return lane;
  }
  if (unused_lanes_.empty()) unused_lanes_.push_back(&lanes_.emplace_back());
  Lane* const lane = unused_lanes_.back();
  unused_lanes_.pop_back();
  lane->caller = caller;
  lane->group = group;
  caller->lanes_.push_back(lane);
  group->lanes.Add(lane, TurnOf(*caller));
  return lane;
}

void FairQueue::Release(Lane* lane) {
  lane->group->lanes.Remove(lane);
  std::vector<Lane*>& lanes = lane->caller->lanes_;
  *std::find(lanes.begin(), lanes.end(), lane) = lanes.back();
  lanes.pop_back();
  unused_lanes_.push_back(lane);
}

Clock::duration FairQueue::BalanceOf(const Caller& caller) const {
  return caller.waiting_ > 0 ? caller.balance_ + given_ : caller.balance_;
}

void FairQueue::SetBalance(Caller* caller, Clock::duration balance) {
  caller->balance_ = caller->waiting_ > 0 ? balance - given_ : balance;
}

void FairQueue::Reorder(Caller* caller) {
  for (Lane* const lane : caller->lanes_) lane->group->lanes.Update(lane, TurnOf(*caller));
}

/// Who comes is next, unless its last calls took more than its turns: what it owes is forgiven as time passes.
void FairQueue::BeginToWait(Caller* caller, Clock::time_point now) {
  ++callers_waiting_;
  const Clock::duration earned = caller->running_ == 0 ? now - caller->ended_at_ : Clock::duration::zero();
  const auto balance = std::min<Clock::duration>(caller->balance_ + earned, std::chrono::nanoseconds(1));
  caller->balance_ = balance - given_;
  caller->turn_ = ++last_turn_;
}

void FairQueue::CountWaiting(Caller* caller, int more) {
  const auto of = [this](int waiting) -> Caller*& { return by_waiting_[static_cast<size_t>(waiting)]; };
  if (caller->waiting_ > 0) {
    (caller->before_ == nullptr ? of(caller->waiting_) : caller->before_->after_) = caller->after_;
    if (caller->after_ != nullptr) caller->after_->before_ = caller->before_;
  }
  caller->waiting_ += more;
  caller->before_ = caller->after_ = nullptr;
  if (caller->waiting_ > 0) {
    if (by_waiting_.size() <= static_cast<size_t>(caller->waiting_)) by_waiting_.resize(caller->waiting_ + 1, nullptr);
    Caller*& first = of(caller->waiting_);
    caller->after_ = first;
    if (first != nullptr) first->before_ = caller;
    first = caller;
  }
  while (!by_waiting_.empty() && by_waiting_.back() == nullptr) by_waiting_.pop_back();
}

void FairQueue::Add(const std::shared_ptr<Waiter>& shared, Caller* caller) {
  Waiter* const waiter = shared.get();
  Group& group = groups_[ToAbsl(waiter->group)];
  waiter->self_ = shared;
  waiter->number_ = ++last_number_;
  waiter->caller_ = caller;
  waiter->group_ = &group;
  if (caller->waiting_ == 0) BeginToWait(caller, waiter->queued_at);
  CountWaiting(caller, 1);
  if (group.waiting++ == 0) {
    group.index = waiting_groups_.size();
    waiting_groups_.push_back(&group);
  }
  ++size_;
  Lane* const lane = LaneOf(caller, &group);
  waiter->lane_ = lane;
  waiter->before_ = lane->last;
  (lane->last == nullptr ? lane->first : lane->last->after_) = waiter;
  lane->last = waiter;
  waiter->older_ = caller->newest_;
  (caller->newest_ == nullptr ? caller->oldest_ : caller->newest_->newer_) = waiter;
  caller->newest_ = waiter;
  expiries_.Add(waiter, waiter->expiry);
}

std::shared_ptr<FairQueue::Waiter> FairQueue::TakeOut(Waiter* waiter) {
  Caller* const caller = waiter->caller_;
  Group* const group = waiter->group_;
  Lane* const lane = waiter->lane_;
  (waiter->before_ == nullptr ? lane->first : waiter->before_->after_) = waiter->after_;
  (waiter->after_ == nullptr ? lane->last : waiter->after_->before_) = waiter->before_;
  (waiter->older_ == nullptr ? caller->oldest_ : waiter->older_->newer_) = waiter->newer_;
  (waiter->newer_ == nullptr ? caller->newest_ : waiter->newer_->older_) = waiter->older_;
  waiter->before_ = waiter->after_ = waiter->older_ = waiter->newer_ = nullptr;
  waiter->lane_ = nullptr;
  expiries_.Remove(waiter);
  if (lane->first == nullptr) Release(lane);
  if (--group->waiting == 0) {
    waiting_groups_.back()->index = group->index;
    waiting_groups_[group->index] = waiting_groups_.back();
    waiting_groups_.pop_back();
  }
  const Clock::duration balance = BalanceOf(*caller);
  CountWaiting(caller, -1);
  if (caller->waiting_ == 0) {
    --callers_waiting_;
    caller->balance_ = balance;
    caller->standing_.Clear();
    caller->newest_first_ = false;
  }
  --size_;
  return std::move(waiter->self_);
}

bool FairQueue::Remove(Waiter* waiter) { return waiter->self_ != nullptr && TakeOut(waiter) != nullptr; }

std::vector<std::shared_ptr<FairQueue::Waiter>> FairQueue::RemoveIf(
    const std::function<bool(const Waiter&)>& condition) {
  std::vector<Waiter*> found;
  for (const auto& entry : expiries_.entries()) {
    if (condition(*entry.item)) found.push_back(entry.item);
  }
  std::vector<std::shared_ptr<Waiter>> removed;
  removed.reserve(found.size());
  for (Waiter* const waiter : found) removed.push_back(TakeOut(waiter));
  return removed;
}

std::vector<std::shared_ptr<FairQueue::Waiter>> FairQueue::RemoveExpired(Clock::time_point now) {
  std::vector<std::shared_ptr<Waiter>> removed;
  while (next_expiry() <= now) removed.push_back(TakeOut(expiries_.top().item));
  return removed;
}

Clock::time_point FairQueue::next_expiry() const {
  return expiries_.empty() ? Clock::time_point::max() : expiries_.top().key;
}

std::vector<std::shared_ptr<FairQueue::Waiter>> FairQueue::RemoveOverloaded(Clock::time_point then) {
  std::vector<std::shared_ptr<Waiter>> removed;
  for (auto& [id, caller] : callers_) {
    // The last one that is taken out clears the queue's state.
    const bool overloaded = caller.overloaded();
    while (overloaded && caller.oldest_ != nullptr && caller.oldest_->queued_at < then) {
      removed.push_back(TakeOut(caller.oldest_));
    }
  }
  return removed;
}

std::shared_ptr<FairQueue::Waiter> FairQueue::RemoveFromLongest(int at_least) {
  if (static_cast<int>(by_waiting_.size()) - 1 <= at_least) return nullptr;
  return TakeOut(by_waiting_.back()->newest_);
}

bool FairQueue::MayRun(const Group& group) const { return MayHaveOneMore(group.running, running_, workers_); }

bool FairQueue::StartsAtOnce(std::string_view group, int idle) const {
  int before = 0;
  for (const Group* waiting : waiting_groups_) before += MayRun(*waiting) ? waiting->waiting : 0;
  if (before >= idle) return false;
  const auto found = groups_.find(ToAbsl(group));
  const int of_group = found == groups_.end() ? 0 : found->second.running + found->second.waiting;
  return MayHaveOneMore(of_group, running_ + before, workers_);
}

bool FairQueue::HasNext() const {
  return std::any_of(waiting_groups_.begin(), waiting_groups_.end(),
                     [this](const Group* group) { return MayRun(*group); });
}

FairQueue::Candidates FairQueue::FindCandidates(const Caller& caller) const {
  Candidates found;
  for (const Lane* const lane : caller.lanes_) {
    if (!MayRun(*lane->group)) continue;
    if (found.oldest == nullptr || lane->first->number_ < found.oldest->number_) found.oldest = lane->first;
    if (found.newest == nullptr || lane->last->number_ > found.newest->number_) found.newest = lane->last;
  }
  return found;
}

/// The one with the most time left. When nobody has any, all get as much as lets that one run. Those whose calls may
/// not run get it, too, and may use no more of it at once than the others.
FairQueue::Caller* FairQueue::ChooseCaller(Clock::duration quantum) {
  Caller* richest = nullptr;
  Turn first;
  for (const Group* const group : waiting_groups_) {
    if (!MayRun(*group)) continue;
    const auto& [turn, lane] = group->lanes.top();
    if (richest != nullptr && !(turn < first)) continue;
    richest = lane->caller;
    first = turn;
  }
  if (richest == nullptr) return nullptr;
  const Clock::duration balance = BalanceOf(*richest);
  if (balance <= Clock::duration::zero()) given_ += quantum - balance;
  if (balance > quantum) SetBalance(richest, quantum);
  return richest;
}

std::shared_ptr<FairQueue::Waiter> FairQueue::Next(Clock::time_point now, Clock::duration expected) {
  const Clock::duration quantum = std::max<Clock::duration>(expected, std::chrono::microseconds(1));
  Caller* const caller = ChooseCaller(quantum);
  if (caller == nullptr) return nullptr;
  const Candidates candidates = FindCandidates(*caller);
  const Clock::duration waited = now - candidates.oldest->queued_at;
  caller->newest_first_ = caller->overloaded() && waited > target_ * 3 / 2;
  Waiter* const next = caller->newest_first_ ? candidates.newest : candidates.oldest;
  next->started_ = now;
  next->charged_ = quantum;
  const Clock::duration owed = BalanceOf(*caller) - (1 + caller->runaway_) * quantum;
  SetBalance(caller, std::max<Clock::duration>(owed, -kMostDebt * quantum));
  caller->turn_ = ++last_turn_;
  Reorder(caller);
  ++caller->running_;
  ++next->group_->running;
  ++running_;
  return TakeOut(next);
}

Clock::duration FairQueue::Ended(const Waiter& waiter, Clock::time_point now) {
  Caller* const caller = waiter.caller_;
  const Clock::duration took = now - waiter.started_;
  const Clock::duration balance = BalanceOf(*caller) - (took - waiter.charged_);
  SetBalance(caller, std::max<Clock::duration>(balance, -kMostDebt * waiter.charged_));
  Reorder(caller);
  caller->ended_at_ = now;
  --caller->running_;
  --waiter.group_->running;
  --running_;
  return took;
}

}  // namespace rowkeeper::exec
