#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/base/text.h"
#include "tests/support/in_process_server.h"

namespace rowkeeper::testing {

/// A request of Run and its caller.
class RunRequest {
 public:
  struct Value {
    std::string field;
    int call = 0;
    std::string from;
  };
  using Answers = absl::StatusOr<std::vector<Json>>;

  explicit RunRequest(InProcessServer* server) : server_(server) {}

  RunRequest& Add(const std::string& method, const Json& request, const std::vector<Value>& values = {}) {
    const auto* found = server_->FindMethod(method);
    v1::RunCall* call = request_.add_calls();
    call->set_method(found->full_name());
    call->mutable_request()->set_type_url(Cat("type.googleapis.com/", found->input_type()->full_name()));
    call->mutable_request()->set_value(server_->ToBytes(*found->input_type(), request));
    for (const Value& value : values) {
      v1::RunValue* taken = call->add_values();
      taken->set_field(value.field);
      taken->set_call(value.call);
      taken->set_from(value.from);
    }
    return *this;
  }

  /// For requests that Add cannot say.
  v1::RunRequest& message() { return request_; }

  /// The responses, each packed as what its method returns.
  Answers Send(const CallOptions& options = CallOptions()) const {
    const auto bytes = server_->CallBytes("UnitOfWork.Run", request_.SerializeAsString(), options);
    if (!bytes.ok()) return bytes.status();
    v1::RunResponse response;
    if (!response.ParseFromString(*bytes)) return absl::DataLossError("no RunResponse");
    std::vector<Json> answers;
    for (int i = 0; i < response.responses_size(); ++i) {
      const auto* type = server_->FindMethod(request_.calls(i).method())->output_type();
      if (response.responses(i).type_url() != "type.googleapis.com/" + type->full_name()) {
        return absl::DataLossError("unexpected type " + response.responses(i).type_url());
      }
      answers.push_back(server_->ToJson(*type, response.responses(i).value()));
    }
    return answers;
  }

 private:
  InProcessServer* server_;
  v1::RunRequest request_;
};

}  // namespace rowkeeper::testing
