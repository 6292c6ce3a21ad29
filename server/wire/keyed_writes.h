#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/exec/executor.h"
#include "server/exec/idempotency_keys.h"
#include "server/sql/transaction_sql.h"
#include "server/wire/exchange.h"
#include "server/wire/in_doubt_runs.h"
#include "server/wire/request_hash.h"
#include "server/wire/run_call.h"

namespace rowkeeper::wire {

/// A write that a caller gave an idempotency key, and how it is executed.
struct KeyedWrite {
  exec::IdempotencyKey key;
  /// Of its transaction; not used in a unit of work.
  sql::TransactionMode mode;
  /// Gives the response's bytes. Runs in a transaction that is not its own to begin or end, on a worker or a thread of
  /// the unit of work; perhaps more than once, when what it did was rolled back.
  std::function<absl::StatusOr<std::string>(db::Connection&, db::Cancellation*)> run;
};

/// Executes writes that have an idempotency key: each is done once, in one transaction with its key and its response,
/// and every repeat is answered with the stored response and the trailer rowkeeper-idempotent-replay. Of calls with the
/// same key at the same time one is executed, here or on another server; the others wait for its answer, those of this
/// server without a worker or a connection. When it fails the next one has its turn, unless nothing can be executed
/// now. Thread-safe; nothing blocks.
class KeyedWrites {
 public:
  struct Options {
    exec::IdempotencyKeys::Options keys;
    /// Larger responses are not stored; the write is then refused and undone. Bytes.
    size_t max_response_bytes = 1 << 20;
    /// Calls that wait for another one with the same key; more are refused with QUEUE_FULL.
    int waiting_limit = 10000;
  };

  /// The pointers outlive this object.
  KeyedWrites(Options options, exec::Executor* executor, InDoubtRuns* in_doubt);

  const exec::IdempotencyKeys& keys() const { return keys_; }
  RequestHasher& hasher() { return hasher_; }

  /// Executes `write` as a transaction of its own, or waits for one with the same key; `exchange` will be answered.
  /// This object outlives the call.
  void Start(const std::shared_ptr<Exchange>& exchange, KeyedWrite write);

  /// Executes `write` within the transaction of a unit of work, on this thread.
  absl::StatusOr<std::string> RunInUnit(const KeyedWrite& write, Exchange* exchange, db::Connection& connection,
                                        db::Cancellation* cancellation) const;

 private:
  using Result = absl::StatusOr<std::string>;
  struct Call;
  using SharedCall = std::shared_ptr<Call>;

  /// What becomes of a call that comes.
  enum class Place { kFirst, kWaits, kRefused, kCancelled };

  Place Enter(const SharedCall& call);
  void Execute(const SharedCall& call);
  RunCall::CommitResult RunAndCommit(Call& call, db::Connection& connection, db::Cancellation* cancellation,
                                     std::string* response) const;
  /// Claims the key, and runs the write unless there is a response already; `*replayed` says which.
  Result ClaimAndRun(const KeyedWrite& write, exec::CallTrace* trace, db::Connection& connection,
                     db::Cancellation* cancellation, bool* replayed) const;
  /// Takes those that wait for `call` and that its result answers: all when it succeeded; of the others only those with
  /// the same request, and only when it failed for a reason that concerns them too. `*next` has its turn, if there is
  /// one left.
  std::deque<SharedCall> TakeFollowers(const Call& call, const Result& result, SharedCall* next);
  static bool IsSameRequest(const Call& a, const Call& b);
  /// `call` has its result: it is answered, and whoever waits for it is answered too or has its turn.
  void OnAnswered(const SharedCall& call, Result result);
  void Cancel(const SharedCall& call, CancelCause cause);

  const Options options_;
  const exec::IdempotencyKeys keys_;
  exec::Executor* const executor_;
  InDoubtRuns* const in_doubt_;
  RequestHasher hasher_;

  absl::Mutex mutex_;
  /// By key, while one of its calls is executed: those that wait for it.
  absl::flat_hash_map<std::string, std::deque<SharedCall>> waiting_ ABSL_GUARDED_BY(mutex_);
  int waiting_calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace rowkeeper::wire
