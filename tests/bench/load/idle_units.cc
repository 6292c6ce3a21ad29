#include "tests/bench/load/idle_units.h"

#include <grpcpp/client_context.h>

#include <cstdio>

#include "server/base/text.h"

namespace rowkeeper::bench {

absl::Status IdleUnits::Open(int count) {
  rowkeeper::v1::BeginRequest request;
  request.mutable_idle_limit()->set_seconds(60);
  request.mutable_capacity_wait()->set_seconds(10);
  for (int i = 0; i < count; ++i) {
    grpc::ClientContext context;
    rowkeeper::v1::BeginResponse response;
    const grpc::Status status = stub_->Begin(&context, request, &response);
    if (!status.ok()) {
      return absl::UnavailableError(Cat("Begin of idle unit ", i + 1, " of ", count, ": ", status.error_message()));
    }
    handles_.push_back(response.handle());
  }
  return absl::OkStatus();
}

IdleUnits::~IdleUnits() {
  for (const std::string& handle : handles_) {
    grpc::ClientContext context;
    rowkeeper::v1::RollbackRequest request;
    rowkeeper::v1::RollbackResponse response;
    request.set_handle(handle);
    const grpc::Status status = stub_->Rollback(&context, request, &response);
    if (!status.ok()) std::fprintf(stderr, "Rollback: %s\n", status.error_message().c_str());
  }
}

int IdleUnits::CountOpen() const {
  grpc::ClientContext context;
  rowkeeper::v1::ListRequest request;
  request.set_page_size(1000);
  rowkeeper::v1::ListResponse response;
  return stub_->List(&context, request, &response).ok() ? response.units_of_work_size() : -1;
}

}  // namespace rowkeeper::bench
