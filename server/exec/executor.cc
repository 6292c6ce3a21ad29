#include "server/exec/executor.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/db/reconnect_delays.h"
#include "server/exec/conflict.h"
#include "server/observe/caught.h"

namespace rowkeeper::exec {
namespace {

/// Each look goes over the whole queue, which may be long.
constexpr std::chrono::milliseconds kExpiryStep{50};

CallQueueOptions ToQueueOptions(const ExecutorOptions& options) {
  return {options.workers, options.queue_limit, options.queue_timeout, options.queue_target, options.calls_per_caller};
}

/// A statement that was given up may be running still, and would run on another connection just as long.
bool NothingExecuted(const absl::Status& status) {
  return ReasonOf(status) == Reason::kDatabaseUnavailable && !IsOverdue(status);
}

}  // namespace

struct Executor::Ticket::Work : CallQueue::Waiter {
  explicit Work(Done when_done) : done(std::move(when_done)) {}

  Task task;
  db::Cancellation cancellation;
  const Done done;
  /// May be null.
  observe::CallContext* context = nullptr;
  /// Of the worker that runs it.
  bool connected = false;
  size_t reconnects = 0;
  int conflicts = 0;

  void NoteWaited(Clock::duration waited) const {
    if (context != nullptr) context->times.queue += waited;
  }
};

Executor::Executor(ExecutorOptions options, const Runner* runner, db::Pool* pool, Timers* timers)
    : options_(options),
      runner_(runner),
      pool_(pool),
      clock_(timers->clock()),
      queue_(ToQueueOptions(options)),
      expiry_(timers, [this](Clock::time_point now) { return EndExpired(now); }, {kExpiryStep}) {
  for (int i = 0; i < options_.workers; ++i) threads_.emplace_back([this] { WorkerLoop(); });
}

Executor::~Executor() {
  std::vector<CallQueue::Shared> waiting;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    waiting = queue_.Clear();
    work_ready_.SignalAll();
  }
  for (const auto& waiter : waiting) static_cast<Work&>(*waiter).done(ShuttingDown());
  for (std::thread& thread : threads_) thread.join();
}

Executor::Ticket Executor::Submit(plan::Call call, const Terms& terms, Done done) {
  const std::string_view entity = call.plan->entity->full_name;
  return Enqueue(std::move(call), entity, terms, std::move(done));
}

Executor::Ticket Executor::Submit(Job job, std::string_view entity, const Terms& terms, JobDone done) {
  return Enqueue(std::move(job), entity, terms,
                 [done = std::move(done)](const absl::StatusOr<Outcome>& outcome) { done(outcome.status()); });
}

Executor::Ticket Executor::Enqueue(Task task, std::string_view group, const Terms& terms, Done done) {
  auto work = std::make_shared<Work>(std::move(done));
  work->group = group;
  if (const auto* call = std::get_if<plan::Call>(&task)) work->kind = call->plan;
  work->task = std::move(task);
  work->deadline = terms.deadline;
  work->duration = terms.duration;
  work->context = terms.context;
  Ticket ticket;
  ticket.executor_ = this;
  ticket.work_ = work;
  Offered offered;
  const CallerId server;
  if (!Offer(work, terms.caller == nullptr ? &server : nullptr, &offered)) {
    const CallerId caller = terms.caller->Identify();
    Offer(work, &caller, &offered);
  }
  if (offered.expiry != Clock::time_point::max()) expiry_.RingBy(offered.expiry);
  if (offered.stopping) work->done(ShuttingDown());
  Tell(offered.refused);
  return ticket;
}

bool Executor::Offer(const std::shared_ptr<Work>& work, const CallerId* caller, Offered* offered) {
  static const CallerId nobody;
  absl::MutexLock lock(&mutex_);
  if (caller == nullptr && queue_.LooksAtCaller(*work, idle_workers_)) return false;
  offered->stopping = stopping_;
  if (stopping_) return true;
  const bool waits = !queue_.StartsAtOnce(*work, idle_workers_);
  queue_.Admit(work, caller == nullptr ? nobody : *caller, idle_workers_, clock_.Now(), &offered->refused);
  stats_.refused_total += offered->refused.size();
  if (idle_workers_ > 0 && queue_.HasNext()) work_ready_.Signal();
  if (waits) offered->expiry = queue_.ExpiryOf(*work);
  return true;
}

void Executor::Tell(const CallQueue::Refusals& refused) {
  for (const CallQueue::Refusal& refusal : refused) {
    const Work& work = static_cast<const Work&>(*refusal.waiter);
    work.NoteWaited(clock_.Now() - work.queued_at);
    work.done(refusal.status);
  }
}

void Executor::Ticket::Cancel(db::Cancellation::Cause cause) {
  const std::shared_ptr<Work> work = work_.lock();
  if (work == nullptr) return;
  if (executor_->Withdraw(*work)) {
    work->NoteWaited(executor_->clock_.Now() - work->queued_at);
    work->done(db::CancelledStatus(cause, "waiting for a connection"));
  } else {
    work->cancellation.Cancel(cause);
  }
}

