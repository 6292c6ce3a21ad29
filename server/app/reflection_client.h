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

/// What a running server says of itself through grpc.reflection.v1. Blocks; for one thread.
class ReflectionClient {
 public:
  /// `timeout`: of each look-up.
  ReflectionClient(std::shared_ptr<grpc::Channel> channel, std::chrono::milliseconds timeout)
      : channel_(std::move(channel)), timeout_(timeout) {}

  absl::StatusOr<std::vector<std::string>> ListServices();
  /// A method by "package.Service/Method" or "package.Service.Method"; an ending that fits one service is enough
  /// ("TodoRepository.GetById"). The descriptor lives as long as this object. Errors: NOT_FOUND naming what there is,
  /// and those of the call.
  absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(const std::string& name);

 private:
  absl::Status LoadFilesOf(const std::string& symbol);
  absl::StatusOr<std::string> ResolveService(const std::string& ending);

  std::shared_ptr<grpc::Channel> channel_;
  const std::chrono::milliseconds timeout_;
  google::protobuf::SimpleDescriptorDatabase files_;
  std::unique_ptr<google::protobuf::DescriptorPool> pool_;
};

}  // namespace rowkeeper::app
