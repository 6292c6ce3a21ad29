#include "server/uow/ended_units.h"

#include <vector>

namespace rowkeeper::uow {

void EndedUnits::Add(const std::string& secret, std::shared_ptr<const EndedUnit> ended, Clock::time_point now) {
  const std::string caller = ended->info.caller;
  if (!units_.emplace(secret, std::move(ended)).second) return;
  Memories& memories = callers_[caller];
  by_number_.erase({memories.size(), caller});
  memories.push_back({now + remember_, secret});
  by_number_.emplace(memories.size(), caller);
  while (units_.size() > limit_) ForgetOldestOf(std::string(by_number_.rbegin()->second));
}

std::shared_ptr<const EndedUnit> EndedUnits::Find(const std::string& secret) const {
  const auto found = units_.find(secret);
  return found == units_.end() ? nullptr : found->second;
}

void EndedUnits::Forget(Clock::time_point now) {
  std::vector<std::string> late;
  for (const auto& [caller, memories] : callers_) {
    if (memories.front().until <= now) late.push_back(caller);
  }
  for (const std::string& caller : late) {
    while (callers_.at(caller).front().until <= now && !ForgetOldestOf(caller)) {
    }
  }
}

bool EndedUnits::ForgetOldestOf(const std::string& caller) {
  const auto found = callers_.find(caller);
  Memories& memories = found->second;
  by_number_.erase({memories.size(), caller});
  units_.erase(memories.front().secret);
  memories.pop_front();
  if (memories.empty()) {
    callers_.erase(found);
    return true;
  }
  by_number_.emplace(memories.size(), caller);
  return false;
}

}  // namespace rowkeeper::uow
