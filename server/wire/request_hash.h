#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <string>
#include <string_view>

#include "rowkeeper/v1/unit_of_work.pb.h"

namespace rowkeeper::wire {

/// Tells calls apart by method and request, for idempotency keys: SHA-256, 32 bytes. Requests that are equal messages
/// have equal hashes, however their fields and map entries were ordered on the wire: some clients order maps anew each
/// time. It keeps what it learns of messages' types, which outlive it. Thread-safe.
class RequestHasher {
 public:
  std::string Hash(const google::protobuf::MethodDescriptor& method, std::string_view request);
  /// Of a run: the requests of its calls count as Hash has them. `types` finds the request type of a call's method, or
  /// nullptr.
  template <typename TypeOf>
  std::string HashRun(v1::RunRequest request, const TypeOf& type_of) {
    for (v1::RunCall& call : *request.mutable_calls()) {
      const google::protobuf::Descriptor* type = type_of(call.method());
      if (type != nullptr) call.mutable_request()->set_value(Canonical(*type, call.request().value()));
    }
    return HashMessage("rowkeeper.v1.UnitOfWork.Run", request);
  }

 private:
  std::string Canonical(const google::protobuf::Descriptor& type, std::string_view bytes);
  static std::string HashMessage(std::string_view method, const google::protobuf::Message& request);

  google::protobuf::DynamicMessageFactory messages_;
};

}  // namespace rowkeeper::wire
