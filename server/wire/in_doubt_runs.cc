#include "server/wire/in_doubt_runs.h"

#include <utility>

#include "server/base/database_errors.h"

namespace rowkeeper::wire {

InDoubtRuns::InDoubtRuns(const uow::CommitResolver* resolver)
    : resolver_(*resolver), threads_(std::make_unique<uow::WorkerThreads>()) {}

InDoubtRuns::~InDoubtRuns() { Stop(); }

void InDoubtRuns::Resolve(uow::CommitPoint point, observe::CallContext call, Done done) {
  call.memory_owner = nullptr;  // the copy outlives the call
  call.progress = nullptr;
  {
    const absl::MutexLock lock(&mutex_);
    if (threads_ != nullptr) {
      threads_->Submit([this, point = std::move(point), call = std::move(call), done = std::move(done)]() mutable {
        done(Answer(point, &call));
      });
      return;
    }
  }
  done(CommitOutcomeUnknown());
}

absl::Status InDoubtRuns::Answer(const uow::CommitPoint& point, observe::CallContext* call) const {
  const observe::CallScope scope(call);
  return resolver_.Answer(point);
}

void InDoubtRuns::Stop() {
  std::unique_ptr<uow::WorkerThreads> threads;  // ends after the lock
  const absl::MutexLock lock(&mutex_);
  threads.swap(threads_);
}

}  // namespace rowkeeper::wire
