#include "server/uow/unit.h"

#include <algorithm>
#include <utility>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/base/unit_of_work_errors.h"

namespace rowkeeper::uow {
namespace {

using Kind = UnitTask::Kind;

/// How many more may wait to commit the unit, and how many more on top of that to roll it back.
constexpr int kMoreToCommit = 16;
constexpr int kMoreToRollBack = 16;
constexpr char kWaitingForCalls[] = "waiting for other calls of the unit of work";

/// Commit gives the outcome, Rollback is content with any end.
Unit::Result AnswerAfterEnd(const EndedUnit& ended, const UnitTask& task) {
  if (task.request.kind == Kind::kRollback) return std::string();
  if (task.request.kind != Kind::kCommit) return LateCall(ended);
  if (!ended.outcome.ok()) return ended.outcome;
  return std::string();
}

/// Rollback is wanted even by a caller who does not stay to hear of it.
Clock::time_point LateBy(const UnitTask& task) {
  return task.request.kind == Kind::kRollback ? Clock::time_point::max() : task.request.options.deadline;
}

int RoomFor(Kind kind, int waiting_calls) {
  if (kind == Kind::kCommit) return waiting_calls + kMoreToCommit;
  if (kind == Kind::kRollback) return waiting_calls + kMoreToCommit + kMoreToRollBack;
  return waiting_calls;
}

bool IsResendOf(const UnitTask& task, const UnitTask& running) {
  return task.request.options.sequence && task.request.options.sequence == running.request.options.sequence;
}

UnitInfo::Time WallTime(const Clock& clock, Clock::time_point time) {
  return clock.WallNow() + std::chrono::duration_cast<UnitInfo::Time::duration>(time - clock.Now());
}

}  // namespace

Unit::Unit(std::string secret, UnitInfo info, const Options& options, Clock* clock, db::Lease lease)
    : secret_(std::move(secret)),
      description_(std::move(info)),
      options_(options),
      clock_(*clock),
      lease_(std::move(lease)),
      times_(options.limits, clock->Now()),
      savepoints_(options.savepoints),
      results_(options.kept) {}

Unit::Work Unit::Admit(std::shared_ptr<UnitTask> task) {
  Work work;
  const absl::MutexLock lock(&mu_);
  const int limit = RoomFor(task->request.kind, options_.waiting_calls);
  if (busy() && waiting_.size() >= static_cast<size_t>(limit)) {
    work.answers.push_back({std::move(task), UnitOfWorkBusy(Limit::kUnitWaitingCalls, Cat(options_.waiting_calls))});
    return work;
  }
  task->queued_at = clock_.Now();
  if (task->request.kind == Kind::kRollback) {
    waiting_.push_front(std::move(task));
    if (running_ != nullptr && !running_->ends_unit()) running_->Stop(db::Cancellation::Cause::kCaller);
  } else {
    waiting_.push_back(std::move(task));
  }
  if (!busy()) TakeNext(&work);
  work.tick_by = NextDue();
  return work;
}

Unit::Work Unit::Closed() {
  Work work;
  const absl::MutexLock lock(&mu_);
  closing_ = false;
  TakeNext(&work);
  work.tick_by = NextDue();
  return work;
}

void Unit::TakeNext(Work* work) {
  running_ = nullptr;
  while (!waiting_.empty()) {
    std::shared_ptr<UnitTask> task = std::move(waiting_.front());
    waiting_.pop_front();
    if (auto answer = AnswerAtOnce(task.get())) {
      work->answers.push_back({std::move(task), *std::move(answer)});
      continue;
    }
    running_ = task;
    work->next = std::move(task);
    return;
  }
  times_.Touch(clock_.Now());
}

std::optional<Unit::Result> Unit::AnswerAtOnce(UnitTask* task) {
  const UnitsOfWork::StepOptions& options = task->request.options;
  if (ended_ != nullptr) return AnswerAfterEnd(*ended_, *task);
  if (clock_.Now() >= LateBy(*task)) return DeadlineExceeded(kWaitingForCalls);
  if (options.sequence) {
    if (auto kept = results_.Answer(*options.sequence, options.fingerprint)) return kept;
  }
  absl::Status refusal;
  switch (task->request.kind) {
    case Kind::kStep:
      refusal = PrepareStep(*task);
      break;
    case Kind::kSavepoint:
    case Kind::kRollbackTo:
    case Kind::kRelease:
      refusal = PrepareSavepoint(task);
      break;
    case Kind::kCommit:
      PrepareCommit(task);
      break;
    case Kind::kRollback:
      break;
  }
  if (!refusal.ok()) return refusal;
  return std::nullopt;
}

absl::Status Unit::PrepareStep(const UnitTask& task) {
  if (state_ == UnitState::kFailed) return Failed();
  if (task.request.step.effect == db::Query::Effect::kWrite) {
    if (description_.mode.read_only) return UnitOfWorkReadOnly(task.request.step.name);
    wrote_ = Transaction::Wrote::kPerhaps;
  }
  return absl::OkStatus();
}

absl::Status Unit::PrepareSavepoint(UnitTask* task) {
  if (state_ == UnitState::kFailed && task->request.kind != Kind::kRollbackTo) return Failed();
  auto savepoint = task->request.kind == Kind::kSavepoint ? savepoints_.Next(task->request.savepoint)
                                                          : savepoints_.Find(task->request.savepoint);
  if (!savepoint.ok()) return savepoint.status();
  task->orders.savepoint = *std::move(savepoint);
  return absl::OkStatus();
}

void Unit::PrepareCommit(UnitTask* task) {
  task->orders.wrote = wrote_;
  if (state_ == UnitState::kFailed) {
    task->orders.refusal = UnitOfWorkFailed(failure_, "it was rolled back; run the whole unit of work again");
  } else {
    state_ = UnitState::kCommitting;
  }
}

absl::Status Unit::Failed() const {
  return UnitOfWorkFailed(failure_, "only RollbackTo a savepoint or Rollback help now");
}

Unit::Work Unit::Finish(Completion completion) {
  Work work;
  const absl::MutexLock lock(&mu_);
  const std::shared_ptr<UnitTask> task = running_;
  if (const std::optional<Ending> ending = EndingOf(completion)) {
    if (completion.executed) ++calls_;
    End(*ending, &work);
    completion.result = AnswerAfterEnd(*ended_, *task);
  } else if (completion.executed) {
    Record(*task, completion);
  }
  work.answers.push_back({task, std::move(completion.result)});
  TakeNext(&work);
  work.tick_by = NextDue();
  return work;
}

std::optional<Ending> Unit::EndingOf(const Completion& completion) const {
  if (completion.ending) return completion.ending;
  EndCause cause = end_requested_;
  if (cause == EndCause::kNone && completion.lost) cause = EndCause::kConnectionLost;
  if (cause == EndCause::kNone) return std::nullopt;
  return Ending{UnitState::kRolledBack, cause, absl::OkStatus()};
}

void Unit::Record(const UnitTask& task, const Completion& completion) {
  ++calls_;
  if (const auto& sequence = task.request.options.sequence) {
    results_.Keep(*sequence, task.request.options.fingerprint, completion.result);
  }
  if (completion.failed) {
    if (state_ == UnitState::kOpen) {
      failure_ =
          completion.result.ok() ? Internal("a statement failed and was not reported") : completion.result.status();
    }
    state_ = UnitState::kFailed;
    return;
  }
  state_ = UnitState::kOpen;
  failure_ = absl::OkStatus();
  if (!completion.result.ok()) return;
  const SavepointStack::Savepoint& savepoint = task.orders.savepoint;
  if (task.request.kind == Kind::kSavepoint) savepoints_.Push(savepoint);
  if (task.request.kind == Kind::kRollbackTo) savepoints_.RollBackTo(savepoint.number);
  if (task.request.kind == Kind::kRelease) savepoints_.Release(savepoint.number);
}

void Unit::End(const Ending& ending, Work* work) {
  UnitInfo info = InfoNow();
  info.idle_since.reset();
  if (!ending.outcome.ok() && info.failure.empty()) info.failure = std::string(ending.outcome.message());
  ended_ = std::make_shared<const EndedUnit>(
      MakeEnded(std::move(info), ending, times_.Explain(ending.cause), clock_.WallNow()));
  state_ = ending.state;
  results_.Clear();
  closing_ = true;
  work->over = true;
}

Unit::Work Unit::Tick(Clock::time_point now, Check check) {
  Work work;
  const absl::MutexLock lock(&mu_);
  if (ended_ != nullptr) return work;
  ExpireWaiting(now, &work);
  if (times_.TotalPassed(now)) {
    (void)EndOrStop(EndCause::kTotalLimit, &work);
  } else if (running_ != nullptr) {
    if (now >= running_->request.options.deadline && !running_->ends_unit()) {
      running_->Stop(db::Cancellation::Cause::kDeadline);
    }
  } else if (times_.IdlePassed(now)) {
    (void)EndOrStop(EndCause::kIdleLimit, &work);
  } else if (check == Check::kClockAndConnection && !(*lease_)->SocketLooksAlive()) {
    (void)EndOrStop(EndCause::kConnectionLost, &work);
  }
  work.tick_by = NextDue();
  return work;
}

Unit::Work Unit::RequestEnd(EndCause cause) {
  Work work;
  const absl::MutexLock lock(&mu_);
  if (ended_ == nullptr) work.effect = EndOrStop(cause, &work);
  work.tick_by = NextDue();
  return work;
}

Clock::time_point Unit::TickBy() const {
  const absl::MutexLock lock(&mu_);
  return NextDue();
}

/// What Tick has done once is not due again.
Clock::time_point Unit::NextDue() const {
  if (ended_ != nullptr) return Clock::time_point::max();
  if (running_ == nullptr) return std::min(times_.total_end(), times_.idle_end());
  Clock::time_point due = Clock::time_point::max();
  if (!running_->ends_unit()) {
    if (end_requested_ == EndCause::kNone) due = times_.total_end();
    if (!running_->cancellation.cancelled()) due = std::min(due, running_->request.options.deadline);
  }
  for (const auto& task : waiting_) due = std::min({due, LateBy(*task), BusyBy(*task)});
  return due;
}

Unit::EndEffect Unit::EndOrStop(EndCause cause, Work* work) {
  if (running_ == nullptr) {
    End({UnitState::kRolledBack, cause, absl::OkStatus()}, work);
    return EndEffect::kEnds;
  }
  if (running_->ends_unit()) return state_ == UnitState::kCommitting ? EndEffect::kCommits : EndEffect::kNone;
  if (end_requested_ != EndCause::kNone) return EndEffect::kNone;
  end_requested_ = cause;
  running_->Stop(db::Cancellation::Cause::kDeadline);
  return EndEffect::kEnds;
}

void Unit::ExpireWaiting(Clock::time_point now, Work* work) {
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    const bool late = now >= LateBy(**it);
    if (!late && now < BusyBy(**it)) {
      ++it;
      continue;
    }
    absl::Status status = late ? DeadlineExceeded(kWaitingForCalls)
                               : UnitOfWorkBusy(Limit::kUnitBusyWait, Cat(options_.busy_wait.count(), " ms"));
    work->answers.push_back({std::move(*it), std::move(status)});
    it = waiting_.erase(it);
  }
}

