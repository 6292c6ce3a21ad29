#include "server/wire/in_doubt_runs.h"

#include <utility>

#include "server/base/database_errors.h"

namespace rowkeeper::wire {

InDoubtRuns::InDoubtRuns(const uow::CommitResolver* resolver)
    : resolver_(*resolver), threads_(std::make_unique<uow::WorkerThreads>()) {}

InDoubtRuns::~InDoubtRuns() { Stop(); }

void InDoubtRuns::Resolve(uow::CommitPoint point, Done done) {
  {
    const absl::MutexLock lock(&mutex_);
    if (threads_ != nullptr) {
      threads_->Submit([this, point = std::move(point), done = std::move(done)] { done(resolver_.Answer(point)); });
      return;
    }
  }
  done(CommitOutcomeUnknown());
}

void InDoubtRuns::Stop() {
  std::unique_ptr<uow::WorkerThreads> threads;  // ends after the lock
  const absl::MutexLock lock(&mutex_);
  threads.swap(threads_);
}

}  // namespace rowkeeper::wire
