#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"

namespace rowkeeper::testing {

/// What callers did with one row at the same time, and whether it could have been one after the other: linearizability
/// (Herlihy and Wing, 1990). That is NP-hard to tell of registers in general. Here each write gives the row a version,
/// one more than the last, so the order is known, and must only agree with the callers' clocks. Thread-safe.
class RowHistory {
 public:
  enum class Kind {
    kRead,
    kWrite,
    /// Nobody knows whether it was made. Its version means nothing.
    kUnknownWrite,
  };
  struct Operation {
    Kind kind = Kind::kRead;
    /// Of the row, as it was read or written. Values that are written are distinct.
    int64_t version = 0;
    std::string value;
    Clock::time_point began;
    Clock::time_point ended;
  };

  /// The row before all operations.
  RowHistory(int64_t version, std::string value);

  void Add(Operation operation);
  /// What cannot be; empty: the history is linearizable.
  std::vector<std::string> Violations() const;
  size_t size() const;

 private:
  const Operation initial_;
  mutable absl::Mutex mutex_;
  std::vector<Operation> operations_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::testing
