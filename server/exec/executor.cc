#include "server/exec/executor.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/db/reconnect_delays.h"
#include "server/exec/conflict.h"
#include "server/exec/executor_work.h"
#include "server/observe/caught.h"

namespace rowkeeper::exec {
namespace {

/// Calls that are late are told together.
constexpr std::chrono::milliseconds kExpiryStep{50};

CallQueueOptions ToQueueOptions(const ExecutorOptions& options) {
  return {options.workers, options.queue_limit, options.queue_timeout, options.queue_target, options.calls_per_caller};
}

/// They do not wait, so more of them than processors would be of no use.
int AnswerThreads(const ExecutorOptions& options) {
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, options.workers);
}

/// A statement that was given up may be running still, and would run on another connection just as long.
bool NothingExecuted(const absl::Status& status) {
  return ReasonOf(status) == Reason::kDatabaseUnavailable && !IsOverdue(status);
}

}  // namespace

Executor::Executor(ExecutorOptions options, const Runner* runner, db::Pool* pool, Timers* timers)
    : options_(options),
      runner_(runner),
      pool_(pool),
      clock_(timers->clock()),
      queue_(ToQueueOptions(options)),
      lanes_(options.lanes),
      expiry_(timers, [this](Clock::time_point now) { return EndExpired(now); }, {kExpiryStep}),
      overdue_(timers, [this](Clock::time_point now) { return RunOverdue(now); }),
      answer_threads_(std::make_unique<db::InputThreads>(AnswerThreads(options))) {
  try {
    for (int i = 0; i < options_.workers; ++i) threads_.emplace_back([this] { WorkerLoop(); });
  } catch (...) {
    Stop();
    throw;
  }
}

Executor::~Executor() { Stop(); }

void Executor::Stop() {
  std::vector<CallQueue::Shared> waiting;
  MergeLanes::Together in_lanes;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    waiting = queue_.Clear();
    in_lanes = MergeLanes::Release(lanes_.Clear());
    work_ready_.SignalAll();
  }
  for (const auto& call : in_lanes) {
    if (call != nullptr) Complete(static_cast<Work&>(*call), ShuttingDown());
  }
  for (const auto& waiter : waiting) {
    Complete(static_cast<Work&>(*waiter), ShuttingDown());
    LeaveLane(static_cast<Work&>(*waiter));
  }
  for (std::thread& thread : threads_) thread.join();
  answer_threads_.reset();
}

Executor::Ticket Executor::Submit(plan::Call call, const Terms& terms, Done done) {
  const std::string_view entity = call.plan->entity->full_name;
  return Enqueue(std::move(call), entity, terms, std::move(done));
}

Executor::Ticket Executor::Submit(const plan::Call* call, const Terms& terms, Done done) {
  return Enqueue(call, call->plan->entity->full_name, terms, std::move(done));
}

Executor::Ticket Executor::Submit(Job job, std::string_view entity, const Terms& terms, JobDone done) {
  return Enqueue(std::move(job), entity, terms,
                 [done = std::move(done)](const absl::StatusOr<Outcome>& outcome) { done(outcome.status()); });
}

const plan::Call* Executor::CallOf(const Task& task) {
  if (const auto* call = std::get_if<plan::Call>(&task)) return call;
  if (const auto* call = std::get_if<const plan::Call*>(&task)) return *call;
  const auto* merged = std::get_if<std::shared_ptr<const MergedCalls>>(&task);
  return merged == nullptr ? nullptr : &(*merged)->first();
}

Executor::Ticket Executor::Enqueue(Task task, std::string_view group, const Terms& terms, Done done) {
  auto work = std::make_shared<Work>(this, std::move(done));
  work->own_runner = terms.runner;
  work->group = group;
  if (const plan::Call* call = CallOf(task)) {
    work->is_one_statement = Runner::IsOneStatement(*call);
    // Others take as long as they have rows to write.
    if (work->is_one_statement || call->plan->reads_only()) work->kind = call->plan;
    if (options_.lanes.lanes > 0 && Runner::IsMergeable(*call, options_.lanes.calls)) {
      work->main = work->runner().MainStatement(*call);
      work->is_mergeable = work->main->id != 0;
      work->share = Runner::ShareOf(*call);
      work->lane = MergeLanes::LaneOf(work->main->id, work->share);
    }
  }
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
    if (work->is_mergeable && terms.context != nullptr && terms.context->memory_owner != nullptr) {
      work->account = terms.context->memory_owner->Account();
    }
    work->caller = work->account != nullptr ? work->account->caller() : terms.caller->Identify();
    Offer(work, &work->caller, &offered);
  }
  GoOn(std::move(work), offered);
  return ticket;
}

void Executor::GoOn(std::shared_ptr<Work> work, const Offered& offered) {
  if (offered.expiry != Clock::time_point::max()) expiry_.RingBy(offered.expiry);
  if (offered.overdue != Clock::time_point::max()) overdue_.RingBy(offered.overdue);
  if (offered.stopping) {
    Complete(*work, ShuttingDown());
    LeaveLane(*work);
  }
  Tell(offered.refused);
  if (offered.started) Start(std::move(work));
}

