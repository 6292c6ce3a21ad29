#include "server/db/prepared_statements.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/base/text.h"

namespace rowkeeper::db {

PreparedStatements::PreparedStatements(int capacity) : capacity_(static_cast<size_t>(std::max(capacity, 1))) {}

const std::string* PreparedStatements::Find(uint64_t id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->name;
}

std::string PreparedStatements::NewName() { return Cat("rk", ++names_); }

const std::string& PreparedStatements::Add(uint64_t id, std::string name) {
  if (entries_.size() >= capacity_) Retire(std::prev(entries_.end()));
  entries_.push_front({id, std::move(name)});
  by_id_[id] = entries_.begin();
  return entries_.front().name;
}

void PreparedStatements::Forget(uint64_t id) {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) Retire(found->second);
}

std::vector<std::string> PreparedStatements::TakeRetired() { return std::exchange(retired_, {}); }

void PreparedStatements::Retire(Entries::iterator entry) {
  retired_.push_back(std::move(entry->name));
  by_id_.erase(entry->id);
  entries_.erase(entry);
}

}  // namespace rowkeeper::db
