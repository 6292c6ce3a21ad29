#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/wire/dynamic_service.h"
#include "server/wire/server.h"

namespace rowkeeper::wire {

struct RawReply {
  grpc::Status status;
  std::string response;
};

/// One blocking unary call whose request message consists of `slices`.
RawReply CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                 const std::vector<std::string>& slices, grpc::ClientContext* context);
RawReply CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& path, const std::string& request);

/// A call that ends its side without any message.
grpc::Status CallWithoutMessage(const std::shared_ptr<grpc::Channel>& channel, const std::string& path);

/// A server on a free port of 127.0.0.1 and a channel of its own to it.
class TestServer {
 public:
  explicit TestServer(std::vector<grpc::Service*> services, ServerOptions options = {});

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  GrpcServer& server() { return *server_; }

 private:
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

/// A service with the one method "/t.T/Call".
std::unique_ptr<DynamicService> OneMethod(UnaryHandler handler, DynamicServiceOptions options = {});
inline const std::string kCall = "/t.T/Call";

/// A new connection, shared with no other channel of the process.
std::shared_ptr<grpc::Channel> NewChannel(const std::string& address);

}  // namespace rowkeeper::wire