bool Executor::Offer(const std::shared_ptr<Work>& work, const CallerId* caller, Offered* offered) {
  static const CallerId nobody;
  absl::MutexLock lock(&mutex_);
  const bool any_runaway = options_.runaways != nullptr && options_.runaways->running() > 0;
  if (work->given > 0 && !BeginGiven(work)) {
    offered->unwanted = true;
    return true;
  }
  if (caller == nullptr && (any_runaway || queue_.LooksAtCaller(*work, free_workers()))) return false;
  offered->stopping = stopping_;
  if (stopping_) return true;
  if (any_runaway && caller != nullptr && !caller->text().empty()) {
    noted_runaway_ = true;
    queue_.NoteRunaway(*caller, options_.runaways->RunningOf(*caller));
  } else if (!any_runaway && noted_runaway_) {
    noted_runaway_ = false;
    queue_.NoteNoRunaway();
  }
  const Clock::time_point now = clock_.Now();
  // Where the database has room for it: else all callers have their turns.
  const bool finds_room = work->is_mergeable && !any_runaway && !queue_.LooksAtCaller(*work, free_workers());
  if (finds_room && caller == nullptr && lanes_.WouldWait(work->lane, now)) return false;
  if (finds_room && lanes_.Join(work->lane, work, now)) {
    work->queued_at = work->came_at = now;
    offered->overdue = MergeLanes::OverdueFrom(now);
    return true;
  }
  const bool waits = !queue_.StartsAtOnce(*work, free_workers());
  queue_.Admit(work, caller == nullptr ? nobody : *caller, free_workers(), now, &offered->refused);
  // It is the only one, so it is the next.
  if (!waits && work->is_one_statement && queue_.size() == 1 && offered->refused.empty()) {
    offered->started = queue_.Next(now, &offered->refused) != nullptr;
  }
  stats_.refused_total += offered->refused.size();
  WakeWorkers();
  if (waits) offered->expiry = queue_.ExpiryOf(*work);
  return true;
}

void Executor::Tell(const CallQueue::Refusals& refused) {
  for (const CallQueue::Refusal& refusal : refused) {
    Work& work = static_cast<Work&>(*refusal.waiter);
    work.NoteWaited(work.queued_at, clock_.Now());
    Complete(work, refusal.status);
    LeaveLane(work);
  }
}

void Executor::Ticket::Cancel(db::Cancellation::Cause cause) {
  const std::shared_ptr<Work> work = work_.lock();
  if (work == nullptr) return;
  Withdrawn withdrawn;
  if (executor_->Withdraw(*work, &withdrawn)) {
    if (!withdrawn.runs) work->NoteWaited(work->queued_at, executor_->clock_.Now());
    work->done(db::CancelledStatus(cause, withdrawn.runs ? "a statement ran" : "waiting for a connection"));
    executor_->LeaveLane(*work);
    if (withdrawn.unwanted != nullptr) withdrawn.unwanted->cancellation.Cancel(cause);
  } else {
    work->cancellation.Cancel(cause);
    if (withdrawn.unwanted != nullptr) withdrawn.unwanted->cancellation.Cancel(cause);
  }
}

bool Executor::Withdraw(Work& work, Withdrawn* withdrawn) {
  absl::MutexLock lock(&mutex_);
  return queue_.Withdraw(&work) || WithdrawFromLane(work, withdrawn);
}

void Executor::WakeWorkers() {
  if (idle_workers_ > 0 && (!handed_over_.empty() || queue_.HasNext())) work_ready_.Signal();
}

MergeLanes::Together Executor::NoteEnd(Work& work) {
  const Clock::time_point now = clock_.Now();
  queue_.Ended(work, now);
  if (stopping_ && queue_.running() == 0) work_ready_.SignalAll();
  return lanes_.Ended(&work, work.end, now);
}

void Executor::NoteStart(Work& work) {
  work.started_at = clock_.Now();
  if (!work.members.empty()) return;  // each of them has waited
  const Clock::time_point came_at = work.came_at == Clock::time_point() ? work.queued_at : work.came_at;
  waits_.Record(work.started_at - came_at);
  work.NoteWaited(came_at, work.started_at);
}

void Executor::WorkerLoop() {
  while (const std::shared_ptr<Work> work = AwaitWork()) {
    if (!work->started && !SetOut(*work)) {
      Answer(*work, Cancelled());
    } else {
      if (!std::exchange(work->started, true)) {
        NoteStart(*work);
        if (SendAhead(work)) continue;
      }
      Execute(*work);
    }
    MergeLanes::Together next;
    {
      absl::MutexLock lock(&mutex_);
      next = NoteEnd(*work);
    }
    RunTogether(next);
  }
}

