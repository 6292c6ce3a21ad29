#include "server/db/statement_cache.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/base/text.h"

namespace rowkeeper::db {

StatementCache::StatementCache(int capacity) : capacity_(static_cast<size_t>(std::max(capacity, 1))) {}

const std::string* StatementCache::Find(uint64_t id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->name;
}

std::string StatementCache::NewName() { return Cat("rk", ++names_); }

const std::string& StatementCache::Add(uint64_t id, std::string name) {
  if (entries_.size() >= capacity_) Retire(std::prev(entries_.end()));
  entries_.push_front({id, std::move(name)});
  by_id_[id] = entries_.begin();
  return entries_.front().name;
}

void StatementCache::Forget(uint64_t id) {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) Retire(found->second);
}

std::vector<std::string> StatementCache::TakeRetired() { return std::exchange(retired_, {}); }

void StatementCache::Retire(Entries::iterator entry) {
  retired_.push_back(std::move(entry->name));
  by_id_.erase(entry->id);
  entries_.erase(entry);
}

}  // namespace rowkeeper::db
