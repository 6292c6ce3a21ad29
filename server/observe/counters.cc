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

void Counters::CountRefusal(const absl::Status& status, const CallDurations* method) {
  if (status.ok()) return;
  RecentErrors::Entry entry;
  entry.time = Clock::System().WallNow();  // as the lines of calls have it
  entry.method = method;
  entry.code = status.code();
  entry.reason = ReasonOf(status);
  entry.limit = LimitFromName(ErrorMetadataValue(status, "limit"));
  if (const auto reason = entry.reason; reason.has_value()) {
    refusals_[static_cast<size_t>(*reason)].Add();
  } else {
    unreasoned_[static_cast<size_t>(status.code()) % CallDurations::kCodes].Add();
  }
  if (entry.limit.has_value()) limits_[static_cast<size_t>(*entry.limit)].Add();
  recent_.Note(entry);
}

std::vector<RecentError> Counters::LatestErrors() const {
  std::map<const CallDurations*, std::string> names;
  {
    const absl::MutexLock lock(&mutex_);
    for (const auto& [method, calls] : methods_) names.emplace(calls.get(), method);
  }
  std::vector<RecentError> errors;
  for (const RecentErrors::Entry& entry : recent_.Latest()) {
    RecentError error;
    error.time = entry.time;
    const auto name = names.find(entry.method);
    error.method = name == names.end() ? std::string(kUnknownMethod) : name->second;
    error.code = absl::StatusCodeToString(entry.code);
    if (entry.reason.has_value()) error.reason = ReasonName(*entry.reason);
    if (entry.limit.has_value()) error.limit = LimitName(*entry.limit);
    errors.push_back(std::move(error));
  }
  return errors;
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
