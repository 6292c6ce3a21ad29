#include "server/uow/registry.h"

#include <algorithm>

#include "absl/time/time.h"

namespace rowkeeper::uow {

Registry::Registry(const UnitOptions& options)
    : remember_(options.remember), max_remembered_(static_cast<size_t>(std::max(options.remembered, 0))) {}

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
  ended_.emplace(secret, std::move(ended));
  memories_.push_back({Clock::now() + remember_, secret});
  while (memories_.size() > max_remembered_) {
    ended_.erase(memories_.front().secret);
    memories_.pop_front();
  }
  if (open_.empty()) none_open_.SignalAll();
}

Registry::Found Registry::Find(const std::string& secret, const std::string& caller) const {
  const absl::MutexLock lock(&mu_);
  if (const auto unit = open_.find(secret); unit != open_.end()) {
    return unit->second->caller() == caller ? Found{unit->second, nullptr} : Found{};
  }
  if (const auto ended = ended_.find(secret); ended != ended_.end()) {
    return ended->second->info.caller == caller ? Found{nullptr, ended->second} : Found{};
  }
  return {};
}

Registry::Units Registry::OpenUnits() const {
  const absl::MutexLock lock(&mu_);
  Units units;
  units.reserve(open_.size());
  for (const auto& [secret, unit] : open_) units.push_back(unit);
  return units;
}

void Registry::Forget(Clock::time_point now) {
  const absl::MutexLock lock(&mu_);
  while (!memories_.empty() && memories_.front().until <= now) {
    ended_.erase(memories_.front().secret);
    memories_.pop_front();
  }
}

void Registry::Close() {
  const absl::MutexLock lock(&mu_);
  closed_ = true;
}

bool Registry::WaitUntilNoneOpen(Clock::time_point deadline) {
  const absl::MutexLock lock(&mu_);
  while (!open_.empty()) {
    if (deadline == Clock::time_point::max()) {
      none_open_.Wait(&mu_);
      continue;
    }
    const Clock::duration left = deadline - Clock::now();
    if (left <= Clock::duration::zero()) return false;
    none_open_.WaitWithTimeout(&mu_, absl::FromChrono(left));
  }
  return true;
}

}  // namespace rowkeeper::uow
