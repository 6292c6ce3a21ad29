#include "server/observe/counters.h"

#include "server/base/error_details.h"

namespace rowkeeper::observe {
namespace {

void VisitCodes(const std::string& method, const CallDurations& calls, const Counters::Visitor& visit) {
  for (int number = 0; number < CallDurations::kCodes; ++number) {
    const auto code = static_cast<absl::StatusCode>(number);
    if (const DurationHistogram* durations = calls.Of(code)) visit(method, code, *durations);
  }
}

}  // namespace

Counters& Counters::Process() {
  static Counters* const counters = new Counters;  // never destroyed: threads may still count at exit
  return *counters;
}

CallDurations* Counters::Method(std::string_view method) {
  absl::MutexLock lock(&mutex_);
  auto found = methods_.find(method);
  if (found == methods_.end()) found = methods_.emplace(method, std::make_unique<CallDurations>()).first;
  return found->second.get();
}

void Counters::CountRefusal(const absl::Status& status) {
  if (status.ok()) return;
  if (const auto reason = ReasonOf(status); reason.has_value()) {
    refusals_[static_cast<size_t>(*reason)].Add();
  } else {
    unreasoned_[static_cast<size_t>(status.code()) % CallDurations::kCodes].Add();
  }
  if (const auto limit = LimitFromName(ErrorMetadataValue(status, "limit"))) limits_[static_cast<size_t>(*limit)].Add();
}

void Counters::VisitCalls(const Visitor& visit) const {
  std::map<std::string, const CallDurations*> methods;
  {
    const absl::MutexLock lock(&mutex_);
    for (const auto& [method, calls] : methods_) methods.emplace(method, calls.get());
  }
  for (const auto& [method, calls] : methods) VisitCodes(method, *calls, visit);
  VisitCodes(std::string(kUnknownMethod), unknown_, visit);
}

CountersSnapshot Counters::Snapshot() const {
  CountersSnapshot snapshot;
  VisitCalls([&](const std::string& method, absl::StatusCode code, const DurationHistogram& durations) {
    snapshot.calls[method][absl::StatusCodeToString(code)] = durations.count();
  });
  const auto add = [](std::string_view name, const Counter& counter, std::map<std::string, uint64_t>* all) {
    if (counter.value() > 0) (*all)[std::string(name)] += counter.value();
  };
  for (size_t code = 0; code < unreasoned_.size(); ++code) {
    add(absl::StatusCodeToString(static_cast<absl::StatusCode>(code)), unreasoned_[code], &snapshot.refusals);
  }
  for (size_t reason = 0; reason < kReasonCount; ++reason) {
    add(ReasonName(static_cast<Reason>(reason)), refusals_[reason], &snapshot.refusals);
  }
  for (size_t limit = 0; limit < kLimitCount; ++limit) {
    add(LimitName(static_cast<Limit>(limit)), limits_[limit], &snapshot.limits);
  }
  return snapshot;
}

}  // namespace rowkeeper::observe
