#include <algorithm>
#include <utility>

#include <absl/strings/str_cat.h>

#include "errors.h"
#include "unit_state.h"

namespace rowkeeper::client::internal {
namespace {

using absl::StatusCode;

/// A savepoint's calls have no effect twice under one number, so a lost answer is no reason to give up.
CallOptions SentAgain(std::chrono::milliseconds timeout) {
  CallOptions options;
  options.timeout = timeout;
  options.lost_reply = CallOptions::LostReply::kSendAgain;
  return options;
}

}  // namespace

std::vector<UnitState::Mark>::iterator UnitState::Find(uint64_t number) {
  return std::find_if(marks_.begin(), marks_.end(), [&](const Mark& mark) { return mark.number == number; });
}

absl::StatusOr<UnitState::Mark> UnitState::Savepoint(const std::string& name) {
  v1::SavepointRequest request;
  request.set_handle(begun_.handle());
  request.set_name(name);
  v1::SavepointResponse response;
  const absl::Status status = SendCall(SentAgain(options_.call_timeout), [&](grpc::ClientContext* context) {
    return stub_->Savepoint(context, request, &response);
  });
  if (!status.ok()) return status;
  marks_.push_back({++marks_made_, response.name()});
  return marks_.back();
}

absl::Status UnitState::RollbackTo(uint64_t number, Milliseconds timeout) {
  const auto mark = Find(number);
  if (mark == marks_.end()) return absl::OkStatus();
  v1::RollbackToRequest request;
  request.set_handle(begun_.handle());
  request.set_name(mark->name);
  v1::RollbackToResponse response;
  absl::Status status = SendCall(
      SentAgain(timeout), [&](grpc::ClientContext* context) { return stub_->RollbackTo(context, request, &response); });
  if (!status.ok()) return status;
  marks_.erase(mark, marks_.end());
  // Nothing is left to undo; should this fail, the savepoint only keeps its place until the unit ends.
  SendRelease(request.name(), timeout).IgnoreError();
  return status;
}

absl::Status UnitState::Release(uint64_t number) {
  const auto mark = Find(number);
  if (mark == marks_.end()) return Ended();
  if (mark + 1 != marks_.end()) {
    return MakeError(StatusCode::kFailedPrecondition, "SAVEPOINT_OPEN",
                     absl::StrCat("savepoint ", marks_.back().name, " inside savepoint ", mark->name,
                                  " is open; release it or roll it back first"),
                     id());
  }
  absl::Status status = SendRelease(mark->name, options_.call_timeout);
  if (status.ok()) marks_.pop_back();
  return status;
}

absl::Status UnitState::SendRelease(const std::string& name, Milliseconds timeout) {
  v1::ReleaseRequest request;
  request.set_handle(begun_.handle());
  request.set_name(name);
  v1::ReleaseResponse response;
  return SendCall(SentAgain(timeout),
                  [&](grpc::ClientContext* context) { return stub_->Release(context, request, &response); });
}

}  // namespace rowkeeper::client::internal
