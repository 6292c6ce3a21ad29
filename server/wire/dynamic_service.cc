#include "server/wire/dynamic_service.h"

#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/support/byte_buffer.h>

#include <exception>
#include <utility>

#include "server/observe/caught.h"
#include "server/wire/permission.h"
#include "server/wire/rpc_context.h"
#include "server/wire/stream_reactor.h"

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

/// Why the call of `method`, a DynamicMethod or what is alike, must not begin; OK when it may.
template <typename Reactor, typename Method>
absl::Status CheckBeginning(const Reactor& reactor, const Method& method, std::string_view path,
                            const policy::Policies* policies, const grpc::CallbackServerContext& context) {
  if (const absl::Status& stranger = reactor.CheckCaller(); !stranger.ok()) return stranger;
  if (policies == nullptr) return absl::OkStatus();
  const identity::SharedIdentity caller = reactor.identity();
  const std::string_view name = method.served == nullptr ? path : method.served->name;
  return CheckPermission({policies, method.subject, name, caller.get()}, context);
}

}  // namespace

DynamicService::DynamicService(std::vector<DynamicMethod> methods, std::vector<DynamicStream> streams,
                               DynamicServiceOptions options)
    : clock_(*options.clock),
      memory_(options.memory),
      callers_(options.callers),
      tracer_(options.tracer),
      policies_(options.policies) {
  for (DynamicMethod& method : methods) {
    entries_.push_back(
        std::make_unique<Entry>(Entry{{std::move(method.path), options.max_response_bytes, &in_flight_, &traffic_,
                                       options.clock, options.memory, options.callers, options.tracer},
                                      std::move(method.handler),
                                      method.served,
                                      method.subject}));
    Register(static_cast<int>(entries_.size()) - 1);
  }
  for (DynamicStream& stream : streams) {
    streams_.push_back(std::make_unique<const DynamicStream>(std::move(stream)));
    RegisterStream(static_cast<int>(entries_.size() + streams_.size()) - 1, streams_.back().get());
  }
}

/// Every kind of stream is registered as one in both directions; on the wire there is no difference.
void DynamicService::RegisterStream(int index, const DynamicStream* stream) {
  using Handler = grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  AddMethod(
      new grpc::internal::RpcServiceMethod(stream->path.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING, nullptr));
  MarkMethodRawCallback(index, new Handler([this, stream](grpc::CallbackServerContext* context) {
                          auto* reactor = new StreamReactor(
                              &stream->path, {&in_flight_, &traffic_, &clock_, memory_, callers_, tracer_}, context);
                          try {
                            const absl::Status refusal =
                                CheckBeginning(*reactor, *stream, stream->path, policies_, *context);
                            if (refusal.ok()) {
                              stream->handler(StreamRpc(reactor));
                            } else {
                              RefuseCall(stream->served, refusal, StreamRpc(reactor));
                            }
                          } catch (const std::exception& e) {
                            observe::CallContext call = CallContextOf(*context);
                            const observe::CallScope scope(&call);
                            (void)observe::Caught("a handler", stream->path, e);
                          }
                          return reactor;
                        }));
}

void DynamicService::Register(int index) {
  using Handler = grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  const Entry* const entry = entries_[static_cast<size_t>(index)].get();
  AddMethod(
      new grpc::internal::RpcServiceMethod(entry->method.path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
  MarkMethodRawCallback(index, new Handler([this, entry](grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
                          // It is no constant: gRPC makes it for this call, and does not look at it any more.
                          auto* taken = const_cast<grpc::ByteBuffer*>(request);
                          auto* reactor = new UnaryReactor(&entry->method, context, taken, response);
                          try {
                            const absl::Status refusal =
                                CheckBeginning(*reactor, *entry, entry->method.path, policies_, *context);
                            if (refusal.ok()) {
                              entry->handler(UnaryRpc(reactor));
                            } else {
                              RefuseCall(entry->served, refusal, UnaryRpc(reactor));
                            }
                          } catch (const std::exception& e) {
                            // The call was answered when it went out of scope, and gRPC must still be given its
                            // reactor.
                            observe::CallContext call = CallContextOf(*context);
                            const observe::CallScope scope(&call);
                            (void)observe::Caught("a handler", entry->method.path, e);
                          }
                          return reactor;
                        }));
}

}  // namespace rowkeeper::wire