bool Executor::Withdraw(Work& work) {
  absl::MutexLock lock(&mutex_);
  return queue_.Withdraw(&work);
}

void Executor::WorkerLoop() {
  while (const std::shared_ptr<Work> work = AwaitWork()) {
    const Clock::duration waited = clock_.Now() - work->queued_at;
    waits_.Record(waited);
    work->NoteWaited(waited);
    Execute(*work);
    absl::MutexLock lock(&mutex_);
    queue_.Ended(*work, clock_.Now());
  }
}

std::shared_ptr<Executor::Work> Executor::AwaitWork() {
  while (true) {
    CallQueue::Shared next;
    CallQueue::Refusals refused;
    {
      absl::MutexLock lock(&mutex_);
      next = queue_.Next(clock_.Now(), &refused);
      while (next == nullptr && refused.empty() && !stopping_) {
        ++idle_workers_;
        work_ready_.Wait(&mutex_);
        --idle_workers_;
        next = queue_.Next(clock_.Now(), &refused);
      }
      stats_.refused_total += refused.size();
      // Where a call has ended, more than one of those that were passed over may have their turn.
      if (idle_workers_ > 0 && queue_.HasNext()) work_ready_.Signal();
      if (next == nullptr && refused.empty()) return nullptr;
    }
    Tell(refused);
    if (next != nullptr) return std::static_pointer_cast<Work>(std::move(next));
  }
}

void Executor::Execute(Work& work) {
  absl::StatusOr<Outcome> result = Perform(work);
  try {
    work.done(std::move(result));
  } catch (const std::exception& error) {
    const observe::CallScope scope(work.context);
    (void)observe::Caught("a worker's answer", NameOf(work), error);  // what waits for the answer sees to itself
  }
}

absl::StatusOr<Outcome> Executor::Perform(Work& work) {
  const observe::CallScope scope(work.context);  // not of its completion, which may complete other calls, too
  absl::StatusOr<Outcome> result = TryOnce(work);
  while (!result.ok() && TryAgain(result.status(), work)) {
    {
      absl::MutexLock lock(&mutex_);
      ++stats_.retried_total;
    }
    result = TryOnce(work);
  }
  return result;
}

/// The lease is given back on the way: a transaction that was open is rolled back.
absl::StatusOr<Outcome> Executor::TryOnce(Work& work) {
  try {
    return Attempt(work);
  } catch (const std::exception& error) {
    return observe::Caught("a worker", NameOf(work), error);
  }
}

std::string_view Executor::NameOf(const Work& work) {
  const auto* call = std::get_if<plan::Call>(&work.task);
  return call == nullptr ? "a job" : std::string_view(call->plan->full_name);
}

/// A statement that was provably not executed, or that a concurrent transaction undid, may run again as it is. Where no
/// connection could be had in the first place the caller is told at once.
bool Executor::TryAgain(const absl::Status& status, Work& work) {
  if (work.cancellation.cancelled() || clock_.Now() >= work.deadline) return false;
  if (IsConflict(status) && work.conflicts < options_.conflict_retries) {
    {
      absl::MutexLock lock(&mutex_);
      ++stats_.conflicts_retried_total;
    }
    SleepBeforeRetry(work.conflicts++, &clock_);
    return true;
  }
  if (!NothingExecuted(status) || !work.connected || work.reconnects >= std::size(db::kReconnectDelays)) return false;
  clock_.SleepFor(db::kReconnectDelays[work.reconnects++]);
  return true;
}

absl::StatusOr<Outcome> Executor::Attempt(Work& work) {
  Clock::duration waited{0};
  absl::StatusOr<db::Lease> lease = pool_->Acquire({work.deadline, &work.cancellation, &waited});
  if (work.context != nullptr) work.context->times.connection += waited;
  if (!lease.ok()) return lease.status();
  work.connected = true;
  if (const auto* call = std::get_if<plan::Call>(&work.task)) return runner_->Run(*call, **lease, &work.cancellation);
  absl::Status status = std::get<Job>(work.task)(**lease, &work.cancellation);
  if (!status.ok()) return status;
  return Outcome{};
}

Clock::time_point Executor::EndExpired(Clock::time_point now) {
  CallQueue::Refusals expired;
  Clock::time_point next;
  {
    absl::MutexLock lock(&mutex_);
    next = queue_.Expire(now, &expired);
    stats_.refused_total += expired.size();
  }
  Tell(expired);
  return next;
}

ExecutorStats Executor::stats() const {
  absl::MutexLock lock(&mutex_);
  ExecutorStats stats = stats_;
  stats.queued = queue_.size();
  stats.running = queue_.running();
  return stats;
}

}  // namespace rowkeeper::exec
