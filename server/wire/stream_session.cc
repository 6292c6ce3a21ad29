#include "server/wire/stream_session.h"

#include <algorithm>
#include <utility>

#include "server/base/errors.h"
#include "server/base/stream_errors.h"
#include "server/base/text.h"
#include "server/wire/headers.h"

namespace rowkeeper::wire {
namespace {

/// A caller that does not read does not see its status either. It gets this long to come back for it.
constexpr std::chrono::seconds kStatusGrace{5};

/// No header that changes what a call does has a meaning for a stream.
absl::Status RefuseHeaders(const StreamRpc& rpc) {
  for (const auto& [name, value] : OwnHeaders(rpc)) {
    if (name == kUnitOfWorkHeader) {
      return InvalidHeader(name,
                           "a stream belongs to no unit of work: each message of an import is a transaction of its "
                           "own, and an export has a snapshot of its own; remove it");
    }
    return InvalidHeader(name, "has no meaning for a stream, and nothing was done; remove it");
  }
  if (!rpc.Header(kIdempotencyHeader).has_value()) return absl::OkStatus();
  return InvalidHeader(kIdempotencyHeader,
                       "has no meaning for a stream, which goes on from its last answer instead; remove it");
}

}  // namespace

StreamSession::StreamSession(const Of& of, StreamRpc rpc)
    : kind_(of.kind),
      backend_(*of.backend),
      serving_(*of.serving),
      rpc_(std::move(rpc)),
      caller_(rpc_.caller()),
      owner_(OwnerOf(rpc_.identity())),
      log_(of.method),
      start_(backend_.registry->clock().Now()) {
  if (log_.noting()) log_.NoteCaller(caller_.text());
  work_context_ = BeginCallContext(rpc_);
  log_.NoteContext(work_context_);
  work_context_.memory_owner = rpc_.memory_owner();
  work_context_.progress = rpc_.progress();
  rpc_.progress()->NoteStage(observe::CallProgress::Stage::kWaiting);
}

void StreamSession::Start() {
  absl::Status status = Admit();  // looks at headers, which are there until Finish
  rpc_.Observe(shared_from_this());
  if (!status.ok()) return End(status, 0);
  Note(Turn::kCaller);
  rpc_.Read();
}

absl::Status StreamSession::Admit() {
  if (absl::Status status = RefuseHeaders(rpc_); !status.ok()) return status;
  if (absl::Status status = CheckServed(); !status.ok()) return status;
  absl::Status status = backend_.registry->Admit(shared_from_this(), kind_);
  const absl::MutexLock lock(&mutex_);
  admitted_ = status.ok();
  return status;
}

void StreamSession::Note(Turn turn) {
  const Clock::time_point now = backend_.registry->clock().Now();
  {
    const absl::MutexLock lock(&mutex_);
    if (waiting_since_.has_value()) waited_ += now - *waiting_since_;
    waiting_since_.reset();
    if (turn == Turn::kCaller) waiting_since_ = now;
  }
  using Stage = observe::CallProgress::Stage;
  rpc_.progress()->NoteStage(turn == Turn::kCaller ? Stage::kWaitingForCaller : Stage::kRunning);
  if (turn == Turn::kCaller) backend_.registry->CheckBy(now + backend_.registry->limits().idle_limit);
}

Clock::time_point StreamSession::CheckIdle(Clock::time_point now) {
  const std::chrono::milliseconds limit = backend_.registry->limits().idle_limit;
  std::optional<Clock::time_point> idle_end, status_by;
  {
    const absl::MutexLock lock(&mutex_);
    if (ended_.has_value()) {
      status_by = *ended_ + kStatusGrace;
    } else if (waiting_since_.has_value()) {
      idle_end = *waiting_since_ + limit;
    }
  }
  if (idle_end.has_value() && now >= *idle_end) {
    const std::string value = limit.count() % 1000 == 0 ? Cat(limit.count() / 1000, " s") : Cat(limit.count(), " ms");
    Interrupt(StreamIdle(value, IdleRemedy()));
    return now + kStatusGrace;
  }
  if (status_by.has_value() && now >= *status_by) {
    rpc_.Abandon();
    return now + kStatusGrace;
  }
  return std::min(idle_end.value_or(Clock::time_point::max()), status_by.value_or(Clock::time_point::max()));
}

Clock::duration StreamSession::SlowFor(Clock::time_point now) const {
  const absl::MutexLock lock(&mutex_);
  if (ended_.has_value()) return Clock::duration::zero();
  const Clock::duration waited =
      waited_ + (waiting_since_.has_value() ? now - *waiting_since_ : Clock::duration::zero());
  const bool most_of_the_time = waited > (now - start_) * 4 / 5;
  return most_of_the_time ? waited : Clock::duration::zero();
}

void StreamSession::GiveUpPlace() { Interrupt(StreamGaveUpPlace(IdleRemedy())); }

void StreamSession::OnCancel(CancelCause cause) {
  switch (cause) {
    case CancelCause::kCaller:
      return Interrupt(Cancelled());
    case CancelCause::kDeadline:
      return Interrupt(DeadlineExceeded("the end of the stream"));
    case CancelCause::kShutdown:
      return Interrupt(ShuttingDown());
    case CancelCause::kOperator:
      return Interrupt(EndedByOperator());
  }
}

void StreamSession::StopWork(const absl::Status& interruption) {
  const bool late = interruption.code() == absl::StatusCode::kDeadlineExceeded;
  work_slot_.Cancel(late ? CancelCause::kDeadline : CancelCause::kCaller);
}

void StreamSession::OnDone() {
  bool admitted = false;
  {
    const absl::MutexLock lock(&mutex_);
    admitted = admitted_;
  }
  if (admitted) backend_.registry->Leave(this);
}

void StreamSession::End(const absl::Status& status, int64_t rows) {
  const Clock::time_point now = backend_.registry->clock().Now();
  bool admitted = false;
  {
    const absl::MutexLock lock(&mutex_);
    if (ended_.has_value()) return;
    ended_ = now;
    admitted = admitted_;
  }
  if (admitted) {
    backend_.registry->Release(*this, kind_);  // the caller may begin the next stream when it sees the end of this
    backend_.registry->CheckBy(now + kStatusGrace);
  }
  log_.Count(status, rpc_.elapsed());
  rpc_.Finish(status);
  log_.EndSpans(status, rows);
  const auto elapsed = rpc_.elapsed();
  if (log_.Wants(status, elapsed)) log_.Write(status, rows, elapsed);
}

}  // namespace rowkeeper::wire
