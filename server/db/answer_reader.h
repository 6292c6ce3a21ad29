#pragma once

#include <cstddef>
#include <utility>

#include <libpq-fe.h>

#include "absl/functional/function_ref.h"
#include "server/base/memory_budget.h"
#include "server/db/pg_result.h"

namespace rowkeeper::db {

/// What one answer may take, and what it has taken. libpq keeps all of an answer in memory before it gives it, however
/// large it is: so the bytes are counted while they come.
class AnswerMeter {
 public:
  enum class Excess {
    kNone,
    kTooLarge,    ///< more came than one answer may have
    kMemoryFull,  ///< the answers of all together have no room for it
  };

  struct Options {
    /// Bytes as PostgreSQL sends them; 0: any number.
    size_t most_bytes = 0;
    /// That all answers share; may be null.
    MemoryBudget* memory = nullptr;
    /// Whether it may be stopped because `memory` is full. What is counted then counts all the same.
    enum class WhenFull { kStop, kGoOn } when_full = WhenFull::kStop;
  };

  AnswerMeter() = default;
  explicit AnswerMeter(const Options& options)
      : options_(options), charge_(options.memory, MemoryBudget::Use::kResults) {}

  /// Counts `more` bytes that are about to be read.
  void Add(size_t more);
  Excess excess() const { return excess_; }
  /// Far too many came, though their sender was told to stop.
  bool hopeless() const { return excess_ != Excess::kNone && bytes_ > end_; }
  /// Of what the answer takes in memory. Small ones are not charged: connections bound how many there are.
  MemoryCharge TakeCharge() { return std::move(charge_); }

 private:
  Options options_;
  MemoryCharge charge_;
  size_t bytes_ = 0;
  size_t uncharged_ = 0;
  size_t end_ = 0;
  Excess excess_ = Excess::kNone;
};

/// Waits for the answer to what was sent on `connection`, and leaves it idle: the last result, or the error. When
/// `meter` says that it is too much, `stop` is called, once, which is to have PostgreSQL cancel the statement; what
/// comes then is read to its end. Where it does not end soon the socket is shut down, and the session is lost.
PgResult ReadAnswer(PGconn* connection, AnswerMeter* meter, absl::FunctionRef<void()> stop);

}  // namespace rowkeeper::db
