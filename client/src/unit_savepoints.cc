#include <algorithm>
#include <utility>

#include <absl/strings/str_cat.h>

#include "errors.h"
#include "rowkeeper/client/error_details.h"
#include "unit_state.h"

namespace rowkeeper::client::internal {
using absl::StatusCode;

std::vector<UnitState::Mark>::iterator UnitState::Find(uint64_t number) {
  return std::find_if(marks_.begin(), marks_.end(), [&](const Mark& mark) { return mark.number == number; });
}

absl::StatusOr<UnitState::Mark> UnitState::Savepoint(const std::string& name) {
  v1::SavepointRequest request;
  request.set_handle(begun_.handle());
  request.set_name(name);
  v1::SavepointResponse response;
  const absl::Status status = SendInUnit(
      Patiently(), {}, [&](grpc::ClientContext* context) { return stub_->Savepoint(context, request, &response); });
  if (!status.ok()) return status;
  marks_.push_back({++marks_made_, response.name()});
  return marks_.back();
}

absl::Status UnitState::RollbackTo(uint64_t number) { return SendRollbackTo(number, Patiently()); }

void UnitState::DropSavepoint(uint64_t number) {
  if (state_ != State::kOpen || Doomed()) return;
  const std::chrono::nanoseconds time = Clamped(options_.drop_timeout);
  const Sending sending = {time - time / kShareOfUnit, /*again=*/true, /*wait_for_ready=*/false};
  if (!SendRollbackTo(number, sending).ok()) doomed_by_ = number;
}

bool UnitState::Doomed() { return doomed_by_ != 0 && Find(doomed_by_) != marks_.end(); }

absl::Status UnitState::SendRollbackTo(uint64_t number, const Sending& sending) {
  const auto mark = Find(number);
  if (mark == marks_.end()) return absl::OkStatus();
  const auto deadline = clock_.Now() + sending.timeout;
  v1::RollbackToRequest request;
  request.set_handle(begun_.handle());
  request.set_name(mark->name);
  v1::RollbackToResponse response;
  absl::Status status = SendInUnit(
      sending, {}, [&](grpc::ClientContext* context) { return stub_->RollbackTo(context, request, &response); });
  if (!status.ok()) return status;
  marks_.erase(mark, marks_.end());
  // Nothing is left to undo; should this fail, the savepoint only keeps its place until the unit ends.
  Sending rest = sending;
  rest.timeout = deadline - clock_.Now();
  SendRelease(request.name(), rest).IgnoreError();
  return status;
}

absl::Status UnitState::Release(uint64_t number) {
  const auto mark = Find(number);
  if (state_ != State::kOpen) return Ended();
  if (mark == marks_.end()) {
    return MakeError(StatusCode::kNotFound, reason::kSavepointNotFound,
                     "the savepoint has ended: it was released, or rolled back itself or with an outer one", id());
  }
  if (mark + 1 != marks_.end()) {
    return MakeError(StatusCode::kFailedPrecondition, reason::kSavepointOpen,
                     absl::StrCat("savepoint ", marks_.back().name, " inside savepoint ", mark->name,
                                  " is open; release it or roll it back first"),
                     id());
  }
  absl::Status status = SendRelease(mark->name, Patiently());
  if (status.ok()) marks_.pop_back();
  return status;
}

absl::Status UnitState::SendRelease(const std::string& name, const Sending& sending) {
  v1::ReleaseRequest request;
  request.set_handle(begun_.handle());
  request.set_name(name);
  v1::ReleaseResponse response;
  return SendInUnit(sending, {},
                    [&](grpc::ClientContext* context) { return stub_->Release(context, request, &response); });
}

}  // namespace rowkeeper::client::internal
