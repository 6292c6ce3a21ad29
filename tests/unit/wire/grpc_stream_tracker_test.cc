#include "server/wire/grpc_stream_tracker.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <utility>

#include "server/base/file_descriptor.h"
#include "server/net/peer.h"
#include "tests/hostile/http2_client.h"
#include "tests/support/eventually.h"

namespace rowkeeper::wire {
namespace {

using rowkeeper::FileDescriptor;
using rowkeeper::testing::Eventually;
using rowkeeper::testing::Http2Client;

/// A bare server of gRPC to which a test hands its connections.
class StreamCountsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    using External = grpc::ServerBuilder::experimental_type::ExternalConnectionType;
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(&nobody_);
    grpc_side_ =
        builder.experimental().AddExternalConnectionAcceptor(External::FROM_FD, grpc::InsecureServerCredentials());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }
  void TearDown() override { server_->Shutdown(std::chrono::system_clock::now()); }

  void Serve(uint64_t connection, FileDescriptor socket) {
    counts_.Opening(connection, net::PeerOf(socket.get()).name);
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
    parameters.fd = socket.Release();
    grpc_side_->HandleNewConnection(&parameters);
    counts_.Opened(connection);
  }
  std::unique_ptr<Http2Client> ServeUnix(uint64_t connection) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    Serve(connection, FileDescriptor(ends[1]));
    return Http2Client::Over(FileDescriptor(ends[0]));
  }
  static void Call(Http2Client* client, int calls) {
    client->AddPreface();
    for (int i = 0; i < calls; ++i) {
      client->AddRequest(client->NextStream(), "/t.T/Call", rowkeeper::testing::kNoFlags);
    }
    ASSERT_TRUE(client->Send());
  }
  uint64_t Started(uint64_t connection) { return counts_.CountsOf(connection).value_or(net::StreamCounts()).started; }

  grpc::CallbackGenericService nobody_;
  std::shared_ptr<grpc::experimental::ExternalConnectionAcceptor> grpc_side_;
  std::unique_ptr<grpc::Server> server_;
  GrpcStreamTracker counts_;
};

TEST_F(StreamCountsTest, ClientsOfAUnixSocketAreToldApart) {
  const auto first = ServeUnix(1);
  const auto second = ServeUnix(2);
  EXPECT_TRUE(counts_.CountsOf(1).has_value()) << "as soon as it is served";
  EXPECT_EQ(Started(1), 0u);
  Call(second.get(), 7);
  EXPECT_TRUE(Eventually([&] { return Started(2) == 7; })) << Started(2);
  EXPECT_EQ(Started(1), 0u);
  counts_.Forget(2);
  EXPECT_FALSE(counts_.CountsOf(2).has_value());
  const auto third = ServeUnix(3);
  Call(third.get(), 2);
  EXPECT_TRUE(Eventually([&] { return Started(3) == 2; })) << Started(3);
}

TEST_F(StreamCountsTest, WhoIsGoneWhenItIsServedHasNoCountsAndTakesNobodysCounts) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
  FileDescriptor served(ends[1]);
  { const FileDescriptor gone(ends[0]); }
  Serve(1, std::move(served));
  const auto second = ServeUnix(2);
  Call(second.get(), 3);
  EXPECT_TRUE(Eventually([&] { return Started(2) == 3; })) << Started(2);
  EXPECT_EQ(Started(1), 0u);
}

/// A client that chooses its own port, which the next one may have again.
class ReusedPort {
 public:
  ReusedPort() : listener_(NewSocket()) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    auto* const name = reinterpret_cast<sockaddr*>(&address_);
    EXPECT_EQ(bind(listener_.get(), name, size), 0);
    EXPECT_EQ(listen(listener_.get(), 1), 0);
    EXPECT_EQ(getsockname(listener_.get(), name, &size), 0);
  }
  FileDescriptor Connect() {
    FileDescriptor client(NewSocket());
    const linger at_once{1, 0};
    setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    sockaddr_in own = address_;
    own.sin_port = port_;
    socklen_t size = sizeof(own);
    EXPECT_EQ(bind(client.get(), reinterpret_cast<sockaddr*>(&own), size), 0);
    EXPECT_EQ(connect(client.get(), reinterpret_cast<sockaddr*>(&address_), sizeof(address_)), 0);
    EXPECT_EQ(getsockname(client.get(), reinterpret_cast<sockaddr*>(&own), &size), 0);
    port_ = own.sin_port;
    return client;
  }
  FileDescriptor Accept() {
    return FileDescriptor(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  }

 private:
  static FileDescriptor NewSocket() {
    FileDescriptor made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    return made;
  }

  FileDescriptor listener_;
  sockaddr_in address_{};
  in_port_t port_ = 0;
};

TEST_F(StreamCountsTest, AnAddressThatIsUsedAgainHasItsOwnCounts) {
  ReusedPort port;
  std::unique_ptr<Http2Client> client;
  for (uint64_t connection = 1; connection <= 20; ++connection) {
    client.reset();
    client = Http2Client::Over(port.Connect());
    Serve(connection, port.Accept());
    ASSERT_TRUE(counts_.CountsOf(connection).has_value());
    ASSERT_EQ(Started(connection), 0u) << "those are of connection " << connection - 1;
    Call(client.get(), 5);
    ASSERT_TRUE(Eventually([&] { return Started(connection) == 5; })) << Started(connection);
    if (connection % 2 == 0) counts_.Forget(connection);
  }
}

}  // namespace
}  // namespace rowkeeper::wire
