#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include "server/wire/callers.h"

namespace rowkeeper::wire {

class DynamicService;

/// Answers calls of methods that gRPC was not told of when it started: those that came later are served, others get
/// UNIMPLEMENTED, as gRPC itself would answer, and are counted. Who may call nothing does not learn which methods there
/// are. Outlives the server it is added to.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  /// Both may be null, and outlive this object.
  UnknownMethods(DynamicService* late, const Callers* callers) : late_(late), callers_(callers) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;

  /// What a call of a method that there is not is answered with; it is counted.
  static grpc::Status Refusal(const Callers* callers, const grpc::CallbackServerContext& context);
  /// Answers it.
  static grpc::ServerGenericBidiReactor* Refuse(const Callers* callers, const grpc::CallbackServerContext& context);

 private:
  DynamicService* const late_;
  const Callers* const callers_;
};

}  // namespace rowkeeper::wire
