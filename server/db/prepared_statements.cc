#include "server/db/prepared_statements.h"

#include <algorithm>
#include <utility>

namespace rowkeeper::db {

PreparedStatements::PreparedStatements(int capacity) : capacity_(static_cast<size_t>(std::max(capacity, 1))) {}

PreparedStatements::State PreparedStatements::Find(const std::string& name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return State::kUnknown;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->stale ? State::kStale : State::kPrepared;
}

void PreparedStatements::Add(const std::string& name) {
  if (Find(name) == State::kUnknown) {
    entries_.push_front({name});
    by_name_[entries_.front().name] = entries_.begin();
  }
  entries_.front().stale = false;
}

void PreparedStatements::MarkStale(const std::string& name) {
  if (const auto found = by_name_.find(name); found != by_name_.end()) found->second->stale = true;
}

void PreparedStatements::Drop(const std::string& name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return;
  const auto entry = found->second;
  by_name_.erase(found);  // its key is the entry's own name
  entries_.erase(entry);
}

std::vector<std::string> PreparedStatements::TakeForgotten() {
  std::vector<std::string> names;
  while (has_forgotten()) {
    by_name_.erase(entries_.back().name);
    names.push_back(std::move(entries_.back().name));
    entries_.pop_back();
  }
  return names;
}

}  // namespace rowkeeper::db