std::shared_ptr<Executor::Work> Executor::TakeNext(CallQueue::Refusals* refused) {
  if (!handed_over_.empty()) {
    std::shared_ptr<Work> next = std::move(handed_over_.front());
    handed_over_.pop_front();
    return next;
  }
  CallQueue::Shared next = queue_.Next(clock_.Now(), refused);
  stats_.refused_total += refused->size();
  return std::static_pointer_cast<Work>(std::move(next));
}

std::shared_ptr<Executor::Work> Executor::AwaitWork() {
  while (true) {
    std::shared_ptr<Work> next;
    CallQueue::Refusals refused;
    {
      absl::MutexLock lock(&mutex_);
      next = TakeNext(&refused);
      // When the executor stops, what runs may need a worker yet.
      while (next == nullptr && refused.empty() && !(stopping_ && queue_.running() == 0)) {
        ++idle_workers_;
        work_ready_.Wait(&mutex_);
        --idle_workers_;
        next = TakeNext(&refused);
      }
      // Where a call has ended, more than one of those that were passed over may have their turn.
      WakeWorkers();
      if (next == nullptr && refused.empty()) return nullptr;
    }
    Tell(refused);
    if (next != nullptr) return next;
  }
}

void Executor::Execute(Work& work) { Answer(work, Perform(work)); }

void Executor::Complete(Work& work, absl::StatusOr<Outcome> result) {
  if (work.members.empty()) return work.done(std::move(result));
  Divide(work, result);
}

void Executor::Answer(Work& work, absl::StatusOr<Outcome> result) {
  try {
    Complete(work, std::move(result));
  } catch (const std::exception& error) {
    const observe::CallScope scope(work.context);
    (void)observe::Caught("a worker's answer", NameOf(work), error);  // what waits for the answer sees to itself
  }
}

absl::StatusOr<Outcome> Executor::Perform(Work& work) {
  const observe::CallScope scope(work.context);  // not of its completion, which may complete other calls, too
  absl::StatusOr<Outcome> result = work.failed.has_value() ? *work.failed : TryOnce(work);
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
  const plan::Call* call = CallOf(work.task);
  return call == nullptr ? "a job" : std::string_view(call->plan->full_name);
}

bool Executor::MayTryAgain(const absl::Status& status) { return IsConflict(status) || NothingExecuted(status); }

/// A statement that was provably not executed, or that a concurrent transaction undid, may run again as it is. Where no
/// connection could be had in the first place the caller is told at once.
bool Executor::TryAgain(const absl::Status& status, Work& work) {
  if (!MayTryAgain(status) || !work.members.empty()) return false;
  if (work.cancellation.cancelled() || clock_.Now() >= work.deadline) return false;
  if (IsConflict(status) && work.conflicts < options_.conflict_retries) {
    {
      absl::MutexLock lock(&mutex_);
      ++stats_.conflicts_retried_total;
    }
    SleepBeforeRetry(work.conflicts++, &clock_);
    return true;
  }
  if (IsConflict(status) || !work.connected || work.reconnects >= std::size(db::kReconnectDelays)) return false;
  clock_.SleepFor(db::kReconnectDelays[work.reconnects++]);
  return true;
}

absl::StatusOr<Outcome> Executor::Attempt(Work& work) {
  db::Lease lease = std::move(work.lease);
  const SentAhead ahead = std::exchange(work.ahead, SentAhead());
  if (!lease.held()) {
    Clock::duration waited{0};
    absl::StatusOr<db::Lease> acquired = pool_->Acquire({work.deadline, &work.cancellation, &waited});
    if (work.context != nullptr) work.context->NoteConnection(waited);
    if (!acquired.ok()) return acquired.status();
    lease = *std::move(acquired);
  }
  work.connected = true;
  if (const auto* merged = std::get_if<std::shared_ptr<const MergedCalls>>(&work.task)) {
    return AttemptTogether(work, **merged, *lease);
  }
  if (const plan::Call* call = CallOf(work.task)) {
    return work.runner().Run(*call, *lease, &work.cancellation, ahead);
  }
  absl::Status status = std::get<Job>(work.task)(*lease, &work.cancellation);
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

void Executor::Forget(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans,
                      const std::vector<std::shared_ptr<const sql::Statement>>& kept) {
  constexpr size_t kAtOnce = 64;  // calls wait for the lock
  for (size_t begin = 0; begin < std::max(plans.size(), kept.size()); begin += kAtOnce) {
    const absl::MutexLock lock(&mutex_);
    for (size_t i = begin; i < std::min(begin + kAtOnce, plans.size()); ++i) queue_.Forget(plans[i].get());
    for (size_t i = begin; i < std::min(begin + kAtOnce, kept.size()); ++i) lanes_.Forget(kept[i]->id);
  }
}

ExecutorStats Executor::stats() const {
  absl::MutexLock lock(&mutex_);
  ExecutorStats stats = stats_;
  stats.merge_halvings = lanes_.halvings();
  stats.queued = queue_.size() + lanes_.waiting();
  stats.running = queue_.running();
  stats.sent_ahead_total = sent_ahead_.load(std::memory_order_relaxed);
  return stats;
}

}  // namespace rowkeeper::exec
