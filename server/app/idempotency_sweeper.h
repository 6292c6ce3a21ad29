#pragma once

#include <chrono>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/timers.h"
#include "server/exec/executor.h"
#include "server/exec/idempotency_keys.h"
#include "server/observe/counter.h"

namespace rowkeeper::app {

/// Frees idempotency keys that are too old, again and again: batch by batch, each a job of the executor, until none is
/// left.
class IdempotencySweeper {
 public:
  /// All pointers outlive this object.
  IdempotencySweeper(const exec::IdempotencyKeys* keys, exec::Executor* executor, std::chrono::seconds age,
                     Timers* timers);
  /// Waits for the batch that runs.
  ~IdempotencySweeper();

  /// Keys that were freed since the start.
  uint64_t swept_total() const { return swept_total_.value(); }

 private:
  void Sweep();
  void SubmitBatch();
  /// `batch` keys were freed, when `status` is OK.
  void BatchDone(const absl::Status& status, int64_t batch);

  const exec::IdempotencyKeys& keys_;
  exec::Executor* const executor_;
  Clock& clock_;

  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool sweeping_ ABSL_GUARDED_BY(mutex_) = false;
  /// In this sweep.
  int64_t swept_ ABSL_GUARDED_BY(mutex_) = 0;
  observe::Counter swept_total_;
  PeriodicTimer timer_;
};

}  // namespace rowkeeper::app
