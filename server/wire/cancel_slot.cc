#include "server/wire/cancel_slot.h"

#include <utility>

namespace rowkeeper::wire {

db::Cancellation::Cause ToDatabaseCause(CancelCause cause) {
  switch (cause) {
    case CancelCause::kCaller:
    case CancelCause::kShutdown:
      break;
    case CancelCause::kDeadline:
      return db::Cancellation::Cause::kDeadline;
    case CancelCause::kOperator:
      return db::Cancellation::Cause::kOperator;
  }
  return db::Cancellation::Cause::kCaller;
}

CancelSlot::Phase CancelSlot::Begin() {
  Canceller dropped;  // ends after the lock
  const absl::MutexLock lock(&mutex_);
  dropped.swap(canceller_);
  return Phase{++phase_};
}

void CancelSlot::Fill(Phase phase, Canceller canceller) {
  CancelCause cause{};
  {
    const absl::MutexLock lock(&mutex_);
    if (phase != Phase{phase_}) return;
    if (!cause_.has_value()) {
      canceller_ = std::move(canceller);
      return;
    }
    cause = *cause_;
  }
  canceller(cause);
}

void CancelSlot::Cancel(CancelCause cause) {
  Canceller canceller;
  {
    const absl::MutexLock lock(&mutex_);
    if (!cause_.has_value()) cause_ = cause;
    canceller.swap(canceller_);
  }
  if (canceller) canceller(cause);
}

bool CancelSlot::cancelled() const {
  const absl::MutexLock lock(&mutex_);
  return cause_.has_value();
}

}  // namespace rowkeeper::wire
