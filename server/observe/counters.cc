#include "server/observe/counters.h"

#include "server/base/errors.h"

namespace rowkeeper::observe {

Counters& Counters::Process() {
  static Counters* const counters = new Counters;  // never destroyed: threads may still count at exit
  return *counters;
}

MethodCounter* Counters::Method(std::string_view method) {
  absl::MutexLock lock(&mutex_);
  auto found = methods_.find(method);
  if (found == methods_.end()) found = methods_.emplace(method, std::make_unique<MethodCounter>()).first;
  return found->second.get();
}

void Counters::CountRefusal(const absl::Status& status) {
  if (status.ok()) return;
  std::string reason = ErrorReason(status);
  if (reason.empty()) reason = absl::StatusCodeToString(status.code());
  absl::MutexLock lock(&mutex_);
  ++refusals_[std::move(reason)];
}

CountersSnapshot Counters::Snapshot() const {
  absl::MutexLock lock(&mutex_);
  CountersSnapshot snapshot;
  for (const auto& [method, counter] : methods_) {
    for (int code = 0; code < MethodCounter::kCodes; ++code) {
      const auto status_code = static_cast<absl::StatusCode>(code);
      const uint64_t calls = counter->calls(status_code);
      if (calls > 0) snapshot.calls[method][absl::StatusCodeToString(status_code)] = calls;
    }
  }
  snapshot.refusals.insert(refusals_.begin(), refusals_.end());
  return snapshot;
}

}  // namespace rowkeeper::observe
