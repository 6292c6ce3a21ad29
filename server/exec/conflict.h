#pragma once

#include "absl/status/status.h"
#include "server/base/clock.h"
#include "server/exec/execution.h"

namespace rowkeeper::exec {

/// Whether a concurrent transaction undid the statement, so that it may run again as it is.
bool IsConflict(const absl::Status& status);

/// Waits a random time, longer with every attempt, so that callers who collided once do not meet again.
void SleepBeforeRetry(int attempt, Clock* clock);

/// The tries of one statement of a call whose earlier statements stay done, so that the executor cannot run the call
/// again. Not thread-safe.
class Conflicts {
 public:
  static constexpr int kMostRetries = 3;

  explicit Conflicts(const Execution& execution) : execution_(execution) {}

  /// Whether what ended so is to be run once more; waits for the right moment. Never inside a transaction, of which a
  /// conflict leaves nothing.
  bool TryAgain(const absl::Status& status);

 private:
  const Execution& execution_;
  int retries_ = 0;
};

}  // namespace rowkeeper::exec
