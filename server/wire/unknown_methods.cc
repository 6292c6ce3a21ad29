#include "server/wire/unknown_methods.h"

namespace rowkeeper::wire {
namespace {

class RefusingReactor final : public grpc::ServerGenericBidiReactor {
 public:
  RefusingReactor() { Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "")); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerGenericBidiReactor* UnknownMethods::CreateReactor(grpc::GenericCallbackServerContext*) {
  calls_.Record(absl::StatusCode::kUnimplemented, {});
  return new RefusingReactor;
}

}  // namespace rowkeeper::wire