/// Who waits for a Commit waits for its outcome: nothing else would be true. A call that is sent again waits for the
/// first one's result. And a Rollback has stopped what runs.
Clock::time_point Unit::BusyBy(const UnitTask& task) const {
  const bool waits_for_ever = running_ == nullptr || task.request.kind == Kind::kRollback ||
                              running_->request.kind == Kind::kCommit || IsResendOf(task, *running_);
  return waits_for_ever ? Clock::time_point::max() : task.queued_at + options_.busy_wait;
}

bool Unit::Withdraw(const UnitTask& task) {
  const absl::MutexLock lock(&mu_);
  const auto found =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& waiting) { return waiting.get() == &task; });
  if (found == waiting_.end()) return false;
  waiting_.erase(found);
  return true;
}

UnitInfo Unit::Info() const {
  const absl::MutexLock lock(&mu_);
  return ended_ != nullptr ? ended_->info : InfoNow();
}

UnitInfo Unit::InfoNow() const {
  UnitInfo info = description_;
  info.state = state_;
  const bool runs = running_ != nullptr;
  info.expire_time =
      runs ? info.total_expire_time : std::min(info.total_expire_time, WallTime(clock_, times_.idle_end()));
  info.savepoints = savepoints_.Names();
  info.calls = calls_;
  if (runs) {
    info.running = running_->request.step.name;
  } else {
    info.idle_since = WallTime(clock_, times_.idle_since());
  }
  info.failure = std::string(failure_.message());
  return info;
}

std::shared_ptr<const EndedUnit> Unit::ended() const {
  const absl::MutexLock lock(&mu_);
  return ended_;
}

}  // namespace rowkeeper::uow
