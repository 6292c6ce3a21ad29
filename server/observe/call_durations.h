#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "server/observe/duration_histogram.h"

namespace rowkeeper::observe {

/// Durations of the calls of one method, by status code. Thread-safe and free of locks; memory is taken when a code
/// occurs for the first time.
class CallDurations {
 public:
  static constexpr int kCodes = 17;

  CallDurations() = default;
  ~CallDurations();
  CallDurations(const CallDurations&) = delete;
  CallDurations& operator=(const CallDurations&) = delete;

  void Record(absl::StatusCode code, DurationHistogram::Duration duration) {
    std::atomic<DurationHistogram*>& slot = by_code_[IndexOf(code)];
    DurationHistogram* histogram = slot.load(std::memory_order_acquire);
    if (histogram == nullptr) histogram = Make(&slot);
    histogram->Record(duration);
  }

  /// nullptr when the code never occurred.
  const DurationHistogram* Of(absl::StatusCode code) const {
    return by_code_[IndexOf(code)].load(std::memory_order_acquire);
  }

 private:
  static size_t IndexOf(absl::StatusCode code) { return static_cast<size_t>(code) % kCodes; }
  static DurationHistogram* Make(std::atomic<DurationHistogram*>* slot);

  std::array<std::atomic<DurationHistogram*>, kCodes> by_code_{};
};

}  // namespace rowkeeper::observe
