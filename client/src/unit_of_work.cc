#include "rowkeeper/client/unit_of_work.h"

#include <google/protobuf/duration.pb.h>

#include <algorithm>
#include <utility>

#include "errors.h"
#include "rowkeeper/client/error_details.h"
#include "unit_state.h"

namespace rowkeeper::client {
namespace {

using std::chrono::milliseconds;

v1::Isolation ToProto(Isolation isolation) {
  switch (isolation) {
    case Isolation::kReadCommitted:
      return v1::ISOLATION_READ_COMMITTED;
    case Isolation::kRepeatableRead:
      return v1::ISOLATION_REPEATABLE_READ;
    case Isolation::kSerializable:
      return v1::ISOLATION_SERIALIZABLE;
  }
  return v1::ISOLATION_UNSPECIFIED;
}

void Set(milliseconds time, google::protobuf::Duration* duration) {
  // A negative one is for the server to refuse.
  time = std::clamp<milliseconds>(time, -internal::kLongestTime, internal::kLongestTime);
  duration->set_seconds(time.count() / 1000);
  duration->set_nanos(static_cast<int32_t>(time.count() % 1000) * 1000000);
}

v1::BeginRequest ToProto(const UnitOfWorkOptions& options) {
  v1::BeginRequest request;
  auto* transaction = request.mutable_transaction();
  transaction->set_isolation(ToProto(options.isolation));
  transaction->set_read_only(options.access != Access::kReadWrite);
  transaction->set_deferrable(options.access == Access::kReadOnlyDeferrable);
  if (options.idle_limit) Set(*options.idle_limit, request.mutable_idle_limit());
  if (options.total_limit) Set(*options.total_limit, request.mutable_total_limit());
  if (options.capacity_wait) Set(*options.capacity_wait, request.mutable_capacity_wait());
  request.set_label(options.label);
  return request;
}

bool HasDeadline(const grpc::ClientContext& context) {
  return gpr_time_cmp(context.raw_deadline(), gpr_inf_future(context.raw_deadline().clock_type)) != 0;
}

}  // namespace

absl::Status internal::SendInUnit(const std::shared_ptr<UnitState>& unit, const CallOptions& options,
                                  const Send& send) {
  return unit == nullptr ? MovedFrom() : unit->SendCall(options, send);
}

absl::StatusOr<UnitOfWork> internal::UnitAccess::Begin(const std::shared_ptr<grpc::ChannelInterface>& channel,
                                                       const UnitOfWorkOptions& options,
                                                       std::chrono::nanoseconds longest, Clock* clock) {
  auto stub = v1::UnitOfWork::NewStub(channel);
  CallOptions call;
  const std::chrono::nanoseconds timeout =
      internal::Clamped(options.call_timeout) + internal::Clamped(options.capacity_wait.value_or(milliseconds(0)));
  call.timeout =
      std::chrono::ceil<milliseconds>(internal::Within(options.deadline, std::min(timeout, longest), *clock));
  const auto sender = [&](const Send& send) { return internal::SendCall(call, send, clock); };
  auto begun = internal::CallThrough(sender, &v1::UnitOfWork::Stub::Begin, stub, ToProto(options));
  if (!begun.ok()) return begun.status();
  return UnitOfWork(std::make_shared<internal::UnitState>(std::move(stub), options, *std::move(begun), clock));
}

absl::StatusOr<UnitOfWork> UnitOfWork::Begin(const std::shared_ptr<grpc::ChannelInterface>& channel,
                                             const UnitOfWorkOptions& options) {
  return internal::UnitAccess::Begin(channel, options, internal::kLongestTime, &internal::Clock::System());
}

UnitOfWork::UnitOfWork(std::shared_ptr<internal::UnitState> state) : state_(std::move(state)) {}
UnitOfWork::UnitOfWork(UnitOfWork&& other) noexcept = default;

UnitOfWork& UnitOfWork::operator=(UnitOfWork&& other) noexcept {
  if (this == &other) return *this;
  Drop();
  state_ = std::move(other.state_);
  return *this;
}

UnitOfWork::~UnitOfWork() { Drop(); }

void UnitOfWork::Drop() noexcept {
  if (state_ == nullptr) return;
  try {
    state_->Drop();
  } catch (...) {
  }
}

absl::Status UnitOfWork::SendCall(const CallOptions& options, const internal::Send& send) {
  return internal::SendInUnit(state_, options, send);
}

void UnitOfWork::Prepare(grpc::ClientContext* context, const CallOptions& options) {
  if (!HasDeadline(*context)) {
    const auto timeout = state_ == nullptr ? internal::Clamped(options.timeout) : state_->TimeFor(options.timeout);
    context->set_deadline(std::chrono::system_clock::now() +
                          std::chrono::duration_cast<std::chrono::system_clock::duration>(timeout));
  }
  if (state() != State::kOpen) {
    // No handle: the server refuses the call. Without the header it would be executed outside of the unit.
    context->AddMetadata(internal::kHandleHeader, "ended");
    return;
  }
  const bool numbered = options.lost_reply == CallOptions::LostReply::kSendAgain;
  state_->AddHeaders(context, options, numbered ? state_->NextSequence() : 0);
}

absl::Status UnitOfWork::Commit() { return state_ == nullptr ? internal::MovedFrom() : state_->Commit(); }

absl::Status UnitOfWork::Rollback() { return state_ == nullptr ? internal::MovedFrom() : state_->Rollback(); }

absl::StatusOr<v1::UnitOfWorkInfo> UnitOfWork::Get() {
  if (state_ == nullptr) return internal::MovedFrom();
  return state_->Get();
}

UnitOfWork::State UnitOfWork::state() const { return state_ == nullptr ? State::kMovedFrom : state_->state(); }

std::string UnitOfWork::id() const { return state_ == nullptr ? std::string() : state_->id(); }

}  // namespace rowkeeper::client
