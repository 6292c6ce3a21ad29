#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "server/base/memory_budget.h"
#include "server/base/timers.h"

namespace rowkeeper::app {

/// Gives memory that was freed back to the system when the load is over. The allocator keeps it otherwise: after 300
/// requests of 4 MB had waited at once, the process kept 1.4 GB.
class HeapTrimmer {
 public:
  /// For the process, before threads begin: large blocks come from the system and go back to it at once.
  static void LimitHeap();

  /// Looks every second. `budget` says what calls hold; both outlive this object.
  HeapTrimmer(const MemoryBudget* budget, Timers* timers);

 private:
  void Check();
  void Trim();

  const MemoryBudget& budget_;
  /// In RAM at the beginning, bytes.
  const size_t floor_;
  int rounds_ = 0;
  /// What it shares with the thread that does it.
  struct Trimming {
    std::atomic<bool> running{false};
    /// In RAM when the last one was over, bytes.
    std::atomic<size_t> resident{0};
    /// Rounds until the next one; twice as many after each that gave nothing back.
    std::atomic<int> pause{1};
  };
  const std::shared_ptr<Trimming> trimming_ = std::make_shared<Trimming>();
  PeriodicTimer timer_;
};

}  // namespace rowkeeper::app
