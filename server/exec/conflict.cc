#include "server/exec/conflict.h"

#include <algorithm>
#include <chrono>
#include <random>

#include "server/base/reason.h"

namespace rowkeeper::exec {

bool IsConflict(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  return reason == Reason::kSerializationFailure || reason == Reason::kDeadlock;
}

void SleepBeforeRetry(int attempt, Clock* clock) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<int> micros(0, 2000 << std::min(attempt, 5));
  clock->SleepFor(std::chrono::microseconds(micros(random)));
}

bool Conflicts::TryAgain(const absl::Status& status) {
  if (!IsConflict(status) || retries_ >= kMostRetries || execution_.connection.in_transaction()) return false;
  if (execution_.cancellation != nullptr && execution_.cancellation->cancelled()) return false;
  SleepBeforeRetry(retries_++, execution_.parts.clock);
  return true;
}

}  // namespace rowkeeper::exec
