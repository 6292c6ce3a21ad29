#include "unit_state.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "backoff.h"
#include "errors.h"
#include "rowkeeper/client/error_details.h"

namespace rowkeeper::client::internal {
namespace {

using Clock = std::chrono::steady_clock;
using absl::StatusCode;

constexpr char kSequenceHeader[] = "rowkeeper-sequence";

/// Between two sendings of the same call.
BackoffOptions Resending() {
  BackoffOptions options;
  options.initial = std::chrono::milliseconds(50);
  options.longest = std::chrono::milliseconds(1000);
  return options;
}

void SetTimeout(grpc::ClientContext* context, std::chrono::nanoseconds timeout) {
  context->set_deadline(std::chrono::system_clock::now() +
                        std::chrono::duration_cast<std::chrono::system_clock::duration>(timeout));
}

/// Sleeps for `time`, or less so that another attempt fits before `deadline`. False when none does.
bool Pause(std::chrono::nanoseconds time, Clock::time_point deadline) {
  constexpr std::chrono::milliseconds kShortestAttempt{20};
  const std::chrono::nanoseconds left = deadline - Clock::now();
  if (left < kShortestAttempt) return false;
  std::this_thread::sleep_for(std::min(time, left / 2));
  return true;
}

/// The connection was lost before the server's answer came.
bool IsLost(const absl::Status& status) {
  return status.code() == StatusCode::kUnavailable && ReasonOf(status).empty();
}

/// What an answer to Commit says about the unit.
enum class Meaning {
  kCommitted,
  /// It was rolled back, or nobody can find out.
  kDecided,
  /// This server does not take the call.
  kRefused,
  /// Another call of the unit was running.
  kBusy,
  /// The call may have been executed, and its answer is not known.
  kNoAnswer,
};

Meaning MeaningWithoutReason(StatusCode code) {
  switch (code) {
    case StatusCode::kUnavailable:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kCancelled:
    case StatusCode::kUnknown:
    case StatusCode::kInternal:
    case StatusCode::kAborted:
    case StatusCode::kResourceExhausted:
      return Meaning::kNoAnswer;
    default:
      return Meaning::kRefused;
  }
}

Meaning MeaningOf(const absl::Status& status) {
  if (status.ok()) return Meaning::kCommitted;
  const ErrorDetails details = DetailsOf(status);
  const std::string& why = details.reason;
  if (details.domain != "rowkeeper") return MeaningWithoutReason(status.code());
  if (why == reason::kUnitOfWorkBusy) return Meaning::kBusy;
  if (why == "DEADLINE_EXCEEDED" || why == "CANCELLED" || why == "INTERNAL") return Meaning::kNoAnswer;
  if (why == reason::kUnitOfWorkElsewhere || why == "UNIT_OF_WORK_NOT_FOUND" || why == "SHUTTING_DOWN" ||
      why == "INVALID_HEADER") {
    return Meaning::kRefused;
  }
  if (why == reason::kUnitOfWorkEnded && details.Metadata("outcome") == "COMMITTED") return Meaning::kCommitted;
  return Meaning::kDecided;
}

}  // namespace

absl::Status SendCall(const CallOptions& options, const Send& send) {
  grpc::ClientContext context;
  for (const auto& [name, value] : options.metadata) context.AddMetadata(name, value);
  SetTimeout(&context, options.timeout);
  return ToAbslStatus(send(&context));
}

UnitState::UnitState(std::unique_ptr<v1::UnitOfWork::Stub> stub, const UnitOfWorkOptions& options,
                     v1::BeginResponse begun)
    : stub_(std::move(stub)), options_(options), begun_(std::move(begun)) {}

void UnitState::AddHeaders(grpc::ClientContext* context, const CallOptions& options, uint64_t sequence) const {
  for (const auto& [name, value] : options.metadata) context->AddMetadata(name, value);
  context->AddMetadata(kHandleHeader, begun_.handle());
  if (sequence != 0) context->AddMetadata(kSequenceHeader, std::to_string(sequence));
}

absl::Status UnitState::SendCall(const CallOptions& options, const Send& send) {
  if (state_ != State::kOpen) return Ended();
  const bool numbered = options.lost_reply == CallOptions::LostReply::kSendAgain;
  const uint64_t sequence = numbered ? NextSequence() : 0;
  const auto deadline = Clock::now() + options.timeout;
  Backoff backoff(Resending());
  for (bool first = true;; first = false) {
    grpc::ClientContext context;
    AddHeaders(&context, options, sequence);
    SetTimeout(&context, deadline - Clock::now());
    absl::Status status = ToAbslStatus(send(&context));
    // Busy then is the server with the first sending of the call.
    const bool again = IsLost(status) || (!first && ReasonOf(status) == reason::kUnitOfWorkBusy);
    if (!numbered || !again || !Pause(backoff.Next(status), deadline)) return status;
  }
}

absl::Status UnitState::Commit() {
  if (state_ != State::kOpen) return outcome_;
  if (!marks_.empty()) {
    return MakeError(StatusCode::kFailedPrecondition, "SAVEPOINT_OPEN",
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
    SendRollback(options_.drop_timeout).IgnoreError();
  }
  return outcome_;
}

absl::Status UnitState::AskToCommit() {
  const auto deadline = Clock::now() + options_.commit_time;
  Backoff backoff(Resending());
  bool perhaps_committed = false;
  while (true) {
    absl::Status answer = SendCommit(deadline - Clock::now());
    const Meaning meaning = MeaningOf(answer);
    if (meaning == Meaning::kCommitted) return absl::OkStatus();
    if (meaning == Meaning::kDecided || (meaning == Meaning::kRefused && !perhaps_committed)) return answer;
    if (meaning == Meaning::kNoAnswer) perhaps_committed = true;
    if (!Pause(backoff.Next(answer), deadline)) return perhaps_committed ? OutcomeUnknown(answer) : answer;
  }
}

absl::Status UnitState::SendCommit(std::chrono::nanoseconds timeout) {
  grpc::ClientContext context;
  SetTimeout(&context, std::min<std::chrono::nanoseconds>(timeout, options_.call_timeout));
  v1::CommitRequest request;
  request.set_handle(begun_.handle());
  v1::CommitResponse response;
  return ToAbslStatus(stub_->Commit(&context, request, &response));
}

absl::Status UnitState::OutcomeUnknown(const absl::Status& last) const {
  return MakeError(
      StatusCode::kUnknown, reason::kCommitOutcomeUnknown,
      absl::StrCat("the answer to Commit was lost, and asking for ", options_.commit_time.count(),
                   " ms did not bring it (last: ", last.ToString(absl::StatusToStringMode::kWithNoExtraData),
                   "); look whether the changes are there before making them again"),
      id());
}

absl::Status UnitState::Rollback(Milliseconds timeout) {
  if (state_ == State::kRolledBack) return absl::OkStatus();
  if (state_ == State::kOutcomeUnknown) return outcome_;
  if (state_ == State::kCommitted) return Ended();
  End(State::kRolledBack, Ended());
  return SendRollback(timeout);
}

absl::Status UnitState::SendRollback(Milliseconds timeout) {
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
  CallOptions options;
  options.timeout = options_.call_timeout;
  return Call(&v1::UnitOfWork::Stub::Get, stub_, request, options);
}

absl::Status UnitState::Ended() const {
  return MakeError(StatusCode::kFailedPrecondition, reason::kUnitOfWorkEnded,
                   absl::StrCat("the unit of work ", id(), " was ",
                                state_ == State::kCommitted ? "committed" : "rolled back or its Commit failed",
                                " and takes no more calls; begin a new one"),
                   id());
}

void UnitState::End(State state, absl::Status outcome) {
  state_ = state;
  outcome_ = std::move(outcome);
  marks_.clear();
}

}  // namespace rowkeeper::client::internal
