#include "tests/unit/wire/raw_client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <cstdlib>
#include <future>
#include <iostream>
#include <utility>

namespace rowkeeper::wire {
namespace {

std::string Text(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return {};
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

}  // namespace

RawReply CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                 const std::vector<std::string>& slices, grpc::ClientContext* context) {
  std::vector<grpc::Slice> parts(slices.begin(), slices.end());
  const grpc::ByteBuffer request(parts.data(), parts.size());
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  grpc::GenericStub stub(channel);
  stub.UnaryCall(context, path, {}, &request, &response, [&](grpc::Status status) { done.set_value(status); });
  RawReply reply;
  reply.status = done.get_future().get();
  reply.response = Text(response);
  return reply;
}

RawReply CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& path, const std::string& request) {
  grpc::ClientContext context;
  return CallRaw(channel, path, {request}, &context);
}

grpc::Status CallWithoutMessage(const std::shared_ptr<grpc::Channel>& channel, const std::string& path) {
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  const auto stream = stub.PrepareCall(&context, path, &queue);
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return ok;
  };
  stream->StartCall(nullptr);
  wait();
  stream->WritesDone(nullptr);
  wait();
  grpc::ByteBuffer response;
  do {
    stream->Read(&response, nullptr);
  } while (wait());
  grpc::Status status;
  stream->Finish(&status, nullptr);
  wait();
  return status;
}

std::shared_ptr<grpc::Channel> NewChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

TestServer::TestServer(std::vector<grpc::Service*> services, ServerOptions options) {
  options.addresses = {"127.0.0.1:0"};
  auto server = GrpcServer::Start(options, services);
  if (!server.ok()) {
    std::cerr << server.status() << "\n";
    std::abort();
  }
  server_ = *std::move(server);
  channel_ = NewChannel(server_->BoundAddresses().front());
}

std::unique_ptr<DynamicService> OneMethod(UnaryHandler handler, DynamicServiceOptions options) {
  std::vector<DynamicMethod> methods;
  methods.push_back({kCall, std::move(handler)});
  return std::make_unique<DynamicService>(std::move(methods), options);
}

}  // namespace rowkeeper::wire
