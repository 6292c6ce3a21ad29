#pragma once

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/completion.h"
#include "server/observe/call_context.h"
#include "server/uow/transaction.h"
#include "server/uow/worker_threads.h"

namespace rowkeeper::wire {

/// Finds out what became of runs whose COMMIT got no answer, on threads of its own, so that neither the executor's
/// workers nor the pool's connections wait for it. Thread-safe.
class InDoubtRuns {
 public:
  /// Of CommitResolver::Answer. Called exactly once, on a thread of this object or the caller's; must not block.
  using Done = Completion<absl::Status>;

  /// `resolver` outlives this object, and bounds how many are looked up at once.
  explicit InDoubtRuns(const uow::CommitResolver* resolver);
  /// Stops.
  ~InDoubtRuns();
  InDoubtRuns(const InDoubtRuns&) = delete;
  InDoubtRuns& operator=(const InDoubtRuns&) = delete;

  /// `call` is named in what is logged meanwhile.
  void Resolve(uow::CommitPoint point, observe::CallContext call, Done done);
  /// What still comes is COMMIT_OUTCOME_UNKNOWN; what is looked up is waited for.
  void Stop();

 private:
  absl::Status Answer(const uow::CommitPoint& point, observe::CallContext* call) const;

  const uow::CommitResolver& resolver_;
  absl::Mutex mutex_;
  /// Empty once it is stopped.
  std::unique_ptr<uow::WorkerThreads> threads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::wire
