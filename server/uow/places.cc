#include "server/uow/places.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper::uow {
namespace {

constexpr char kWaiting[] = "waiting for a place among the open units of work";

}  // namespace

void BeginCall::Cancel(db::Cancellation::Cause cause) {
  const std::shared_ptr<Places> places = places_.lock();
  if (places != nullptr && places->Withdraw(*this)) {
    done(GivenUp(cause, kWaiting));
  } else {
    cancellation.Cancel(cause);
  }
}

Places::Places(const UnitOptions& options)
    : capacity_(options.capacity),
      per_caller_(options.per_caller),
      max_waiting_(static_cast<size_t>(std::max(options.waiting_begins, 0))) {}

Places::Admission Places::Admit(const std::shared_ptr<BeginCall>& call, absl::Status* refusal) {
  const absl::MutexLock lock(&mu_);
  if (closed_) {
    *refusal = ShuttingDown();
  } else if (MayHave(*call)) {
    // Passes nobody: a Begin waits beside a free place only when its own caller may have no more.
    Grant(call);
    return Admission::kGranted;
  } else if (capacity_ <= 0 || call->request.capacity_wait.count() <= 0) {
    *refusal = Full(*call);
  } else if (waiting_.size() >= max_waiting_) {
    *refusal = LimitReached(Reason::kUnitOfWorkLimit, "too many calls wait to begin a unit of work", "waiting_begins",
                            Cat(max_waiting_));
  } else {
    waiting_.push_back(call);
    return Admission::kWaits;
  }
  return Admission::kRefused;
}

bool Places::MayHave(const BeginCall& call) const { return used_ < capacity_ && CallerMayHave(call); }

bool Places::CallerMayHave(const BeginCall& call) const {
  if (per_caller_ <= 0) return true;
  const auto used = used_by_.find(call.request.caller);
  return used == used_by_.end() || used->second < per_caller_;
}

absl::Status Places::Full(const BeginCall& call) const {
  if (capacity_ <= 0) return UnitsOfWorkOff();
  if (!CallerMayHave(call)) {
    return LimitReached(Reason::kUnitOfWorkCallerLimit, "this caller has as many units of work open as one may have",
                        "--units-per-caller", Cat(per_caller_, " units"));
  }
  return LimitReached(Reason::kUnitOfWorkLimit, "as many units of work are open as the server allows", "--unit-share",
                      Cat(capacity_, " units"));
}

void Places::Grant(const std::shared_ptr<BeginCall>& call) {
  ++used_;
  ++used_by_[call->request.caller];
  beginning_.insert(call);
}

void Places::Settle(const std::shared_ptr<BeginCall>& call) {
  const absl::MutexLock lock(&mu_);
  beginning_.erase(call);
}

Places::Calls Places::GiveUp(const std::shared_ptr<BeginCall>& call) {
  const absl::MutexLock lock(&mu_);
  beginning_.erase(call);
  return ReleaseLocked(call->request.caller);
}

Places::Calls Places::Release(const std::string& caller) {
  const absl::MutexLock lock(&mu_);
  return ReleaseLocked(caller);
}

Places::Calls Places::ReleaseLocked(const std::string& caller) {
  --used_;
  const auto used = used_by_.find(caller);
  if (--used->second == 0) used_by_.erase(used);
  released_.SignalAll();
  Calls granted;
  for (auto it = waiting_.begin(); it != waiting_.end() && used_ < capacity_;) {
    if (!MayHave(**it)) {
      ++it;
      continue;
    }
    Grant(*it);
    granted.push_back(std::move(*it));
    it = waiting_.erase(it);
  }
  return granted;
}

bool Places::Withdraw(const BeginCall& call) {
  const absl::MutexLock lock(&mu_);
  const auto found =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& waiting) { return waiting.get() == &call; });
  if (found == waiting_.end()) return false;
  waiting_.erase(found);
  return true;
}

std::vector<Places::Refusal> Places::TakeLate(Clock::time_point now) {
  std::vector<Refusal> late;
  const absl::MutexLock lock(&mu_);
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    const BeginCall::Request& request = (*it)->request;
    const bool past_deadline = now >= request.deadline;
    if (!past_deadline && now < request.wait_until) {
      ++it;
      continue;
    }
    absl::Status status = past_deadline ? DeadlineExceeded(kWaiting) : Full(**it);
    late.push_back({std::move(*it), std::move(status)});
    it = waiting_.erase(it);
  }
  return late;
}

Clock::time_point Places::NextLate() const {
  const absl::MutexLock lock(&mu_);
  Clock::time_point next = Clock::time_point::max();
  for (const auto& call : waiting_) next = std::min({next, call->request.deadline, call->request.wait_until});
  return next;
}

Places::Calls Places::Close() {
  const absl::MutexLock lock(&mu_);
  closed_ = true;
  for (const auto& call : beginning_) call->cancellation.Cancel(db::Cancellation::Cause::kCaller);
  Calls waited(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
  waiting_.clear();
  return waited;
}

bool Places::closed() const {
  const absl::MutexLock lock(&mu_);
  return closed_;
}

void Places::WaitUntilFree() {
  const absl::MutexLock lock(&mu_);
  while (used_ > 0) released_.Wait(&mu_);
}

}  // namespace rowkeeper::uow
