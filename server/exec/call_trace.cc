#include "server/exec/call_trace.h"

#include <algorithm>

#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper::exec {

bool CallTrace::wants_plan() const {
  if (detail_ != Detail::kPlans) return false;
  const absl::MutexLock lock(&mutex_);
  return plans_.size() <= kMaxPlanBytes;
}

void CallTrace::AddPlan(std::string_view plan) {
  const absl::MutexLock lock(&mutex_);
  plans_ += Cat("statement ", cost_.statements + 1, ":\n", plan);
}

void CallTrace::AddStatement(int64_t rows, std::chrono::microseconds time) {
  const absl::MutexLock lock(&mutex_);
  ++cost_.statements;
  cost_.rows += rows;
  cost_.time += time;
}

CallTrace::Cost CallTrace::cost() const {
  const absl::MutexLock lock(&mutex_);
  return cost_;
}

std::string CallTrace::Plans(size_t max_bytes) const {
  const size_t limit = std::min(max_bytes, kMaxPlanBytes);
  const absl::MutexLock lock(&mutex_);
  if (plans_.size() <= limit) return RepairUtf8(plans_);
  return Cat(
      ShortenUtf8(plans_, limit), "\ncut at ", limit,
      " bytes, which is what trailing metadata can carry; `rowkeeper explain METHOD` shows the plans of a method "
      "in full\n");
}

}  // namespace rowkeeper::exec
