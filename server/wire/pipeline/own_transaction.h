#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/exec/executor.h"
#include "server/sql/transaction_sql.h"
#include "server/uow/transaction.h"
#include "server/wire/cancel_slot.h"
#include "server/wire/exchange.h"
#include "server/wire/in_doubt_runs.h"
#include "server/wire/pipeline/work.h"

namespace rowkeeper::wire {

/// Work in a transaction of its own, from its turn in the executor to its answer. A COMMIT without an answer is looked
/// up after the worker and the connection are free again, and what was then not committed runs again. Thread-safe.
class OwnTransaction : public std::enable_shared_from_this<OwnTransaction> {
 public:
  /// What it needs of the server; outlives all calls.
  struct Backend {
    exec::Executor* executor = nullptr;
    InDoubtRuns* in_doubt = nullptr;
  };
  struct Options {
    sql::TransactionMode mode;
    /// A transaction that wrote nothing is never in doubt.
    uow::Transaction::Wrote wrote = uow::Transaction::Wrote::kPerhaps;
  };
  /// Given what the call is to be answered with, once; called by the completion of what came last, or by whoever
  /// cancels while a COMMIT is in doubt.
  using Done = std::function<void(absl::StatusOr<std::string>)>;

  /// `cancel` is the slot of the call, which `done` answers; `exchange` tells whether the response is a replay.
  struct Request {
    std::shared_ptr<Exchange> exchange;
    std::shared_ptr<CancelSlot> cancel;
    Work work;
    Done done;
  };

  static void Start(const Backend& backend, const Options& options, Request request);

 private:
  OwnTransaction(const Backend& backend, const Options& options, Request request);

  void Submit();
  /// BEGIN, the work and COMMIT, on a worker.
  uow::Transaction::CommitResult Run(db::Connection& connection, db::Cancellation* cancellation);
  void OnExecuted(const absl::Status& status);
  void OnResolved(const absl::Status& status);
  /// The first one answers.
  void Answer(const absl::Status& status);

  const Backend backend_;
  const Options options_;
  const Request request_;
  /// Of the thread that executes, looks up or answers: one at a time.
  std::string response_;
  std::optional<uow::CommitPoint> point_;
  int lookups_ = 0;
  std::atomic<bool> answered_{false};
};

}  // namespace rowkeeper::wire
