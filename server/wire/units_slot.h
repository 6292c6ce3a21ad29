#pragma once

#include <atomic>

namespace rowkeeper::uow {
class UnitsOfWork;
}

namespace rowkeeper::wire {

/// Where services find the server's units of work. They are made once the server listens, for a handle names its
/// address; until then, and after the slot was emptied, there are none. Thread-safe.
class UnitsSlot {
 public:
  void Set(uow::UnitsOfWork* units) { units_.store(units, std::memory_order_release); }
  uow::UnitsOfWork* get() const { return units_.load(std::memory_order_acquire); }

 private:
  std::atomic<uow::UnitsOfWork*> units_{nullptr};
};

}  // namespace rowkeeper::wire
