#include "server/observe/counters.h"

namespace rowkeeper::observe {
namespace {

std::map<std::string, uint64_t> ByCode(const MethodCounter& counter) {
  std::map<std::string, uint64_t> calls;
  for (int number = 0; number < MethodCounter::kCodes; ++number) {
    const auto code = static_cast<absl::StatusCode>(number);
    if (const uint64_t count = counter.calls(code); count > 0) calls[absl::StatusCodeToString(code)] = count;
  }
  return calls;
}

}  // namespace

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
  if (const auto reason = ReasonOf(status); reason.has_value()) {
    refusals_[static_cast<size_t>(*reason)].fetch_add(1, std::memory_order_relaxed);
  } else {
    unreasoned_.Count(status.code());
  }
}

CountersSnapshot Counters::Snapshot() const {
  absl::MutexLock lock(&mutex_);
  CountersSnapshot snapshot;
  for (const auto& [method, counter] : methods_) {
    const std::map<std::string, uint64_t> calls = ByCode(*counter);
    if (!calls.empty()) snapshot.calls[method] = calls;
  }
  snapshot.refusals = ByCode(unreasoned_);
  for (size_t reason = 0; reason < kReasonCount; ++reason) {
    const uint64_t refusals = refusals_[reason].load(std::memory_order_relaxed);
    if (refusals > 0) snapshot.refusals[std::string(ReasonName(static_cast<Reason>(reason)))] += refusals;
  }
  return snapshot;
}

}  // namespace rowkeeper::observe
