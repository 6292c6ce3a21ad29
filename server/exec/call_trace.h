#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"

namespace rowkeeper::exec {

/// What one call cost in the database, and on request how PostgreSQL went about it. Whoever answers may read while
/// another thread still adds. Thread-safe.
class CallTrace {
 public:
  enum class Detail { kCost, kPlans };
  /// Of all plans together; no more are asked for then.
  static constexpr size_t kMaxPlanBytes = 4096;

  struct Cost {
    /// Sent to the database for the call, those that failed and those of a retry included; not BEGIN, COMMIT and the
    /// like, nor EXPLAIN.
    int64_t statements = 0;
    /// That came back; where none came back, that were changed.
    int64_t rows = 0;
    std::chrono::microseconds time{0};
  };

  /// `clock` outlives this object.
  CallTrace(Detail detail, Clock* clock) : detail_(detail), clock_(*clock) {}

  const Clock& clock() const { return clock_; }

  bool wants_plan() const;
  void AddPlan(std::string_view plan);
  void AddStatement(int64_t rows, std::chrono::microseconds time);

  bool has_plans() const { return detail_ == Detail::kPlans; }
  Cost cost() const;
  /// "statement 1:\n<plan>\nstatement 2:\n…", well-formed UTF-8; what does not fit into `max_bytes` or kMaxPlanBytes
  /// gives way to a notice, which is there in addition.
  std::string Plans(size_t max_bytes) const;

 private:
  const Detail detail_;
  const Clock& clock_;
  mutable absl::Mutex mutex_;
  Cost cost_ ABSL_GUARDED_BY(mutex_);
  std::string plans_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::exec
