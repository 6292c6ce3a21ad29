#include "server/observe/call_durations.h"

#include <memory>

namespace rowkeeper::observe {

CallDurations::~CallDurations() {
  for (std::atomic<DurationHistogram*>& slot : by_code_) delete slot.load(std::memory_order_acquire);
}

DurationHistogram* CallDurations::Make(std::atomic<DurationHistogram*>* slot) {
  auto made = std::make_unique<DurationHistogram>();
  DurationHistogram* other = nullptr;
  const bool first = slot->compare_exchange_strong(other, made.get(), std::memory_order_acq_rel);
  return first ? made.release() : other;
}

}  // namespace rowkeeper::observe
