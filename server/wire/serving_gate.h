#pragma once

#include <atomic>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace rowkeeper::wire {

/// Refuses calls while the database does not fit the catalogue, with the reason and the remedy. Thread-safe; an open
/// gate costs a call one atomic load.
class ServingGate {
 public:
  void Open() {
    absl::MutexLock lock(&mutex_);
    closed_.store(false, std::memory_order_release);
    reason_ = absl::OkStatus();
  }
  /// `reason` is what every call gets; must be an error.
  void Close(absl::Status reason) {
    absl::MutexLock lock(&mutex_);
    reason_ = std::move(reason);
    closed_.store(true, std::memory_order_release);
  }
  /// OK, or the reason.
  absl::Status Check() const {
    if (!closed_.load(std::memory_order_acquire)) return absl::OkStatus();
    absl::MutexLock lock(&mutex_);
    return reason_;
  }

 private:
  std::atomic<bool> closed_{false};
  mutable absl::Mutex mutex_;
  absl::Status reason_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::wire
