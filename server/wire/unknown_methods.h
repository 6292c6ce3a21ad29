#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include "server/observe/call_durations.h"

namespace rowkeeper::wire {

/// Answers calls of methods that the server does not have with UNIMPLEMENTED, as gRPC itself would, and counts them.
/// Outlives the server it is added to.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  /// `calls` outlives this object.
  explicit UnknownMethods(observe::CallDurations* calls) : calls_(*calls) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;

 private:
  observe::CallDurations& calls_;
};

}  // namespace rowkeeper::wire
