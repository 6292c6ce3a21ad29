#include "server/uow/admission.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/base/errors.h"
#include "server/base/share.h"
#include "server/base/text.h"
#include "server/base/unit_of_work_errors.h"

namespace rowkeeper::uow {
namespace {

constexpr char kWaitingForPlace[] = "waiting for a place among the open units of work";

}  // namespace

void BeginTask::Cancel(db::Cancellation::Cause cause) {
  const std::shared_ptr<Admission> admission = admission_.lock();
  if (admission != nullptr && admission->Withdraw(*this)) {
    done(db::CancelledStatus(cause, kWaitingForPlace));
  } else {
    cancellation.Cancel(cause);
  }
}

Admission::Admission(const UnitOptions& options)
    : capacity_(options.capacity),
      per_caller_(options.per_caller),
      max_waiting_(static_cast<size_t>(std::max(options.waiting_begins, 0))) {}

Admission::Decision Admission::Admit(const std::shared_ptr<BeginTask>& task, absl::Status* refusal) {
  const absl::MutexLock lock(&mu_);
  if (closed_) {
    *refusal = ShuttingDown();
  } else if (MayHave(*task)) {
    // Passes nobody: a Begin waits beside a free slot only when its own caller may have no more.
    Grant(task);
    return Decision::kGranted;
  } else if (capacity_ <= 0 || task->request.capacity_wait.count() <= 0) {
    *refusal = Full(*task);
  } else if (!MayWait(*task)) {
    const bool full = waiting_.size() >= static_cast<size_t>(max_waiting_);
    *refusal = !full ? LimitReached(Reason::kUnitOfWorkCallerLimit,
                                    "this caller's calls wait in most places of those that begin a unit of work",
                                    Limit::kUnitWaitingBegins, Cat(max_waiting_))
                     : LimitReached(Reason::kUnitOfWorkLimit, "too many calls wait to begin a unit of work",
                                    Limit::kUnitWaitingBegins, Cat(max_waiting_));
  } else {
    waiting_.push_back(task);
    return Decision::kWaits;
  }
  return Decision::kRefused;
}

bool Admission::MayHave(const BeginTask& task) const { return used_ < capacity_ && CallerMayHave(task); }

bool Admission::CallerMayHave(const BeginTask& task) const {
  if (per_caller_ <= 0) return true;
  return IsBelowItsLimit(task) && MayHoldOneMore(UsedBy(task.request.caller), used_, capacity_);
}

bool Admission::IsBelowItsLimit(const BeginTask& task) const { return UsedBy(task.request.caller) < per_caller_; }

int Admission::UsedBy(const std::string& caller) const {
  const auto used = used_by_.find(caller);
  return used == used_by_.end() ? 0 : used->second;
}

/// Nor may one caller fill the line.
bool Admission::MayWait(const BeginTask& task) const {
  const auto same = std::count_if(waiting_.begin(), waiting_.end(), [&task](const auto& waiting) {
    return waiting->request.caller == task.request.caller;
  });
  return MayHoldOneMore(static_cast<int>(same), static_cast<int>(waiting_.size()), static_cast<int>(max_waiting_));
}

absl::Status Admission::Full(const BeginTask& task) const {
  if (capacity_ <= 0) return UnitsOfWorkOff();
  if (per_caller_ > 0 && !IsBelowItsLimit(task)) {
    return LimitReached(Reason::kUnitOfWorkCallerLimit, "this caller has as many units of work open as one may have",
                        Limit::kUnitsPerCaller, Cat(per_caller_, " units"));
  }
  if (used_ < capacity_) {
    return LimitReached(Reason::kUnitOfWorkCallerLimit, "the places that are left are for callers with fewer units",
                        Limit::kUnitShare, Cat(capacity_, " units"));
  }
  return LimitReached(Reason::kUnitOfWorkLimit, "as many units of work are open as the server allows",
                      Limit::kUnitShare, Cat(capacity_, " units"));
}

void Admission::Grant(const std::shared_ptr<BeginTask>& task) {
  ++used_;
  ++used_by_[task->request.caller];
  beginning_.insert(task);
}

void Admission::Settle(const std::shared_ptr<BeginTask>& task) {
  const absl::MutexLock lock(&mu_);
  beginning_.erase(task);
}

Admission::Tasks Admission::GiveUp(const std::shared_ptr<BeginTask>& task) {
  const absl::MutexLock lock(&mu_);
  beginning_.erase(task);
  return ReleaseLocked(task->request.caller);
}

Admission::Tasks Admission::Release(const std::string& caller) {
  const absl::MutexLock lock(&mu_);
  return ReleaseLocked(caller);
}

Admission::Tasks Admission::ReleaseLocked(const std::string& caller) {
  --used_;
  const auto used = used_by_.find(caller);
  if (--used->second == 0) used_by_.erase(used);
  released_.SignalAll();
  Tasks granted;
  for (auto next = FindNext(); next != waiting_.end(); next = FindNext()) {
    Grant(*next);
    granted.push_back(std::move(*next));
    waiting_.erase(next);
  }
  return granted;
}

Admission::Waiting::iterator Admission::FindNext() {
  auto next = waiting_.end();
  if (used_ >= capacity_) return next;
  for (auto it = waiting_.begin(); it != waiting_.end(); ++it) {
    if (!MayHave(**it)) continue;
    if (next == waiting_.end() || UsedBy((*it)->request.caller) < UsedBy((*next)->request.caller)) next = it;
  }
  return next;
}

bool Admission::Withdraw(const BeginTask& task) {
  const absl::MutexLock lock(&mu_);
  const auto found =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& waiting) { return waiting.get() == &task; });
  if (found == waiting_.end()) return false;
  waiting_.erase(found);
  return true;
}

std::vector<Admission::Refusal> Admission::TakeLate(Clock::time_point now) {
  std::vector<Refusal> late;
  const absl::MutexLock lock(&mu_);
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    const BeginTask::Request& request = (*it)->request;
    const bool past_deadline = now >= request.deadline;
    if (!past_deadline && now < request.wait_until) {
      ++it;
      continue;
    }
    absl::Status status = past_deadline ? DeadlineExceeded(kWaitingForPlace) : Full(**it);
    late.push_back({std::move(*it), std::move(status)});
    it = waiting_.erase(it);
  }
  return late;
}

Clock::time_point Admission::NextLate() const {
  const absl::MutexLock lock(&mu_);
  Clock::time_point next = Clock::time_point::max();
  for (const auto& task : waiting_) next = std::min({next, task->request.deadline, task->request.wait_until});
  return next;
}

Admission::Tasks Admission::Close() {
  const absl::MutexLock lock(&mu_);
  closed_ = true;
  for (const auto& task : beginning_) task->cancellation.Cancel(db::Cancellation::Cause::kCaller);
  Tasks waited(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
  waiting_.clear();
  return waited;
}

size_t Admission::waiting() const {
  const absl::MutexLock lock(&mu_);
  return waiting_.size();
}

bool Admission::closed() const {
  const absl::MutexLock lock(&mu_);
  return closed_;
}

void Admission::WaitUntilFree() {
  const absl::MutexLock lock(&mu_);
  while (used_ > 0) released_.Wait(&mu_);
}

}  // namespace rowkeeper::uow
