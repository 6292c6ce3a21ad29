#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rowkeeper::uow {

/// The open savepoints of a unit: callers' names on the outside, numbers in SQL. Not thread-safe.
class SavepointStack {
 public:
  explicit SavepointStack(int limit) : limit_(limit) {}

  struct Savepoint {
    std::string name;
    int number = 0;
  };

  /// The one that a savepoint of this name would be; empty: of a name made up. It is open once Push has it.
  absl::StatusOr<Savepoint> Next(const std::string& name) const;
  void Push(Savepoint savepoint);
  /// SAVEPOINT_NOT_FOUND when none of this name is open.
  absl::StatusOr<Savepoint> Find(const std::string& name) const;
  /// Forgets those after it.
  void RollBackTo(int number);
  /// Forgets it, and those after it.
  void Release(int number);
  std::vector<std::string> Names() const;

 private:
  const int limit_;
  int last_number_ = 0;
  std::vector<Savepoint> open_;
};

}  // namespace rowkeeper::uow
