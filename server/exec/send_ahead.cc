// Calls that need no worker: one thread sends their statement, and an answer thread reads what it gives.

#include <exception>
#include <utility>

#include "server/base/errors.h"
#include "server/exec/executor.h"
#include "server/exec/executor_work.h"
#include "server/observe/caught.h"

namespace rowkeeper::exec {

void Executor::Start(std::shared_ptr<Work> work) {
  if (!SetOut(*work)) {
    Answer(*work, Cancelled());
    return EndAndStartNext(*work);
  }
  work->started = true;
  NoteStart(*work);
  if (!SendAhead(work)) HandOver(std::move(work));
}

bool Executor::SendAhead(const std::shared_ptr<Work>& work) {
  if (!work->is_one_statement || clock_.Now() >= work->deadline) return false;
  const observe::CallScope scope(work->context);  // whose statement it is; others execute it
  try {
    work->lease = pool_->TryAcquire();
    if (!work->lease.held()) return false;
    if (const auto* merged = std::get_if<std::shared_ptr<const MergedCalls>>(&work->task)) {
      if (!(*merged)->SendAhead(*work->lease, &work->cancellation)) return false;
      sent_ahead_.fetch_add(1, std::memory_order_relaxed);
      return AwaitInput(work);
    }
    const plan::Call& call = *CallOf(work->task);
    std::shared_ptr<const sql::Statement> main =
        work->main != nullptr ? work->main : work->runner().MainStatement(call);
    work->ahead = work->runner().SendAhead(call, std::move(main), *work->lease, &work->cancellation);
  } catch (const std::exception& error) {
    (void)observe::Caught("a statement that is sent ahead", NameOf(*work), error);
    return false;
  }
  if (work->ahead.statement == nullptr) return false;
  sent_ahead_.fetch_add(1, std::memory_order_relaxed);
  return AwaitInput(work);
}

bool Executor::AwaitInput(const std::shared_ptr<Work>& work) {
  work->self = work;
  if (answer_threads_->Await(work->lease->socket(), work.get())) return true;  // it may be over by now
  work->self.reset();
  return false;
}

void Executor::OnInput(Work& awaited) {
  std::shared_ptr<Work> work = std::move(awaited.self);
  const db::Arrival arrival = work->lease->ReadAhead();
  if (arrival == db::Arrival::kUnderWay && AwaitInput(work)) return;
  // To end a cancelled statement may take a while, whatever came of it.
  if (arrival != db::Arrival::kWhole || work->cancellation.cancelled()) return HandOver(std::move(work));
  absl::StatusOr<Outcome> result = TryWithoutWaiting(*work);
  if (!result.ok() && MayTryAgain(result.status())) {
    work->failed = result.status();
    return HandOver(std::move(work));
  }
  if (work->members.empty()) {
    Answer(*work, std::move(result));
    EndAndStartNext(*work);
  } else {  // PostgreSQL works on the next ones while these are answered
    NoteOutcome(work.get(), result.ok());
    EndAndStartNext(*work);
    Answer(*work, std::move(result));
  }
}

absl::StatusOr<Outcome> Executor::TryWithoutWaiting(Work& work) {
  const observe::CallScope scope(work.context);
  return TryOnce(work);
}

void Executor::HandOver(std::shared_ptr<Work> work) {
  const absl::MutexLock lock(&mutex_);
  handed_over_.push_back(std::move(work));
  WakeWorkers();
}

void Executor::EndAndStartNext(Work& work) {
  std::shared_ptr<Work> next;
  MergeLanes::Together together;
  CallQueue::Refusals refused;
  {
    const absl::MutexLock lock(&mutex_);
    together = NoteEnd(work);
    next = std::static_pointer_cast<Work>(queue_.Next(clock_.Now(), &refused));
    stats_.refused_total += refused.size();
    WakeWorkers();
  }
  Tell(refused);
  RunTogether(together);
  if (next != nullptr) Start(std::move(next));
}

}  // namespace rowkeeper::exec
