#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <grpcpp/channel.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rowkeeper::app {

/// What a running server says of itself through grpc.reflection.v1. Blocks; for one thread. The pool of its descriptors
/// asks the server for types that it does not know yet, such as those in a google.protobuf.Any.
class ReflectionClient : private google::protobuf::DescriptorDatabase {
 public:
  /// `timeout`: of each look-up. `authorization`: the header of this name; empty: none.
  ReflectionClient(std::shared_ptr<grpc::Channel> channel, std::chrono::milliseconds timeout, std::string authorization)
      : channel_(std::move(channel)), timeout_(timeout), authorization_(std::move(authorization)), pool_(this) {}

  absl::StatusOr<std::vector<std::string>> ListServices();
  /// A method by "package.Service/Method" or "package.Service.Method"; an ending that fits one service is enough
  /// ("TodoRepository.GetById"). The descriptor lives as long as this object. Errors: NOT_FOUND naming what there is,
  /// and those of the call.
  absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(const std::string& name);

 private:
  using FileProto = google::protobuf::FileDescriptorProto;

  bool FindFileByName(const std::string& name, FileProto* file) override;
  bool FindFileContainingSymbol(const std::string& symbol, FileProto* file) override;
  bool FindFileContainingExtension(const std::string&, int, FileProto*) override { return false; }
  absl::Status LoadFilesOf(const std::string& symbol);
  absl::StatusOr<std::string> ResolveService(const std::string& ending);

  std::shared_ptr<grpc::Channel> channel_;
  const std::chrono::milliseconds timeout_;
  const std::string authorization_;
  google::protobuf::SimpleDescriptorDatabase files_;
  google::protobuf::DescriptorPool pool_;
};

}  // namespace rowkeeper::app
