#pragma once

#include <atomic>

#include "absl/status/status.h"
#include "server/base/errors.h"

namespace rowkeeper::uow {
class UnitsOfWork;
}

namespace rowkeeper::wire {

/// Where services find the server's units of work. They are made once the server listens, for a handle names its
/// address; until then, and after Close, there are none. Thread-safe.
class UnitsSlot {
 public:
  void Set(uow::UnitsOfWork* units) { units_.store(units, std::memory_order_release); }
  void Close() {
    closed_.store(true, std::memory_order_release);
    Set(nullptr);
  }

  uow::UnitsOfWork* get() const { return units_.load(std::memory_order_acquire); }
  /// What a call is told when there are none: SERVER_STARTING, or SHUTTING_DOWN at its end. Not DATABASE_UNAVAILABLE,
  /// which says of a Commit that nothing was committed; an earlier process may have done it.
  absl::Status Missing() const { return closed_.load(std::memory_order_acquire) ? ShuttingDown() : ServerStarting(); }

 private:
  std::atomic<bool> closed_{false};
  std::atomic<uow::UnitsOfWork*> units_{nullptr};
};

}  // namespace rowkeeper::wire
