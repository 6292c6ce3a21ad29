#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "server/base/clock.h"
#include "server/uow/ended_unit.h"

namespace rowkeeper::uow {

/// Remembers ended units by the secrets of their handles, for a time and up to a number. When there are more, the
/// caller with the most of them loses its oldest: nobody can erase the outcomes of others. Not thread-safe.
class EndedUnits {
 public:
  EndedUnits(std::chrono::milliseconds remember, size_t limit) : remember_(remember), limit_(limit) {}

  /// Remembered from `now` on.
  void Add(const std::string& secret, std::shared_ptr<const EndedUnit> ended, Clock::time_point now);
  /// Null when it is not known.
  std::shared_ptr<const EndedUnit> Find(const std::string& secret) const;
  /// Forgets those whose time has passed.
  void Forget(Clock::time_point now);

 private:
  struct Memory {
    Clock::time_point until;
    std::string secret;
  };
  /// Oldest first.
  using Memories = std::deque<Memory>;
  using Callers = absl::flat_hash_map<std::string, Memories>;

  /// True when the caller had no other, and is gone.
  bool ForgetOldestOf(const std::string& caller);

  const std::chrono::milliseconds remember_;
  const size_t limit_;
  absl::flat_hash_map<std::string, std::shared_ptr<const EndedUnit>> units_;
  Callers callers_;
  /// Each caller with its number of memories.
  std::set<std::pair<size_t, std::string>> by_number_;
};

}  // namespace rowkeeper::uow
