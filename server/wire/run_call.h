#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/exec/executor.h"
#include "server/uow/transaction.h"
#include "server/wire/exchange.h"
#include "server/wire/in_doubt_runs.h"

namespace rowkeeper::wire {

/// One call of Run, from its turn in the executor to its answer: a COMMIT without an answer is looked up after the
/// worker and the connection are free again, and what was then not committed runs again. Thread-safe.
class RunCall : public std::enable_shared_from_this<RunCall> {
 public:
  using CommitResult = uow::Transaction::CommitResult;
  /// Executes all of the run and sends COMMIT; the response's bytes go to `*response`. Runs on a worker.
  using Work = std::function<CommitResult(db::Connection&, db::Cancellation*, std::string* response)>;

  /// Given what the call is to be answered with, once; called as exec::Executor::Done is.
  using Done = std::function<void(absl::StatusOr<std::string>)>;

  /// Both pointers outlive the call. `done` answers `exchange`.
  RunCall(exec::Executor* executor, InDoubtRuns* in_doubt, std::shared_ptr<Exchange> exchange, Work work, Done done);
  /// Call once.
  void Start();

 private:
  void Submit();
  void Interrupt(CancelCause cause);
  void OnExecuted(const absl::Status& status);
  void OnResolved(const absl::Status& status);
  /// The first one answers.
  void Answer(const absl::Status& status);

  exec::Executor* const executor_;
  InDoubtRuns* const in_doubt_;
  const std::shared_ptr<Exchange> exchange_;
  const Work work_;
  const Done done_;
  /// Of the thread that executes, looks up or answers: one at a time.
  std::string response_;
  std::optional<uow::CommitPoint> point_;
  int lookups_ = 0;

  absl::Mutex mutex_;
  exec::Executor::Ticket ticket_ ABSL_GUARDED_BY(mutex_);
  std::optional<CancelCause> interrupted_ ABSL_GUARDED_BY(mutex_);
  /// COMMIT is sent, and its outcome looked up.
  bool resolving_ ABSL_GUARDED_BY(mutex_) = false;
  bool answered_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace rowkeeper::wire
