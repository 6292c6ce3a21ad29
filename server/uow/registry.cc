#include "server/uow/registry.h"

#include <algorithm>

namespace rowkeeper::uow {

Registry::Registry(const UnitOptions& options, Clock* clock)
    : clock_(*clock),
      outcomes_(options.remember, static_cast<size_t>(std::max(options.remembered, 0))),
      rolled_back_(options.remember, static_cast<size_t>(std::max(options.remembered, 0))) {}

bool Registry::Open(const std::string& secret, std::shared_ptr<Unit> unit) {
  const absl::MutexLock lock(&mu_);
  if (closed_) return false;
  open_.emplace(secret, std::move(unit));
  return true;
}

void Registry::End(const std::string& secret, std::shared_ptr<const EndedUnit> ended) {
  std::shared_ptr<Unit> unit;  // dies after the lock is released
  const absl::MutexLock lock(&mu_);
  const auto found = open_.find(secret);
  if (found == open_.end()) return;
  unit = std::move(found->second);
  open_.erase(found);
  ++ended_[{ended->info.end, ended->info.state}];
  const bool rolled_back = ended->info.state == UnitState::kRolledBack;
  (rolled_back ? rolled_back_ : outcomes_).Add(secret, std::move(ended), clock_.Now());
  if (open_.empty()) none_open_.SignalAll();
}

Registry::Found Registry::Find(const std::string& secret, const std::string& caller) const {
  const absl::MutexLock lock(&mu_);
  if (const auto unit = open_.find(secret); unit != open_.end()) {
    return unit->second->caller() == caller ? Found{unit->second, nullptr} : Found{};
  }
  std::shared_ptr<const EndedUnit> ended = outcomes_.Find(secret);
  if (ended == nullptr) ended = rolled_back_.Find(secret);
  if (ended == nullptr || ended->info.caller != caller) return {};
  return Found{nullptr, std::move(ended)};
}

std::shared_ptr<Unit> Registry::FindOpen(const std::string& secret) const {
  const absl::MutexLock lock(&mu_);
  const auto unit = open_.find(secret);
  return unit == open_.end() ? nullptr : unit->second;
}

Registry::Units Registry::OpenUnits() const {
  const absl::MutexLock lock(&mu_);
  Units units;
  units.reserve(open_.size());
  for (const auto& [secret, unit] : open_) units.push_back(unit);
  return units;
}

std::vector<EndedCount> Registry::Ended() const {
  const absl::MutexLock lock(&mu_);
  std::vector<EndedCount> counts;
  for (const auto& [how, count] : ended_) counts.push_back({how.first, how.second, count});
  return counts;
}

void Registry::Forget(Clock::time_point now) {
  const absl::MutexLock lock(&mu_);
  outcomes_.Forget(now);
  rolled_back_.Forget(now);
}

void Registry::Close() {
  const absl::MutexLock lock(&mu_);
  closed_ = true;
}

bool Registry::WaitUntilNoneOpen(Clock::time_point deadline) {
  const absl::MutexLock lock(&mu_);
  while (!open_.empty()) {
    if (clock_.Now() >= deadline) return false;
    clock_.WaitUntil(&none_open_, &mu_, deadline);
  }
  return true;
}

}  // namespace rowkeeper::uow
