#include "server/exec/call_queue.h"

#include <algorithm>
#include <utility>

#include "server/base/errors.h"
#include "server/base/load_errors.h"
#include "server/base/text.h"

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;

constexpr char kWaiting[] = "waiting for a connection";

CallQueue::Shared Cast(std::shared_ptr<FairQueue::Waiter> waiter) {
  return std::static_pointer_cast<CallQueue::Waiter>(std::move(waiter));
}

milliseconds ToMilliseconds(Clock::duration time) { return std::chrono::ceil<milliseconds>(time); }

constexpr int kShedsInTarget = 8;
/// What part of the workers the runaway statements of one caller may be, and how many always.
constexpr int kRunawayShare = 4;
constexpr int kFewRunaway = 2;
/// Shorter waits say little about how long waits are.
constexpr int kTurnsThatTell = 4;
constexpr double kMostStretch = 4;
constexpr int kStretchSamples = 64;
/// What was once longer is believed for about as many short waits.
constexpr int kForgottenAfter = 1024;

/// What is expected is no promise: a quarter more must be left.
bool FitsBefore(Clock::time_point end, Clock::time_point now, Clock::duration expected) {
  return Later(now, expected + expected / 4) <= end;
}

}  // namespace

void CallQueue::Admit(const Shared& waiter, const CallerId& caller, int idle, Clock::time_point now,
                      Refusals* refusals) {
  FairQueue::Caller* const mine = queue_.Find(caller);
  waiter->queued_at = now;
  waiter->expiry = ExpiryOf(*waiter);
  if (!caller.text().empty()) {
    if (absl::Status refusal = CheckNumber(*mine); !refusal.ok()) {
      refusals->push_back({waiter, std::move(refusal)});
      return;
    }
  }
  if (service_.known() && !StartsAtOnce(*waiter, idle)) {
    waiter->expected_ = ExpectedWait(*mine);
    const auto wait = std::chrono::duration_cast<Clock::duration>(waiter->expected_ * stretch_);
    queue_.NoteWait(mine, now, wait);
    if (absl::Status refusal = Judge(*waiter, *mine, wait, now); !refusal.ok()) {
      refusals->push_back({waiter, std::move(refusal)});
      return;
    }
  }
  if (queue_.size() >= options_.limit) {
    Shared other = Cast(queue_.RemoveFromLongest(mine->waiting() + 1));
    const bool passes = other != nullptr;
    refusals->push_back(
        {passes ? std::move(other) : waiter, LimitReached(Reason::kQueueFull, "calls waiting for a connection",
                                                          Limit::kQueueLimit, Cat(options_.limit, " calls"))});
    if (!passes) return;
  }
  queue_.Add(waiter, mine);
}

absl::Status CallQueue::CheckNumber(const FairQueue::Caller& caller) const {
  const int most_runaway = std::max(options_.workers / kRunawayShare, kFewRunaway);
  if (caller.runaway() >= most_runaway) {
    return LimitReached(Reason::kCallerLimit, "cancelled statements of this caller are still running in PostgreSQL",
                        Limit::kRunawayStatements, Cat(most_runaway, " statements"));
  }
  if (options_.per_caller == 0 || caller.waiting() + caller.running() + caller.runaway() < options_.per_caller) {
    return absl::OkStatus();
  }
  return LimitReached(Reason::kCallerLimit, "this caller has as many calls as one may", Limit::kCallsPerCaller,
                      Cat(options_.per_caller, " calls"));
}

Clock::duration CallQueue::ExpectedWait(const FairQueue::Caller& caller) const {
  const int64_t callers = queue_.callers_waiting() + (caller.waiting() == 0 ? 1 : 0);
  const int64_t by_turns = (caller.waiting() + int64_t{1}) * callers;
  const int64_t before = std::min<int64_t>(by_turns, queue_.size() + 1);
  return service_.mean() * before / std::max(queue_.running() - streams_running_, 1);
}

Clock::duration CallQueue::OwnTime(const Waiter& waiter) const {
  const auto found = service_of_.find(waiter.kind);
  return found != service_of_.end() && found->second.known() ? found->second.mean() : Clock::duration::zero();
}

