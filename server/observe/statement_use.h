#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace rowkeeper::observe {

/// What became of one statement since the server started, on all connections. Thread-safe.
class StatementUse {
 public:
  void Add(std::chrono::nanoseconds time, int64_t rows) {
    uses_.fetch_add(1, std::memory_order_relaxed);
    total_ns_.fetch_add(time.count(), std::memory_order_relaxed);
    rows_.fetch_add(rows, std::memory_order_relaxed);
    int64_t longest = longest_ns_.load(std::memory_order_relaxed);
    while (time.count() > longest && !longest_ns_.compare_exchange_weak(longest, time.count())) {
    }
  }
  void AddFailure(std::chrono::nanoseconds time) {
    failures_.fetch_add(1, std::memory_order_relaxed);
    Add(time, 0);
  }

  /// Failed ones included.
  int64_t uses() const { return uses_.load(std::memory_order_relaxed); }
  int64_t failures() const { return failures_.load(std::memory_order_relaxed); }
  int64_t rows() const { return rows_.load(std::memory_order_relaxed); }
  /// From sending it to its answer.
  std::chrono::nanoseconds total() const { return std::chrono::nanoseconds(total_ns_.load(std::memory_order_relaxed)); }
  std::chrono::nanoseconds longest() const {
    return std::chrono::nanoseconds(longest_ns_.load(std::memory_order_relaxed));
  }

  /// PostgreSQL's, as in pg_stat_statements; 0: not known.
  int64_t query_id() const { return query_id_.load(std::memory_order_relaxed); }
  void SetQueryId(int64_t id) { query_id_.store(id, std::memory_order_relaxed); }

  /// The nodes of the plan that PostgreSQL makes for any values, from the top, as they were when it was asked last;
  /// null: it was not asked.
  std::shared_ptr<const std::string> plan() const { return std::atomic_load(&plan_); }
  void SetPlan(std::string plan) { std::atomic_store(&plan_, std::make_shared<const std::string>(std::move(plan))); }

 private:
  std::atomic<int64_t> uses_{0};
  std::atomic<int64_t> failures_{0};
  std::atomic<int64_t> rows_{0};
  std::atomic<int64_t> total_ns_{0};
  std::atomic<int64_t> longest_ns_{0};
  std::atomic<int64_t> query_id_{0};
  std::shared_ptr<const std::string> plan_;
};

}  // namespace rowkeeper::observe
