#pragma once

#include <absl/status/status.h>

#include <chrono>
#include <functional>

#include "rowkeeper/client/run_in_unit_of_work.h"

namespace rowkeeper::client::internal {

/// A number in [0, 1). Thread-safe.
double Random();

/// The pauses of one loop of attempts, as BackoffOptions says.
class Backoff {
 public:
  /// `random` gives numbers in [0, 1).
  explicit Backoff(const BackoffOptions& options, std::function<double()> random = Random);

  /// The pause after an attempt that ended with `error`, whose retry delay is the least.
  std::chrono::nanoseconds Next(const absl::Status& error);

 private:
  using Milliseconds = std::chrono::duration<double, std::milli>;

  const BackoffOptions options_;
  const std::function<double()> random_;
  Milliseconds limit_;
};

}  // namespace rowkeeper::client::internal
