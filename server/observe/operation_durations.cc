#include "server/observe/operation_durations.h"

#include <vector>

namespace rowkeeper::observe {

void OperationDurations::RecordFailure(std::string_view sqlstate, Duration duration) {
  const absl::MutexLock lock(&mutex_);
  const bool is_known = failed_.find(sqlstate) != failed_.end();
  const std::string_view state =
      sqlstate.empty() || (!is_known && failed_.size() >= kMostStates) ? kOtherState : sqlstate;
  auto found = failed_.find(state);
  if (found == failed_.end()) found = failed_.emplace(state, std::make_unique<DurationHistogram>()).first;
  found->second->Record(duration);
}

void OperationDurations::Visit(const Visitor& visit) const {
  if (ok_.count() > 0) visit("", ok_);
  const absl::MutexLock lock(&mutex_);
  for (const auto& [sqlstate, durations] : failed_) visit(sqlstate, *durations);
}

DatabaseOperations& DatabaseOperations::Process() {
  static DatabaseOperations* const operations = new DatabaseOperations;  // never destroyed, as Counters::Process()
  return *operations;
}

OperationDurations* DatabaseOperations::Of(std::string_view operation, std::string_view table) {
  const absl::MutexLock lock(&mutex_);
  std::unique_ptr<OperationDurations>& durations = operations_[{std::string(operation), std::string(table)}];
  if (durations == nullptr) durations = std::make_unique<OperationDurations>(operation, table);
  return durations.get();
}

void DatabaseOperations::Visit(const Visitor& visit) const {
  const absl::MutexLock lock(&mutex_);
  for (const auto& [names, durations] : operations_) visit(names.first, names.second, *durations);
}

}  // namespace rowkeeper::observe
