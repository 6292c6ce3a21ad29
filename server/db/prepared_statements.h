#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

namespace rowkeeper::db {

/// Which statements one session has prepared, by Query.id; forgets the least recently used beyond `capacity`. A name is
/// never used twice, so that a forgotten statement may be deallocated later. Not thread-safe.
class PreparedStatements {
 public:
  explicit PreparedStatements(int capacity);

  /// The name `id` is prepared under, or null. Counts as a use.
  const std::string* Find(uint64_t id);
  std::string NewName();
  const std::string& Add(uint64_t id, std::string name);
  void Forget(uint64_t id);

  bool has_retired() const { return !retired_.empty(); }
  /// Names of forgotten statements that the server still keeps.
  std::vector<std::string> TakeRetired();

 private:
  struct Entry {
    uint64_t id = 0;
    std::string name;
  };
  using Entries = std::list<Entry>;

  void Retire(Entries::iterator entry);

  const size_t capacity_;
  uint64_t names_ = 0;
  Entries entries_;  // the most recently used first
  std::unordered_map<uint64_t, Entries::iterator> by_id_;
  std::vector<std::string> retired_;
};

}  // namespace rowkeeper::db
