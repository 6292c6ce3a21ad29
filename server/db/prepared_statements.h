#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rowkeeper::db {

/// Which names one session has prepared; forgets the least recently used beyond `capacity`. Not thread-safe.
class PreparedStatements {
 public:
  enum class State {
    kUnknown,   ///< to be prepared
    kPrepared,  ///< to be executed
    kStale,     ///< the server has it, but it cannot be executed any more: to be deallocated and prepared anew
  };

  explicit PreparedStatements(int capacity);

  /// Counts as a use. A name that was forgotten is still prepared until it is taken.
  State Find(const std::string& name);
  /// The server has prepared it just now, or says that it has it.
  void Add(const std::string& name);
  /// Its plan is of no use any more.
  void MarkStale(const std::string& name);
  /// The server does not have it (any more).
  void Drop(const std::string& name);

  bool is_full() const { return entries_.size() >= capacity_; }
  bool has_forgotten() const { return entries_.size() > capacity_; }
  /// The names beyond the capacity; whoever takes them deallocates them.
  std::vector<std::string> TakeForgotten();

 private:
  struct Entry {
    std::string name;
    bool stale = false;
  };
  using Entries = std::list<Entry>;

  const size_t capacity_;
  Entries entries_;  // the most recently used first
  std::unordered_map<std::string_view, Entries::iterator> by_name_;
};

}  // namespace rowkeeper::db
