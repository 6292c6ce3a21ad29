#include "rowkeeper/client/unit_of_work.h"

#include <google/protobuf/duration.pb.h>

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

absl::StatusOr<UnitOfWork> UnitOfWork::Begin(const std::shared_ptr<grpc::ChannelInterface>& channel,
                                             const UnitOfWorkOptions& options) {
  auto stub = v1::UnitOfWork::NewStub(channel);
  CallOptions call;
  call.timeout = options.call_timeout + options.capacity_wait.value_or(milliseconds(0));
  auto begun = client::Call(&v1::UnitOfWork::Stub::Begin, stub, ToProto(options), call);
  if (!begun.ok()) return begun.status();
  return UnitOfWork(std::make_shared<internal::UnitState>(std::move(stub), options, *std::move(begun)));
}

UnitOfWork::UnitOfWork(std::shared_ptr<internal::UnitState> state) : state_(std::move(state)) {}
UnitOfWork::UnitOfWork(UnitOfWork&& other) noexcept = default;

UnitOfWork& UnitOfWork::operator=(UnitOfWork&& other) noexcept {
  std::swap(state_, other.state_);
  other.Drop();
  return *this;
}

UnitOfWork::~UnitOfWork() { Drop(); }

void UnitOfWork::Drop() noexcept {
  if (state() != State::kOpen) return;
  try {
    state_->Rollback(state_->options().drop_timeout).IgnoreError();
  } catch (...) {
  }
}

absl::Status UnitOfWork::SendCall(const CallOptions& options, const internal::Send& send) {
  return state_ == nullptr ? internal::MovedFrom() : state_->SendCall(options, send);
}

void UnitOfWork::Prepare(grpc::ClientContext* context, const CallOptions& options) {
  if (!HasDeadline(*context)) context->set_deadline(std::chrono::system_clock::now() + options.timeout);
  if (state() != State::kOpen) {
    // No handle: the server refuses the call. Without the header it would be executed outside of the unit.
    context->AddMetadata(internal::kHandleHeader, "ended");
    return;
  }
  const bool numbered = options.lost_reply == CallOptions::LostReply::kSendAgain;
  state_->AddHeaders(context, options, numbered ? state_->NextSequence() : 0);
}

absl::Status UnitOfWork::Commit() { return state_ == nullptr ? internal::MovedFrom() : state_->Commit(); }

absl::Status UnitOfWork::Rollback() {
  return state_ == nullptr ? internal::MovedFrom() : state_->Rollback(state_->options().call_timeout);
}

absl::StatusOr<v1::UnitOfWorkInfo> UnitOfWork::Get() {
  if (state_ == nullptr) return internal::MovedFrom();
  return state_->Get();
}

UnitOfWork::State UnitOfWork::state() const { return state_ == nullptr ? State::kRolledBack : state_->state(); }

std::string UnitOfWork::id() const { return state_ == nullptr ? std::string() : state_->id(); }

}  // namespace rowkeeper::client
