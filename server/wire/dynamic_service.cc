#include "server/wire/dynamic_service.h"

#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/support/byte_buffer.h>

#include <exception>
#include <set>
#include <string>
#include <utility>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/observe/caught.h"
#include "server/wire/permission.h"
#include "server/wire/rpc_context.h"
#include "server/wire/stream_reactor.h"
#include "server/wire/unknown_methods.h"

namespace rowkeeper::wire {
namespace {

/// Answers a call that must not begin. `method` may be null.
template <typename Rpc>
void RefuseCall(const ServedMethod* method, const absl::Status& why, Rpc rpc) {
  if (method == nullptr) {
    rpc.Finish(why);
    return;
  }
  AnswerLog log(method);
  log.NoteContext(BeginCallContext(rpc));
  const bool has_line = log.Wants(why, rpc.elapsed());
  if (has_line) log.NoteCaller(rpc.caller());
  log.Count(why, rpc.elapsed());
  rpc.Finish(why);
  log.EndSpans(why, -1);
  if (has_line) log.Write(why, -1, rpc.elapsed());
}

/// Whether `methods` let the caller call `method`, a DynamicMethod or what is alike.
template <typename Method>
absl::Status Ask(const MethodTable& methods, const Method& method, const identity::Identity* caller,
                 const grpc::CallbackServerContext& context) {
  const policy::Policies* const policies = methods.common().policies;
  if (policies == nullptr) return absl::OkStatus();
  const std::string_view name = method.served == nullptr ? std::string_view(method.path) : method.served->name;
  return CheckPermission({policies, method.subject, name, caller}, context);
}

absl::Status AskNewer(const MethodTable& methods, const std::string& path, const identity::Identity* caller,
                      const grpc::CallbackServerContext& context) {
  if (const DynamicMethod* method = methods.FindMethod(path)) return Ask(methods, *method, caller, context);
  if (const DynamicStream* stream = methods.FindStream(path)) return Ask(methods, *stream, caller, context);
  return absl::OkStatus();  // the transaction goes on to its end
}

absl::Status CheckRequest(const UnaryCall& call) { return call.CheckRequest(); }
absl::Status CheckRequest(const StreamReactor&) { return absl::OkStatus(); }  // its messages are still to come

/// Why the call of `method` must not begin; OK when it may.
template <typename Reactor, typename Method>
absl::Status CheckBeginning(const Reactor& reactor, const Method& method, const SharedMethods& newer,
                            const grpc::CallbackServerContext& context) {
  if (const absl::Status& stranger = reactor.CheckCaller(); !stranger.ok()) return stranger;
  const identity::SharedIdentity caller = reactor.identity();
  if (absl::Status status = Ask(*reactor.methods(), method, caller.get(), context); !status.ok()) return status;
  if (newer != nullptr) {
    if (absl::Status status = AskNewer(*newer, method.path, caller.get(), context); !status.ok()) return status;
  }
  return CheckRequest(reactor);
}

/// Has `method` serve the call of `reactor`, of which it makes an Rpc, or refuses it.
template <typename Rpc, typename Reactor, typename Method>
void BeginCall(Reactor* reactor, const Method& method, const SharedMethods& newer,
               const grpc::CallbackServerContext& context) {
  try {
    const absl::Status refusal = CheckBeginning(*reactor, method, newer, context);
    if (refusal.ok()) {
      method.handler(Rpc(reactor));
    } else {
      RefuseCall(method.served, refusal, Rpc(reactor));
    }
  } catch (const std::exception& e) {
    // The call was answered when it went out of scope, and gRPC must still be given its reactor.
    observe::CallContext call = CallContextOf(context);
    const observe::CallScope scope(&call);
    (void)observe::Caught("a handler", method.path, e);
  }
}

/// gRPC was told of the method, which is gone.
class GoneReactor final : public grpc::ServerUnaryReactor {
 public:
  explicit GoneReactor(const grpc::Status& why) { Finish(why); }
  void OnDone() override { delete this; }
};

}  // namespace

DynamicService::DynamicService(SharedMethods methods, DynamicServiceOptions options)
    : clock_(*options.clock),
      callers_(options.callers),
      rpc_service_{options.max_response_bytes,
                   &in_flight_,
                   &traffic_,
                   options.clock,
                   options.memory,
                   options.callers,
                   options.tracer},
      served_(methods, options.units) {
  for (const auto& method : methods->methods()) {
    paths_.push_back(std::make_unique<const std::string>(method->path));
    unary_paths_.insert(*paths_.back());
    Register(paths_.back().get());
  }
  for (const auto& stream : methods->streams()) {
    paths_.push_back(std::make_unique<const std::string>(stream->path));
    RegisterStream(paths_.back().get());
  }
}

absl::Status DynamicService::CheckReplacement(const MethodTable& next) const {
  const std::set<std::string>& rules = next.common().tenant_rules;
  for (const std::string& rule : served_.Get()->common().tenant_rules) {
    if (rules.count(rule) > 0) continue;
    return absl::InvalidArgumentError(Cat("what keeps callers to the rows of their tenants now would be lost (", rule,
                                          "); if that is meant, start the server again"));
  }
  for (const auto& stream : next.streams()) {
    if (unary_paths_.contains(stream->path)) {
      return InvalidField(stream->path,
                          "took one request and gave one response when the server started, and would stream now; start "
                          "the server again");
    }
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* DynamicService::StartUnary(const std::string& path, grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  ServedMethods::Found found = served_.Find(path, *context);
  const DynamicMethod* const method = found.methods->FindMethod(path);
  if (method == nullptr) return nullptr;
  // It is no constant: gRPC makes it for this call, and does not look at it any more.
  auto* taken = const_cast<grpc::ByteBuffer*>(request);
  auto* reactor = new UnaryReactor(std::move(found.methods), &method->path, &rpc_service_, context, taken, response);
  BeginCall<UnaryRpc>(reactor, *method, found.newer, *context);
  return reactor;
}

grpc::ServerGenericBidiReactor* DynamicService::StartAny(const std::string& path,
                                                         grpc::CallbackServerContext* context) {
  ServedMethods::Found found = served_.Find(path, *context);
  if (const DynamicStream* const stream = found.methods->FindStream(path)) {
    auto* reactor = new StreamReactor(std::move(found.methods), &stream->path, rpc_service_, context);
    BeginCall<StreamRpc>(reactor, *stream, found.newer, *context);
    return reactor;
  }
  if (found.methods->FindMethod(path) == nullptr) return nullptr;
  // Strangers are not waited for, and learn no more than of a method that there is not.
  if (callers_ != nullptr && !callers_->Identify(*context).ok()) return nullptr;
  return new LateUnaryReactor(&path, &rpc_service_, context,
                              [this, context](LateUnaryReactor* reactor) { return BeginLate(reactor, context); });
}

bool DynamicService::BeginLate(LateUnaryReactor* reactor, grpc::CallbackServerContext* context) {
  ServedMethods::Found found = served_.Find(reactor->path(), *context);
  const DynamicMethod* const method = found.methods->FindMethod(reactor->path());
  if (method == nullptr) return false;
  reactor->BeginLate(std::move(found.methods), &method->path);
  BeginCall<UnaryRpc>(reactor, *method, found.newer, *context);
  return true;
}

grpc::ServerGenericBidiReactor* DynamicService::StartLate(grpc::GenericCallbackServerContext* context) {
  return StartAny(context->method(), context);
}

/// Every kind of stream is registered as one in both directions; on the wire there is no difference.
void DynamicService::RegisterStream(const std::string* path) {
  using Handler = grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  const auto serve = [this, path](grpc::CallbackServerContext* context) -> grpc::ServerGenericBidiReactor* {
    auto* const reactor = StartAny(*path, context);
    return reactor != nullptr ? reactor : UnknownMethods::Refuse(callers_, *context);
  };
  AddMethod(new grpc::internal::RpcServiceMethod(path->c_str(), grpc::internal::RpcMethod::BIDI_STREAMING, nullptr));
  MarkMethodRawCallback(static_cast<int>(paths_.size()) - 1, new Handler(serve));
}

void DynamicService::Register(const std::string* path) {
  using Handler = grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  const auto serve = [this, path](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response) -> grpc::ServerUnaryReactor* {
    auto* const reactor = StartUnary(*path, context, request, response);
    return reactor != nullptr ? reactor : new GoneReactor(UnknownMethods::Refusal(callers_, *context));
  };
  AddMethod(new grpc::internal::RpcServiceMethod(path->c_str(), grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
  MarkMethodRawCallback(static_cast<int>(paths_.size()) - 1, new Handler(serve));
}

}  // namespace rowkeeper::wire
