#include "server/exec/executor.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/db/reconnect_delays.h"
#include "server/exec/conflict.h"
#include "server/observe/caught.h"

namespace rowkeeper::exec {
namespace {

/// Each look goes over the whole queue, which may be long.
constexpr std::chrono::milliseconds kExpiryStep{50};

bool NothingExecuted(const absl::Status& status) { return ReasonOf(status) == Reason::kDatabaseUnavailable; }

}  // namespace

struct Executor::Ticket::Work : WaitingLine::Waiter {
  explicit Work(Done when_done) : done(std::move(when_done)) {}

  Task task;
  Clock::time_point deadline;
  Clock::time_point submitted;
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
      line_(options.workers),
      expiry_(timers, [this](Clock::time_point now) { return EndExpired(now); }, {kExpiryStep}) {
  for (int i = 0; i < options_.workers; ++i) threads_.emplace_back([this] { WorkerLoop(); });
}

Executor::~Executor() {
  std::vector<std::shared_ptr<WaitingLine::Waiter>> waiting;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    waiting = line_.RemoveIf([](const WaitingLine::Waiter&) { return true; });
    work_ready_.SignalAll();
  }
  for (const auto& waiter : waiting) static_cast<Work&>(*waiter).done(ShuttingDown());
  for (std::thread& thread : threads_) thread.join();
}

Executor::Ticket Executor::Submit(plan::Call call, Clock::time_point deadline, Done done,
                                  observe::CallContext* context) {
  const std::string_view entity = call.plan->entity->full_name;
  return Enqueue(std::move(call), entity, deadline, std::move(done), context);
}

Executor::Ticket Executor::Submit(Job job, std::string_view entity, Clock::time_point deadline, JobDone done,
                                  observe::CallContext* context) {
  return Enqueue(
      std::move(job), entity, deadline,
      [done = std::move(done)](const absl::StatusOr<Outcome>& outcome) { done(outcome.status()); }, context);
}

Executor::Ticket Executor::Enqueue(Task task, std::string_view group, Clock::time_point deadline, Done done,
                                   observe::CallContext* context) {
  auto work = std::make_shared<Work>(std::move(done));
  work->group = group;
  work->task = std::move(task);
  work->deadline = deadline;
  work->submitted = clock_.Now();
  work->context = context;
  Ticket ticket;
  ticket.executor_ = this;
  ticket.work_ = work;
  absl::Status refusal;
  bool waits = false;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) {
      refusal = ShuttingDown();
    } else if (line_.size() >= options_.queue_limit) {
      ++stats_.refused_total;
      refusal = LimitReached(Reason::kQueueFull, "calls waiting for a connection", Limit::kQueueLimit,
                             Cat(options_.queue_limit, " calls"));
    } else {
      line_.Add(work);
      const bool may_run = line_.HasNext();
      if (may_run && idle_workers_ > 0) work_ready_.Signal();
      waits = !may_run || line_.size() > idle_workers_;  // else a worker is about to take it
    }
  }
  if (waits) expiry_.RingBy(ExpiryOf(*work));
  if (!refusal.ok()) work->done(refusal);
  return ticket;
}

void Executor::Ticket::Cancel(db::Cancellation::Cause cause) {
  const std::shared_ptr<Work> work = work_.lock();
  if (work == nullptr) return;
  if (executor_->Withdraw(*work)) {
    work->NoteWaited(executor_->clock_.Now() - work->submitted);
    work->done(db::CancelledStatus(cause, "waiting for a connection"));
  } else {
    work->cancellation.Cancel(cause);
  }
}

bool Executor::Withdraw(Work& work) {
  absl::MutexLock lock(&mutex_);
  return line_.Remove(&work);
}

void Executor::WorkerLoop() {
  while (const std::shared_ptr<Work> work = AwaitWork()) {
    const Clock::duration waited = clock_.Now() - work->submitted;
    waits_.Record(waited);
    work->NoteWaited(waited);
    Execute(*work);
    absl::MutexLock lock(&mutex_);
    line_.Ended(*work);
  }
}

std::shared_ptr<Executor::Work> Executor::AwaitWork() {
  absl::MutexLock lock(&mutex_);
  std::shared_ptr<WaitingLine::Waiter> next = line_.Next();
  while (next == nullptr && !stopping_) {
    ++idle_workers_;
    work_ready_.Wait(&mutex_);
    --idle_workers_;
    next = line_.Next();
  }
  // Where a call has ended, more than one of those that were passed over may have their turn.
  if (idle_workers_ > 0 && line_.HasNext()) work_ready_.Signal();
  return std::static_pointer_cast<Work>(std::move(next));
}

void Executor::Execute(Work& work) {
  absl::StatusOr<Outcome> result = Perform(work);
  try {
    work.done(std::move(result));
  } catch (const std::exception& error) {
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

Clock::time_point Executor::ExpiryOf(const Work& work) const {
  return std::min(work.deadline, Later(work.submitted, options_.queue_timeout));
}

Clock::time_point Executor::EndExpired(Clock::time_point now) {
  std::vector<std::shared_ptr<WaitingLine::Waiter>> expired;
  Clock::time_point next = Clock::time_point::max();
  {
    absl::MutexLock lock(&mutex_);
    expired = line_.RemoveIf([&](const WaitingLine::Waiter& waiter) {
      const Clock::time_point expiry = ExpiryOf(static_cast<const Work&>(waiter));
      if (now < expiry) next = std::min(next, expiry);
      return now >= expiry;
    });
    stats_.refused_total += expired.size();
  }
  for (const auto& waiter : expired) {
    const Work& work = static_cast<const Work&>(*waiter);
    work.NoteWaited(now - work.submitted);
    work.done(now >= work.deadline ? DeadlineExceeded("waiting for a connection")
                                   : LimitReached(Reason::kPoolTimeout, "waiting for a connection", Limit::kPoolTimeout,
                                                  Cat(options_.queue_timeout.count(), " ms")));
  }
  return next;
}

ExecutorStats Executor::stats() const {
  absl::MutexLock lock(&mutex_);
  ExecutorStats stats = stats_;
  stats.queued = line_.size();
  stats.running = line_.running();
  return stats;
}

}  // namespace rowkeeper::exec
