#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include "server/observe/call_durations.h"
#include "server/wire/callers.h"

namespace rowkeeper::wire {

/// Answers calls of methods that the server does not have with UNIMPLEMENTED, as gRPC itself would, and counts them.
/// Who may call nothing does not learn which methods there are. Outlives the server it is added to.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  /// Both outlive this object; `callers` may be null.
  UnknownMethods(observe::CallDurations* calls, const Callers* callers) : calls_(*calls), callers_(callers) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;

 private:
  observe::CallDurations& calls_;
  const Callers* const callers_;
};

}  // namespace rowkeeper::wire
