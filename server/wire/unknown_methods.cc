#include "server/wire/unknown_methods.h"

#include "server/observe/counters.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/status.h"

namespace rowkeeper::wire {
namespace {

class RefusingReactor final : public grpc::ServerGenericBidiReactor {
 public:
  explicit RefusingReactor(const grpc::Status& why) { Finish(why); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::Status UnknownMethods::Refusal(const Callers* callers, const grpc::CallbackServerContext& context) {
  observe::Counters& counters = observe::Counters::Process();
  observe::CallDurations* const calls = counters.UnknownMethod();
  const auto caller = callers == nullptr ? identity::SharedIdentity() : callers->Identify(context);
  calls->Record(caller.ok() ? absl::StatusCode::kUnimplemented : caller.status().code(), {});
  if (caller.ok()) return {grpc::StatusCode::UNIMPLEMENTED, ""};
  counters.CountRefusal(caller.status(), calls);
  return ToGrpcStatus(caller.status());
}

grpc::ServerGenericBidiReactor* UnknownMethods::Refuse(const Callers* callers,
                                                       const grpc::CallbackServerContext& context) {
  return new RefusingReactor(Refusal(callers, context));
}

grpc::ServerGenericBidiReactor* UnknownMethods::CreateReactor(grpc::GenericCallbackServerContext* context) {
  grpc::ServerGenericBidiReactor* const late = late_ == nullptr ? nullptr : late_->StartLate(context);
  return late != nullptr ? late : Refuse(callers_, *context);
}

}  // namespace rowkeeper::wire