absl::Status CallQueue::Judge(const Waiter& waiter, const FairQueue::Caller& caller, Clock::duration wait,
                              Clock::time_point now) const {
  const Clock::duration needed = wait + OwnTime(waiter);
  if (now < waiter.deadline && !FitsBefore(waiter.deadline, now, needed)) {
    return DeadlineUnreachable(ToMilliseconds(needed), ToMilliseconds(waiter.deadline - now));
  }
  // While the newest goes first whoever comes starves one that waits: fewer may come, until the oldest are gone.
  const Clock::duration allowed = caller.newest_first() ? options_.target / 2 : options_.target;
  if (caller.overloaded() && wait > allowed) {
    return Overloaded(Limit::kQueueTarget, options_.target, ToMilliseconds(wait));
  }
  if (wait > options_.timeout) return Overloaded(Limit::kPoolTimeout, options_.timeout, ToMilliseconds(wait));
  return absl::OkStatus();
}

void CallQueue::NoteWaited(Clock::duration expected, Clock::duration waited) {
  if (expected <= kTurnsThatTell * service_.mean()) {
    stretch_ += (1 - stretch_) / kForgottenAfter;
    return;
  }
  const double stretch = std::chrono::duration<double>(waited) / std::chrono::duration<double>(expected);
  stretch_ += (std::clamp(stretch, 1.0, kMostStretch) - stretch_) / kStretchSamples;
}

CallQueue::Shared CallQueue::Next(Clock::time_point now, Refusals* refusals) {
  while (Shared next = Cast(queue_.Next(now, service_.mean()))) {
    const bool waited = next->queued_at != now;
    const Clock::duration own = OwnTime(*next);
    const bool too_late = waited && now < next->deadline && !FitsBefore(next->deadline, now, own);
    if (!FairQueue::CallerOf(*next).newest_first()) NoteWaited(next->expected_, now - next->queued_at);
    if (next->duration == Duration::kStream) ++streams_running_;
    if (FairQueue::CallerOf(*next).overloaded()) Shed(now, refusals);
    if (!too_late) return next;
    Leave(*next, now);
    refusals->push_back({next, DeadlineUnreachable(ToMilliseconds(own), ToMilliseconds(next->deadline - now))});
  }
  return nullptr;
}

Clock::duration CallQueue::Leave(const Waiter& waiter, Clock::time_point now) {
  if (waiter.duration == Duration::kStream) --streams_running_;
  return queue_.Ended(waiter, now);
}

void CallQueue::Ended(const Waiter& waiter, Clock::time_point now) {
  const Clock::duration took = Leave(waiter, now);
  if (waiter.duration != Duration::kCall) return;
  service_.Note(took);
  if (waiter.kind != nullptr) service_of_[waiter.kind].Note(took);
}

/// Of the callers whose queues stand. It looks at all callers, so it does not come too often.
void CallQueue::Shed(Clock::time_point now, Refusals* refusals) {
  if (now < next_shed_) return;
  next_shed_ = now + options_.target / kShedsInTarget;
  for (auto& waiter : queue_.RemoveOverloaded(now - 2 * options_.target)) {
    refusals->push_back(
        {Cast(std::move(waiter)), Overloaded(Limit::kQueueTarget, options_.target, 2 * options_.target)});
  }
}

Clock::time_point CallQueue::ExpiryOf(const Waiter& waiter) const {
  return std::min(waiter.deadline, Later(waiter.queued_at, options_.timeout));
}

Clock::time_point CallQueue::Expire(Clock::time_point now, Refusals* refusals) {
  for (auto& waiter : queue_.RemoveExpired(now)) {
    Shared late = Cast(std::move(waiter));
    absl::Status status = now >= late->deadline ? DeadlineExceeded(kWaiting)
                                                : LimitReached(Reason::kPoolTimeout, kWaiting, Limit::kPoolTimeout,
                                                               Cat(options_.timeout.count(), " ms"));
    refusals->push_back({std::move(late), std::move(status)});
  }
  return queue_.next_expiry();
}

std::vector<CallQueue::Shared> CallQueue::Clear() {
  std::vector<Shared> all;
  for (auto& waiter : queue_.RemoveIf([](const FairQueue::Waiter&) { return true; })) {
    all.push_back(Cast(std::move(waiter)));
  }
  return all;
}

}  // namespace rowkeeper::exec
