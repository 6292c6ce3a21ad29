#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "server/sql/statement.h"

namespace rowkeeper::app {

/// Whose turn it is to be asked for its plan: of the statements that were used since they were asked last, those first
/// that have waited the longest. For one thread.
class PlanTurns {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Statements = std::vector<std::shared_ptr<const sql::Statement>>;

  struct Options {
    /// Until a statement that answered is asked again: a plan changes as tables grow.
    std::chrono::milliseconds age = std::chrono::minutes(10);
    /// Until one that failed is; twice as long each time, up to `age`.
    std::chrono::milliseconds pause{2000};
  };

  PlanTurns() : PlanTurns(Options()) {}
  explicit PlanTurns(Options options) : options_(options) {}

  /// Whose turn it is at `now`, `most` of `kept`, in this order. Those that were never asked come in the order in which
  /// they were made.
  Statements Next(const Statements& kept, size_t most, Time now) const;
  /// Forgets all statements but `kept`: the others never come back.
  void Keep(const Statements& kept);
  /// `statement` was asked, and what came of it.
  void Note(const sql::Statement& statement, const absl::Status& answer, Time now);

 private:
  struct Turn {
    Time asked = Time::min();
    Time again = Time::min();
    /// Of the statement when it answered.
    int64_t uses = 0;
    /// In a row.
    int failures = 0;
  };

  const Options options_;
  /// By statement id.
  std::map<uint64_t, Turn> turns_;
};

}  // namespace rowkeeper::app
