#pragma once

#include <atomic>
#include <chrono>

#include "server/exec/executor.h"
#include "server/exec/idempotency_keys.h"
#include "server/uow/periodic_thread.h"

namespace rowkeeper::app {

/// Frees idempotency keys that are too old, again and again on a thread of its own: batch by batch, each a job of the
/// executor, until none is left.
class IdempotencySweeper {
 public:
  /// Both pointers outlive this object.
  IdempotencySweeper(const exec::IdempotencyKeys* keys, exec::Executor* executor, std::chrono::seconds age);
  /// Waits for the batch that runs.
  ~IdempotencySweeper() { stopping_ = true; }

 private:
  void Sweep();
  /// How many were freed; 0 when it failed.
  int64_t SweepBatch();

  const exec::IdempotencyKeys& keys_;
  exec::Executor* const executor_;
  std::atomic<bool> stopping_{false};
  /// Ends before what it uses.
  uow::PeriodicThread thread_;
};

}  // namespace rowkeeper::app
