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
    kMemoryFull,  ///< the answers of all together have no room for it, or those of its caller
  };

  struct Options {
    /// Bytes as PostgreSQL sends them; 0: any number.
    size_t most_bytes = 0;
    /// That all answers share; may be null.
    MemoryBudget* memory = nullptr;
    /// Whose answer it is; null: nobody's. Asked for a large one, while it is read.
    MemoryOwner* owner = nullptr;
    enum class Excessive {
      kStop,
      /// Is read to its end, whatever there is. What is counted counts all the same.
      kRead,
      /// Is read to its end, without the rows that come after `most_bytes`. It is not stopped because `memory` is full.
      kDrop,
    } excessive = Excessive::kStop;
  };

  AnswerMeter() = default;
  explicit AnswerMeter(const Options& options)
      : options_(options), charge_(options.memory, MemoryBudget::Use::kResults) {}

  /// Counts `more` bytes that are about to be read.
  void Add(size_t more);
  Excess excess() const { return excess_; }
  /// Of kMemoryFull: which of them.
  MemoryBudget::Room room() const { return room_; }
  /// Far too many came, though their sender was told to stop.
  bool hopeless() const { return excess_ != Excess::kNone && bytes_ > end_ && !drops(); }
  /// Its socket was shut down. What had come by then may have been all of it.
  void NoteCut() { cut_ = true; }
  bool cut() const { return cut_; }
  /// Whether the statement was stopped for what came; one whose rows are dropped goes on.
  bool stopped() const { return excess_ != Excess::kNone && !drops(); }
  /// Rows beyond the limit are dropped, instead of having the statement stopped.
  bool drops() const { return options_.excessive == Options::Excessive::kDrop; }
  /// Of what the answer takes in memory. Small ones are not charged: connections bound how many there are.
  MemoryCharge TakeCharge() { return std::move(charge_); }

 private:
  Options options_;
  MemoryCharge charge_;
  size_t bytes_ = 0;
  size_t uncharged_ = 0;
  size_t end_ = 0;
  bool cut_ = false;
  Excess excess_ = Excess::kNone;
  MemoryBudget::Room room_ = MemoryBudget::Room::kEnough;
};

/// What has come of an answer while its reader did something else. For one thread at a time.
class EarlyAnswer {
 public:
  enum class State {
    kUnderWay,  ///< there is more to come
    kWhole,     ///< it has come to its end, and has rows
    kOther,     ///< it is an error, larger than `most_bytes`, or lost: for ReadAnswer, which may have to wait
  };

  EarlyAnswer() = default;
  /// Reads answers up to `most_bytes`, and never more than are worth counting.
  explicit EarlyAnswer(size_t most_bytes);

  /// Reads what there is on `connection`; does not wait.
  State Read(PGconn* connection);
  /// So many bytes have come.
  size_t bytes() const { return bytes_; }
  /// The connection is idle again.
  bool ended() const { return ended_; }
  /// The last result so far; null before the first, and once it is taken.
  const PgResult& result() const { return result_; }
  PgResult TakeResult() { return std::move(result_); }

 private:
  void TakeResults(PGconn* connection);

  size_t most_bytes_ = 0;
  size_t bytes_ = 0;
  PgResult result_;
  bool ended_ = false;
};

/// Waits for the answer to what was sent on `connection`, and leaves it idle: the last result, or the error. `early`:
/// what has come of it before. When `meter` says that it is too much, `stop` is called, once, which is to have
/// PostgreSQL cancel the statement; what comes then is read to its end. Where it does not end soon the socket is shut
/// down, and the session is lost. One that drops rows gives what came before the limit, or none of it.
PgResult ReadAnswer(PGconn* connection, AnswerMeter* meter, absl::FunctionRef<void()> stop, EarlyAnswer early = {});

}  // namespace rowkeeper::db
