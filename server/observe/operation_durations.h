#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/observe/duration_histogram.h"

namespace rowkeeper::observe {

/// Durations of one kind of statement, by how it ended. Thread-safe; what ended well takes no lock.
class OperationDurations {
 public:
  using Duration = DurationHistogram::Duration;
  /// SQLSTATEs that have a histogram of their own. Triggers may raise any, so there is an end to it.
  static constexpr size_t kMostStates = 16;
  /// All others, and failures that PostgreSQL said nothing about.
  static constexpr std::string_view kOtherState = "_OTHER";

  OperationDurations() = default;
  OperationDurations(std::string_view operation, std::string_view table) : operation_(operation), table_(table) {}

  /// "SELECT", and the table that it concerns; may be empty.
  const std::string& operation() const { return operation_; }
  const std::string& table() const { return table_; }

  void Record(Duration duration) { ok_.Record(duration); }
  /// `sqlstate` is five characters, or empty.
  void RecordFailure(std::string_view sqlstate, Duration duration);

  /// Gives what occurred; the state is empty for what ended well.
  using Visitor = std::function<void(std::string_view sqlstate, const DurationHistogram& durations)>;
  void Visit(const Visitor& visit) const;

 private:
  const std::string operation_;
  const std::string table_;
  DurationHistogram ok_;
  mutable absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<DurationHistogram>, std::less<>> failed_ ABSL_GUARDED_BY(mutex_);
};

/// The statements of the process by operation ("SELECT") and table. Thread-safe. Nothing is ever removed, so pointers
/// stay valid.
class DatabaseOperations {
 public:
  /// The process's own.
  static DatabaseOperations& Process();

  /// Made on first use. Takes a lock; both names are kept, so they come from the catalogue and the code. `table` is
  /// empty for what concerns none.
  OperationDurations* Of(std::string_view operation, std::string_view table);

  using Visitor =
      std::function<void(const std::string& operation, const std::string& table, const OperationDurations& durations)>;
  void Visit(const Visitor& visit) const;

 private:
  mutable absl::Mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<OperationDurations>> operations_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::observe
