#pragma once

#include <atomic>
#include <cstdint>

namespace rowkeeper::observe {

/// A number that only grows. Thread-safe and free of locks.
class Counter {
 public:
  void Add(uint64_t more = 1) { value_.fetch_add(more, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace rowkeeper::observe
