#include "server/wire/unknown_methods.h"

#include "server/observe/counters.h"
#include "server/wire/status.h"

namespace rowkeeper::wire {
namespace {

class RefusingReactor final : public grpc::ServerGenericBidiReactor {
 public:
  explicit RefusingReactor(const grpc::Status& why) { Finish(why); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerGenericBidiReactor* UnknownMethods::CreateReactor(grpc::GenericCallbackServerContext* context) {
  const auto caller = callers_ == nullptr ? identity::SharedIdentity() : callers_->Identify(*context);
  calls_.Record(caller.ok() ? absl::StatusCode::kUnimplemented : caller.status().code(), {});
  if (caller.ok()) return new RefusingReactor(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, ""));
  observe::Counters::Process().CountRefusal(caller.status(), &calls_);
  return new RefusingReactor(ToGrpcStatus(caller.status()));
}

}  // namespace rowkeeper::wire
