#include "unit_state.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

#include "backoff.h"
#include "errors.h"
#include "rowkeeper/client/error_details.h"

namespace rowkeeper::client::internal {
namespace {

using absl::StatusCode;

constexpr char kSequenceHeader[] = "rowkeeper-sequence";
constexpr char kIdempotencyHeader[] = "idempotency-key";

/// Between two sendings of the same call.
BackoffOptions Resending() {
  BackoffOptions options;
  options.initial = std::chrono::milliseconds(50);
  options.longest = std::chrono::milliseconds(1000);
  return options;
}

/// From now on, in gRPC's own time.
void SetTimeout(grpc::ClientContext* context, std::chrono::nanoseconds timeout) {
  context->set_deadline(std::chrono::system_clock::now() +
                        std::chrono::duration_cast<std::chrono::system_clock::duration>(timeout));
}

void AddOwnHeaders(grpc::ClientContext* context, const CallOptions& options) {
  for (const auto& [name, value] : options.metadata) context->AddMetadata(name, value);
  if (!options.idempotency_key.empty()) context->AddMetadata(kIdempotencyHeader, options.idempotency_key);
}

constexpr std::chrono::nanoseconds kShortestAttempt = std::chrono::milliseconds(20);

/// Sleeps for `time`, or less so that another attempt fits before `deadline`. False when none does.
bool Pause(std::chrono::nanoseconds time, Clock::time_point deadline, Clock* clock) {
  const std::chrono::nanoseconds left = deadline - clock->Now();
  if (left < kShortestAttempt) return false;
  clock->SleepFor(std::min(time, left / 2));
  return true;
}

/// Sleeps for all of `time`, which a server may have asked for. False when no other attempt fits before `deadline`.
bool WholePause(std::chrono::nanoseconds time, Clock::time_point deadline, Clock* clock) {
  if (time + kShortestAttempt > deadline - clock->Now()) return false;
  clock->SleepFor(time);
  return true;
}

/// The connection was lost before the server's answer came.
bool IsLost(const absl::Status& status) {
  return status.code() == StatusCode::kUnavailable && ReasonOf(status).empty();
}

/// What an answer to Commit says about the unit.
enum class Meaning {
  kCommitted,
  kRolledBack,
  /// The server cannot find out.
  kUnknown,
  /// The call was not executed.
  kRefused,
  /// Another call of the unit was running.
  kBusy,
  /// The call may have been executed, and nobody has said how it ended. Also what is not known here.
  kNoAnswer,
};

template <size_t count>
bool IsOneOf(const std::string& why, const char* const (&reasons)[count]) {
  return std::find(std::begin(reasons), std::end(reasons), why) != std::end(reasons);
}

/// With these the unit has ended for good, and not with a commit.
constexpr const char* kFinal[] = {
    reason::kUnitOfWorkExpired,  reason::kUnitOfWorkFailed, reason::kSerializationFailure, reason::kDeadlock,
    reason::kLockTimeout,        reason::kStatementTimeout, reason::kUniqueViolation,      reason::kReferenceViolation,
    reason::kTriggerRefused,     reason::kInvalidField,     reason::kDatabaseUnavailable,  reason::kDatabaseResources,
    reason::kDatabasePermission, reason::kSchemaMismatch};

/// With these this server has not executed Commit, which another one, or an earlier call, may have done.
constexpr const char* kNotTaken[] = {
    reason::kUnitOfWorkElsewhere, reason::kUnitOfWorkNotFound, reason::kShuttingDown,    reason::kInvalidHeader,
    reason::kMalformedRequest,    reason::kIdentityRequired,   reason::kTokenInvalid,    reason::kTokenExpired,
    reason::kMethodNotAllowed,    reason::kFeatureNotAllowed,  reason::kFieldNotAllowed, reason::kTenantRequired};

Meaning MeaningWithoutReason(StatusCode code) {
  switch (code) {
    case StatusCode::kPermissionDenied:
    case StatusCode::kUnauthenticated:
    case StatusCode::kUnimplemented:
      return Meaning::kRefused;
    default:
      return Meaning::kNoAnswer;
  }
}

Meaning MeaningOf(const absl::Status& status) {
  if (status.ok()) return Meaning::kCommitted;
  const ErrorDetails details = DetailsOf(status);
  const std::string& why = details.reason;
  if (details.domain != "rowkeeper") return MeaningWithoutReason(status.code());
  if (why == reason::kUnitOfWorkBusy) return Meaning::kBusy;
  if (why == reason::kCommitOutcomeUnknown) return Meaning::kUnknown;
  if (why == reason::kUnitOfWorkEnded) {
    const std::string outcome = details.Metadata("outcome");
    if (outcome == "COMMITTED") return Meaning::kCommitted;
    if (outcome == "UNKNOWN") return Meaning::kUnknown;
    return outcome == "ROLLED_BACK" ? Meaning::kRolledBack : Meaning::kNoAnswer;
  }
  if (IsOneOf(why, kFinal)) return Meaning::kRolledBack;
  return IsOneOf(why, kNotTaken) ? Meaning::kRefused : Meaning::kNoAnswer;
}

}  // namespace

absl::Status SendCall(const CallOptions& options, const Send& send) {
  return SendCall(options, send, &Clock::System());
}

absl::Status SendCall(const CallOptions& options, const Send& send, Clock* clock) {
  const bool may_repeat = options.lost_reply == CallOptions::LostReply::kSendAgain && !options.idempotency_key.empty();
  const auto deadline = clock->Now() + Clamped(options.timeout);
  Backoff backoff(Resending());
  while (true) {
    grpc::ClientContext context;
    AddOwnHeaders(&context, options);
    SetTimeout(&context, deadline - clock->Now());
    absl::Status status = ToAbslStatus(send(&context));
    const std::chrono::nanoseconds pause = backoff.Next(status);
    const bool open = IsLost(status) || ReasonOf(status) == reason::kCommitOutcomeUnknown;
    const bool again =
        WasNotTaken(status) ? WholePause(pause, deadline, clock) : may_repeat && open && Pause(pause, deadline, clock);
    if (!again) return status;
  }
}

UnitState::UnitState(std::unique_ptr<v1::UnitOfWork::Stub> stub, const UnitOfWorkOptions& options,
                     v1::BeginResponse begun, Clock* clock)
    : stub_(std::move(stub)), options_(options), begun_(std::move(begun)), clock_(*clock) {}

std::chrono::nanoseconds UnitState::TimeFor(Milliseconds timeout) const {
  return Within(options_.deadline, Clamped(timeout), clock_);
}

void UnitState::AddHeaders(grpc::ClientContext* context, const CallOptions& options, uint64_t sequence) const {
  AddOwnHeaders(context, options);
  context->AddMetadata(kHandleHeader, begun_.handle());
  if (sequence != 0) context->AddMetadata(kSequenceHeader, std::to_string(sequence));
}

absl::Status UnitState::SendCall(const CallOptions& options, const Send& send) {
  Sending sending = {TimeFor(options.timeout)};
  sending.again = options.lost_reply == CallOptions::LostReply::kSendAgain;
  return SendInUnit(sending, options, send);
}

absl::Status UnitState::SendInUnit(const Sending& sending, const CallOptions& options, const Send& send) {
  if (state_ != State::kOpen) return Ended();
  const uint64_t sequence = sending.again ? NextSequence() : 0;
  const auto deadline = clock_.Now() + sending.timeout;
  Backoff backoff(Resending());
  for (bool first = true;; first = false) {
    grpc::ClientContext context;
    AddHeaders(&context, options, sequence);
    SetTimeout(&context, deadline - clock_.Now());
    if (!sending.wait_for_ready) context.set_wait_for_ready(false);
    absl::Status status = ToAbslStatus(send(&context));
    // Busy then is the server with the first sending of the call.
    const bool open = IsLost(status) || (!first && ReasonOf(status) == reason::kUnitOfWorkBusy);
    const bool again = WasDropped(status) || (sending.again && open);
    if (!again || !Pause(backoff.Next(status), deadline, &clock_)) return status;
  }
}

absl::Status UnitState::Commit() {
  if (state_ != State::kOpen) return outcome_;
  if (!marks_.empty()) {
    return MakeError(StatusCode::kFailedPrecondition, reason::kSavepointOpen,
                     absl::StrCat("savepoint ", marks_.back().name,
                                  " is open, or could not be rolled back; release it or roll it back before Commit"),
                     id());
  }
  absl::Status outcome = AskToCommit();
  if (outcome.ok()) {
    End(State::kCommitted, std::move(outcome));
  } else if (ReasonOf(outcome) == reason::kCommitOutcomeUnknown) {
    End(State::kOutcomeUnknown, std::move(outcome));
  } else {
    End(State::kRolledBack, std::move(outcome));
    // Most errors of Commit have ended it, but not all.
    SendRollback(Clamped(options_.drop_timeout)).IgnoreError();
  }
  return outcome_;
}

absl::Status UnitState::AskToCommit() {
  const std::chrono::nanoseconds left = Within(options_.deadline, kLongestTime, clock_);
  if (left <= std::chrono::nanoseconds(0)) {
    return MakeError(StatusCode::kDeadlineExceeded, reason::kDeadlineExceeded,
                     "the deadline of the unit of work has passed before Commit, and nothing was committed", id());
  }
  // Commit is sent once, however short the times are.
  const auto deadline = clock_.Now() + std::min(left, std::max(Clamped(options_.commit_time), kShortestAttempt));
  Backoff backoff(Resending());
  bool perhaps_committed = false;
  while (true) {
    absl::Status answer = SendCommit(deadline - clock_.Now());
    const Meaning meaning = MeaningOf(answer);
    if (meaning == Meaning::kCommitted) return absl::OkStatus();
    if (meaning == Meaning::kUnknown) return OutcomeUnknown(answer);
    if (meaning == Meaning::kRolledBack || (meaning == Meaning::kRefused && !perhaps_committed)) return answer;
    if (meaning == Meaning::kNoAnswer) perhaps_committed = true;
    if (!Pause(backoff.Next(answer), deadline, &clock_)) return perhaps_committed ? OutcomeUnknown(answer) : answer;
  }
}

absl::Status UnitState::SendCommit(std::chrono::nanoseconds timeout) {
  grpc::ClientContext context;
  SetTimeout(&context, std::min(timeout, std::max(Clamped(options_.call_timeout), kShortestAttempt)));
  v1::CommitRequest request;
  request.set_handle(begun_.handle());
  v1::CommitResponse response;
  absl::Status answer = ToAbslStatus(stub_->Commit(&context, request, &response));
  if (!WasDropped(answer)) return answer;
  return MakeError(StatusCode::kUnavailable, reason::kShuttingDown, "the server stopped before it saw Commit", id());
}

absl::Status UnitState::OutcomeUnknown(const absl::Status& last) const {
  if (ReasonOf(last) == reason::kCommitOutcomeUnknown) return last;
  return MakeError(StatusCode::kUnknown, reason::kCommitOutcomeUnknown,
                   absl::StrCat("nobody can tell how Commit has ended (last answer: ",
                                last.ToString(absl::StatusToStringMode::kWithNoExtraData),
                                "); look whether the changes are there before making them again"),
                   id());
}

absl::Status UnitState::Rollback() {
  if (state_ == State::kRolledBack) return absl::OkStatus();
  if (state_ == State::kOutcomeUnknown) return outcome_;
  if (state_ == State::kCommitted) return Ended();
  End(State::kRolledBack, Ended());
  return SendRollback(Clamped(options_.call_timeout));
}

void UnitState::Drop() {
  if (state_ != State::kOpen) return;
  // A savepoint that could not be rolled back has had its share.
  const std::chrono::nanoseconds time = Clamped(options_.drop_timeout);
  const std::chrono::nanoseconds timeout = Doomed() ? time / kShareOfUnit : time;
  End(State::kRolledBack, Ended());
  SendRollback(timeout).IgnoreError();
}

absl::Status UnitState::SendRollback(std::chrono::nanoseconds timeout) {
  grpc::ClientContext context;
  SetTimeout(&context, timeout);
  context.set_wait_for_ready(false);
  v1::RollbackRequest request;
  request.set_handle(begun_.handle());
  v1::RollbackResponse response;
  return ToAbslStatus(stub_->Rollback(&context, request, &response));
}

absl::StatusOr<v1::UnitOfWorkInfo> UnitState::Get() {
  v1::GetRequest request;
  request.set_handle(begun_.handle());
  CallOptions call;
  call.timeout = std::chrono::ceil<Milliseconds>(TimeFor(options_.call_timeout));
  const auto sender = [&](const Send& send) { return internal::SendCall(call, send, &clock_); };
  auto response = CallThrough(sender, &v1::UnitOfWork::Stub::Get, stub_, request);
  if (!response.ok()) return response.status();
  return std::move(*response->mutable_unit_of_work());
}

absl::Status UnitState::Ended() const {
  return MakeError(StatusCode::kFailedPrecondition, reason::kUnitOfWorkEnded,
                   absl::StrCat("the unit of work ", id(), " was ",
                                state_ == State::kCommitted        ? "committed"
                                : state_ == State::kOutcomeUnknown ? "perhaps committed"
                                                                   : "rolled back or its Commit failed",
                                " and takes no more calls; begin a new one"),
                   id());
}

void UnitState::End(State state, absl::Status outcome) {
  state_ = state;
  outcome_ = std::move(outcome);
  marks_.clear();
}

}  // namespace rowkeeper::client::internal
