#include "server/exec/conflict.h"

#include <algorithm>
#include <random>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/base/reason.h"

namespace rowkeeper::exec {

bool IsConflict(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  return reason == Reason::kSerializationFailure || reason == Reason::kDeadlock;
}

void SleepBeforeRetry(int attempt) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<int> micros(0, 2000 << std::min(attempt, 5));
  absl::SleepFor(absl::Microseconds(micros(random)));
}

bool Conflicts::TryAgain(const absl::Status& status) {
  if (!IsConflict(status) || retries_ >= kMostRetries || execution_.connection.in_transaction()) return false;
  if (execution_.cancellation != nullptr && execution_.cancellation->cancelled()) return false;
  SleepBeforeRetry(retries_++);
  return true;
}

}  // namespace rowkeeper::exec
