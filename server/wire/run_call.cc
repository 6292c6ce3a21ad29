#include "server/wire/run_call.h"

#include <utility>

#include "server/base/errors.h"

namespace rowkeeper::wire {
namespace {

/// How often a run is executed again because its COMMIT was lost and had not happened.
constexpr int kMostReruns = 3;

}  // namespace

RunCall::RunCall(exec::Executor* executor, InDoubtRuns* in_doubt, std::shared_ptr<Exchange> exchange, Work work,
                 Done done)
    : executor_(executor),
      in_doubt_(in_doubt),
      exchange_(std::move(exchange)),
      work_(std::move(work)),
      done_(std::move(done)) {}

void RunCall::Start() {
  exchange_->call().OnCancel([self = shared_from_this()](CancelCause cause) { self->Interrupt(cause); });
  Submit();
}

void RunCall::Submit() {
  const auto job = [self = shared_from_this()](db::Connection& connection, db::Cancellation* cancellation) {
    CommitResult result = self->work_(connection, cancellation, &self->response_);
    self->point_ = std::move(result.in_doubt);
    return result.status;
  };
  exec::Executor::Ticket ticket =
      executor_->Submit(job, exchange_->call().deadline(),
                        [self = shared_from_this()](const absl::Status& status) { self->OnExecuted(status); });
  std::optional<CancelCause> interrupted;
  {
    const absl::MutexLock lock(&mutex_);
    ticket_ = ticket;
    interrupted = interrupted_;
  }
  if (interrupted.has_value()) ticket.Cancel(Exchange::ToDatabaseCause(*interrupted));
}

void RunCall::Interrupt(CancelCause cause) {
  exec::Executor::Ticket ticket;
  bool resolving = false;
  {
    const absl::MutexLock lock(&mutex_);
    interrupted_ = cause;
    ticket = ticket_;
    resolving = resolving_;
  }
  resolving ? Answer(CommitOutcomeUnknown()) : ticket.Cancel(Exchange::ToDatabaseCause(cause));
}

void RunCall::OnExecuted(const absl::Status& status) {
  if (!point_.has_value()) return Answer(status);
  bool interrupted = false;
  {
    const absl::MutexLock lock(&mutex_);
    resolving_ = true;
    interrupted = interrupted_.has_value();
  }
  if (interrupted) Answer(CommitOutcomeUnknown());
  // Also when nobody waits: a transaction whose COMMIT never arrived is ended so.
  in_doubt_->Resolve(*std::exchange(point_, std::nullopt),
                     [self = shared_from_this()](const absl::Status& outcome) { self->OnResolved(outcome); });
}

void RunCall::OnResolved(const absl::Status& status) {
  const bool not_committed = ReasonOf(status) == Reason::kDatabaseUnavailable;
  bool again = false;
  {
    const absl::MutexLock lock(&mutex_);
    again = not_committed && !interrupted_.has_value() && lookups_++ < kMostReruns;
    if (again) resolving_ = false;
  }
  again ? Submit() : Answer(status);
}

void RunCall::Answer(const absl::Status& status) {
  {
    const absl::MutexLock lock(&mutex_);
    if (std::exchange(answered_, true)) return;
  }
  done_(status.ok() ? absl::StatusOr<std::string>(std::move(response_)) : status);
}

}  // namespace rowkeeper::wire
