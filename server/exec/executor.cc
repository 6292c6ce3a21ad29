#include "server/exec/executor.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/db/reconnect_delays.h"
#include "server/exec/conflict.h"

namespace rowkeeper::exec {
namespace {

/// Each look goes over the whole queue, which may be long.
constexpr std::chrono::milliseconds kExpiryStep{50};

bool NothingExecuted(const absl::Status& status) { return ReasonOf(status) == Reason::kDatabaseUnavailable; }

}  // namespace

struct Executor::Ticket::Work {
  Task task;
  Clock::time_point deadline;
  Clock::time_point submitted;
  db::Cancellation cancellation;
  Done done;
  Queue::iterator position;
  bool queued = false;
  /// Of the worker that runs it.
  bool connected = false;
  size_t reconnects = 0;
  int conflicts = 0;
};

Executor::Executor(ExecutorOptions options, const Runner* runner, db::Pool* pool, Timers* timers)
    : options_(options),
      runner_(runner),
      pool_(pool),
      clock_(timers->clock()),
      expiry_(timers, [this](Clock::time_point now) { return EndExpired(now); }, {kExpiryStep}) {
  for (int i = 0; i < options_.workers; ++i) threads_.emplace_back([this] { WorkerLoop(); });
}

Executor::~Executor() {
  Queue waiting;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    waiting.swap(queue_);
    for (const auto& work : waiting) work->queued = false;
    work_ready_.SignalAll();
  }
  for (const auto& work : waiting) work->done(ShuttingDown());
  for (std::thread& thread : threads_) thread.join();
}

Executor::Ticket Executor::Submit(plan::Call call, Clock::time_point deadline, Done done) {
  return Enqueue(std::move(call), deadline, std::move(done));
}

Executor::Ticket Executor::Submit(Job job, Clock::time_point deadline, JobDone done) {
  return Enqueue(std::move(job), deadline,
                 [done = std::move(done)](const absl::StatusOr<Outcome>& outcome) { done(outcome.status()); });
}

Executor::Ticket Executor::Enqueue(Task task, Clock::time_point deadline, Done done) {
  auto work = std::make_shared<Work>();
  work->task = std::move(task);
  work->deadline = deadline;
  work->submitted = clock_.Now();
  work->done = std::move(done);
  Ticket ticket;
  ticket.executor_ = this;
  ticket.work_ = work;
  absl::Status refusal;
  bool waits = false;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) {
      refusal = ShuttingDown();
    } else if (static_cast<int>(queue_.size()) >= options_.queue_limit) {
      ++stats_.refused_total;
      refusal = LimitReached(Reason::kQueueFull, "calls waiting for a connection", Limit::kQueueLimit,
                             Cat(options_.queue_limit, " calls"));
    } else {
      work->position = queue_.insert(queue_.end(), work);
      work->queued = true;
      if (idle_workers_ > 0) work_ready_.Signal();
      waits = static_cast<int>(queue_.size()) > idle_workers_;  // else a worker is about to take it
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
    work->done(db::CancelledStatus(cause, "waiting for a connection"));
  } else {
    work->cancellation.Cancel(cause);
  }
}

bool Executor::Withdraw(Work& work) {
  absl::MutexLock lock(&mutex_);
  if (!work.queued) return false;
  work.queued = false;
  queue_.erase(work.position);
  return true;
}

void Executor::WorkerLoop() {
  while (true) {
    std::shared_ptr<Work> work;
    {
      absl::MutexLock lock(&mutex_);
      ++idle_workers_;
      while (queue_.empty() && !stopping_) work_ready_.Wait(&mutex_);
      --idle_workers_;
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
      work->queued = false;
      ++stats_.running;
    }
    waits_.Record(clock_.Now() - work->submitted);
    Execute(*work);
    absl::MutexLock lock(&mutex_);
    --stats_.running;
  }
}

void Executor::Execute(Work& work) {
  absl::StatusOr<Outcome> result = Attempt(work);
  while (!result.ok() && TryAgain(result.status(), work)) {
    {
      absl::MutexLock lock(&mutex_);
      ++stats_.retried_total;
    }
    result = Attempt(work);
  }
  work.done(std::move(result));
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
  absl::StatusOr<db::Lease> lease = pool_->Acquire({work.deadline, &work.cancellation});
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
  Queue expired;
  Clock::time_point next = Clock::time_point::max();
  {
    absl::MutexLock lock(&mutex_);
    for (auto it = queue_.begin(); it != queue_.end();) {
      const auto following = std::next(it);
      const Clock::time_point expiry = ExpiryOf(**it);
      if (now >= expiry) {
        (*it)->queued = false;
        expired.splice(expired.end(), queue_, it);
        ++stats_.refused_total;
      } else {
        next = std::min(next, expiry);
      }
      it = following;
    }
  }
  for (const auto& work : expired) {
    work->done(now >= work->deadline ? DeadlineExceeded("waiting for a connection")
                                     : LimitReached(Reason::kPoolTimeout, "waiting for a connection",
                                                    Limit::kPoolTimeout, Cat(options_.queue_timeout.count(), " ms")));
  }
  return next;
}

ExecutorStats Executor::stats() const {
  absl::MutexLock lock(&mutex_);
  ExecutorStats stats = stats_;
  stats.queued = static_cast<int>(queue_.size());
  return stats;
}

}  // namespace rowkeeper::exec
