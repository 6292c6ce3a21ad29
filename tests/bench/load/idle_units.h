#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "rowkeeper/v1/unit_of_work.grpc.pb.h"

namespace rowkeeper::bench {

/// Open units of work that do nothing, until this ends.
class IdleUnits {
 public:
  explicit IdleUnits(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(rowkeeper::v1::UnitOfWork::NewStub(channel)) {}
  ~IdleUnits();
  IdleUnits(const IdleUnits&) = delete;
  IdleUnits& operator=(const IdleUnits&) = delete;

  absl::Status Open(int count);
  /// How many of them the server still has; -1 when it does not say.
  int CountOpen() const;

 private:
  const std::unique_ptr<rowkeeper::v1::UnitOfWork::Stub> stub_;
  std::vector<std::string> handles_;
};

}  // namespace rowkeeper::bench
