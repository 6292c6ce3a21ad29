#include "server/db/canceller.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/time/time.h"
#include "server/base/errors.h"

namespace rowkeeper::db {
namespace {

constexpr std::chrono::milliseconds kFirstRepeat{5};
constexpr std::chrono::milliseconds kLastRepeat{500};

}  // namespace

Cancellation::Cancellation() : impl_(std::make_shared<Impl>()) {}

Cancellation::~Cancellation() = default;

void Cancellation::Cancel(Cause cause) {
  const absl::MutexLock lock(&impl_->mu);
  if (impl_->cancelled.load(std::memory_order_relaxed)) return;
  impl_->cause = cause;
  impl_->cancelled.store(true, std::memory_order_release);
  if (impl_->target != nullptr) Canceller::For(*impl_->target).Enqueue(impl_, impl_->epoch);
}

bool Cancellation::cancelled() const { return impl_->cancelled.load(std::memory_order_acquire); }

std::optional<Cancellation::Cause> Cancellation::cause() const {
  const absl::MutexLock lock(&impl_->mu);
  return impl_->cancelled.load(std::memory_order_relaxed) ? std::optional(impl_->cause) : std::nullopt;
}

CancelScope::CancelScope(Cancellation* cancellation, CancelTarget* target)
    : impl_(cancellation == nullptr ? nullptr : cancellation->impl_) {
  if (impl_ == nullptr) return;
  const absl::MutexLock lock(&impl_->mu);
  ++impl_->epoch;
  impl_->target = target;
}

CancelScope::~CancelScope() {
  if (impl_ == nullptr) return;
  const absl::MutexLock lock(&impl_->mu);
  impl_->target = nullptr;
  impl_->mu.Await(absl::Condition(
      +[](bool* delivering) { return !*delivering; }, &impl_->delivering));
}

std::optional<Cancellation::Cause> CancelScope::cause() const {
  if (impl_ == nullptr || !impl_->cancelled.load(std::memory_order_acquire)) return std::nullopt;
  const absl::MutexLock lock(&impl_->mu);
  return impl_->cause;
}

absl::Status CancelledStatus(Cancellation::Cause cause, std::string_view where) {
  switch (cause) {
    case Cancellation::Cause::kCaller:
      break;
    case Cancellation::Cause::kDeadline:
      return DeadlineExceeded(where);
    case Cancellation::Cause::kOperator:
      return EndedByOperator();
  }
  return Cancelled();
}

Canceller& Canceller::For(const CancelTarget& target) {
  // Never destroyed: a detached thread uses them until the process ends.
  static Canceller* const for_statements = new Canceller;
  static Canceller* const for_waits = new Canceller;
  return target.DeliveryBlocks() ? *for_statements : *for_waits;
}

Canceller::Canceller() {
  std::thread([this] { Loop(); }).detach();
}

void Canceller::Enqueue(std::shared_ptr<Cancellation::Impl> cancellation, uint64_t epoch) {
  const absl::MutexLock lock(&mu_);
  queue_.emplace(clock_.Now(), Delivery{std::move(cancellation), epoch, kFirstRepeat});
  changed_.Signal();
}

void Canceller::Loop() {
  while (true) {
    Delivery delivery = TakeDue();
    if (!Deliver(delivery)) continue;
    const auto due = clock_.Now() + delivery.next_delay;
    delivery.next_delay = std::min(delivery.next_delay * 2, kLastRepeat);
    const absl::MutexLock lock(&mu_);
    queue_.emplace(due, std::move(delivery));
  }
}

Canceller::Delivery Canceller::TakeDue() {
  const absl::MutexLock lock(&mu_);
  while (queue_.empty() || queue_.begin()->first > clock_.Now()) {
    clock_.WaitUntil(&changed_, &mu_, queue_.empty() ? Clock::time_point::max() : queue_.begin()->first);
  }
  Delivery delivery = std::move(queue_.begin()->second);
  queue_.erase(queue_.begin());
  return delivery;
}

bool Canceller::Deliver(const Delivery& delivery) {
  Cancellation::Impl& cancellation = *delivery.cancellation;
  CancelTarget* target = nullptr;
  {
    const absl::MutexLock lock(&cancellation.mu);
    if (cancellation.target == nullptr || cancellation.epoch != delivery.epoch) return false;
    target = cancellation.target;
    cancellation.delivering = true;
  }
  target->DeliverCancel();  // the scope's destructor waits for this
  const absl::MutexLock lock(&cancellation.mu);
  cancellation.delivering = false;
  return cancellation.target != nullptr;
}

}  // namespace rowkeeper::db
