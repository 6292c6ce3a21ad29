#include "server/wire/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "tests/hostile/http2_client.h"
#include "tests/support/eventually.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::unique_ptr<DynamicService> Echo() {
  return OneMethod([](UnaryRpc call) { call.Finish(std::string(call.request())); });
}

absl::StatusOr<std::unique_ptr<GrpcServer>> StartOn(const std::vector<std::string>& addresses, grpc::Service* service) {
  ServerOptions options;
  options.addresses = addresses;
  return GrpcServer::Start(options, {service});
}

class SocketDirectory {
 public:
  SocketDirectory() { path_ = mkdtemp(name_); }
  ~SocketDirectory() {
    unlink(socket().c_str());
    rmdir(path_.c_str());
  }
  std::string socket() const { return path_ + "/s"; }

 private:
  char name_[32] = "/tmp/rk-wire-XXXXXX";
  std::string path_;
};

TEST(ServerTest, PortZeroIsReplacedByTheOneBound) {
  const auto service = Echo();
  const auto server = StartOn({"127.0.0.1:0", "localhost:0"}, service.get());
  ASSERT_TRUE(server.ok()) << server.status();
  ASSERT_EQ((*server)->BoundAddresses().size(), 2u);
  for (const std::string& address : (*server)->BoundAddresses()) {
    const std::string port = address.substr(address.rfind(':'));
    EXPECT_NE(port, ":0");
    EXPECT_EQ(CallRaw(NewChannel("127.0.0.1" + port), kCall, "hi").response, "hi");
  }
}

TEST(ServerTest, APortInUseIsOneLineThatNamesTheAddress) {
  const auto service = Echo();
  const auto first = StartOn({"127.0.0.1:0"}, service.get());
  ASSERT_TRUE(first.ok());
  const std::string taken = (*first)->BoundAddresses().front();
  const auto other = Echo();
  ::testing::internal::CaptureStderr();
  const auto second = StartOn({taken}, other.get());
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << "gRPC's own lines should not show";
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(ErrorReason(second.status()), "CANNOT_LISTEN");
  EXPECT_EQ(std::string(second.status().message()),
            "cannot listen on " + taken + ": another process listens there; stop it, or choose another address");
  EXPECT_EQ(CallRaw(NewChannel(taken), kCall, "hi").response, "hi") << "the first goes on";
}

TEST(ServerTest, AddressesThatAreNotOursAreExplained) {
  const auto service = Echo();
  EXPECT_THAT(std::string(StartOn({"203.0.113.7:1234"}, service.get()).status().message()),
              AllOf(HasSubstr("203.0.113.7:1234"), HasSubstr("no such address")));
  EXPECT_THAT(std::string(StartOn({"no-such-host.invalid:1234"}, service.get()).status().message()),
              HasSubstr("host is not known"));
  EXPECT_THAT(std::string(StartOn({}, service.get()).status().message()), HasSubstr("give at least one"));
  EXPECT_THAT(std::string(StartOn({"unix:/no/such/dir/s"}, service.get()).status().message()),
              HasSubstr("directory does not exist"));
  EXPECT_THAT(std::string(StartOn({"unix:/tmp/" + std::string(200, 'x')}, service.get()).status().message()),
              HasSubstr("choose a shorter one"));
}

TEST(ServerTest, TheSameAddressTwiceIsRefused) {
  const auto first_service = Echo();
  const auto first = StartOn({"127.0.0.1:0"}, first_service.get());
  const std::string address = (*first)->BoundAddresses().front();
  (*first)->Shutdown(Clock::duration::zero());
  const auto service = Echo();
  const auto twice = StartOn({address, address}, service.get());
  ASSERT_FALSE(twice.ok());
  EXPECT_THAT(std::string(twice.status().message()), HasSubstr("cannot listen on " + address));
}

TEST(ServerTest, UnixSocketServesAndIsNotStolen) {
  const SocketDirectory directory;
  const std::string address = "unix:" + directory.socket();
  const auto service = Echo();
  const auto server = StartOn({address}, service.get());
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ((*server)->BoundAddresses().front(), address);
  EXPECT_EQ(CallRaw(NewChannel(address), kCall, "hi").response, "hi");

  const auto other = Echo();
  const auto second = StartOn({address}, other.get());
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("another process listens there"));
  EXPECT_EQ(CallRaw(NewChannel(address), kCall, "hi").response, "hi") << "the first goes on";
}

TEST(ServerTest, ASocketLeftByACrashIsReplaced) {
  const SocketDirectory directory;
  const int orphan = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  directory.socket().copy(name.sun_path, sizeof(name.sun_path) - 1);
  ASSERT_EQ(bind(orphan, reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
  close(orphan);
  const auto service = Echo();
  const auto server = StartOn({"unix:" + directory.socket()}, service.get());
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ(CallRaw(NewChannel("unix:" + directory.socket()), kCall, "hi").response, "hi");
}

TEST(ServerTest, AFileInTheSocketsPlaceIsLeftAlone) {
  const SocketDirectory directory;
  std::ofstream(directory.socket()) << "precious";
  const auto service = Echo();
  const auto server = StartOn({"unix:" + directory.socket()}, service.get());
  ASSERT_FALSE(server.ok());
  EXPECT_THAT(std::string(server.status().message()), HasSubstr("not a socket"));
  std::string content;
  std::ifstream(directory.socket()) >> content;
  EXPECT_EQ(content, "precious");
}

TEST(ServerTest, TooLargeARequestIsResourceExhausted) {
  const auto service = Echo();
  ServerOptions options;
  options.max_request_bytes = 10000;
  TestServer server({service.get()}, options);
  EXPECT_TRUE(CallRaw(server.channel(), kCall, std::string(9000, 'x')).status.ok());
  const RawReply reply = CallRaw(server.channel(), kCall, std::string(20000, 'x'));
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << reply.status.error_message();
  EXPECT_TRUE(CallRaw(server.channel(), kCall, "after").status.ok());
}

TEST(ServerTest, ACompressedRequestIsUnimplementedAndNeverInflated) {
  int served = 0;
  const auto service = OneMethod([&served](UnaryRpc call) {
    ++served;
    call.Finish(std::string(call.request()));
  });
  TestServer server({service.get()});
  for (const grpc_compression_algorithm algorithm : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    const uint64_t before = GrpcServer::compressed_requests();
    grpc::ClientContext context;
    context.set_compression_algorithm(algorithm);
    const RawReply reply = CallRaw(server.channel(), kCall, {std::string(1 << 20, 'x')}, &context);
    EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << reply.status.error_message();
    EXPECT_THAT(reply.status.error_message(), HasSubstr("is disabled"));
    EXPECT_EQ(served, 0);
    EXPECT_EQ(GrpcServer::compressed_requests(), before + 1);
  }
  EXPECT_EQ(CallRaw(server.channel(), kCall, "plain").response, "plain") << "on the same connection";
}

TEST(ServerTest, AnUnknownMethodIsUnimplemented) {
  const auto service = Echo();
  TestServer server({service.get()});
  EXPECT_EQ(CallRaw(server.channel(), "/t.T/Other", "").status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST(ServerTest, ShutdownWaitsForCallsInFlight) {
  std::promise<void> entered;
  std::promise<void> answer;
  std::thread worker;
  const auto service = OneMethod([&](UnaryRpc call) {
    worker = std::thread(
        [&](UnaryRpc mine) {
          entered.set_value();
          answer.get_future().wait();
          mine.Finish("done");
        },
        std::move(call));
  });
  TestServer server({service.get()});
  auto reply = std::async(std::launch::async, [&] { return CallRaw(server.channel(), kCall, ""); });
  entered.get_future().wait();
  auto shutdown = std::async(std::launch::async, [&] { server.server().Shutdown(std::chrono::seconds(30)); });
  EXPECT_EQ(shutdown.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  answer.set_value();
  EXPECT_EQ(reply.get().response, "done");
  shutdown.get();
  worker.join();
}

size_t FilesOfProcess() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin(files), end(files)));
}

TEST(ServerTest, NoDescriptorOutlivesAServerWithIdleAndSilentConnections) {
  const auto service = Echo();
  // What gRPC opens once for the process.
  EXPECT_EQ(CallRaw(TestServer({service.get()}).channel(), kCall, "hi").response, "hi");
  const size_t before = FilesOfProcess();
  const auto again = Echo();
  const auto begin = std::chrono::steady_clock::now();
  {
    TestServer server({again.get()});
    const std::string address = server.server().BoundAddresses().front();
    std::vector<std::unique_ptr<rowkeeper::testing::Http2Client>> clients;
    for (int i = 0; i < 200; ++i) {
      clients.push_back(rowkeeper::testing::Http2Client::Connect(address));
      ASSERT_NE(clients.back(), nullptr);
      if (i % 2 == 0) clients.back()->AddPreface();
      ASSERT_TRUE(clients.back()->Send());
    }
    EXPECT_TRUE(rowkeeper::testing::Eventually([&] { return server.server().connections().open >= 200; }));
    server.server().Shutdown(std::chrono::seconds(30));
    EXPECT_TRUE(rowkeeper::testing::Eventually([&] { return server.server().connections().open == 0; }));
    EXPECT_EQ(rowkeeper::testing::Http2Client::Connect(address), nullptr) << "nobody listens";
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15));
  EXPECT_TRUE(rowkeeper::testing::Eventually([&] { return FilesOfProcess() <= before; }))
      << FilesOfProcess() << " after " << before;
}

TEST(ServerTest, ShutdownCancelsWhatIsLateForItsDeadline) {
  std::promise<void> entered;
  const auto service = OneMethod([&](UnaryRpc call) {
    auto held = std::make_shared<UnaryRpc>(std::move(call));
    held->OnCancel([held](CancelCause) { held->Finish(Cancelled()); });
    entered.set_value();
  });
  TestServer server({service.get()});
  auto reply = std::async(std::launch::async, [&] { return CallRaw(server.channel(), kCall, ""); });
  entered.get_future().wait();
  const auto begin = std::chrono::steady_clock::now();
  server.server().Shutdown(std::chrono::milliseconds(50));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_FALSE(reply.get().status.ok());
}

}  // namespace
}  // namespace rowkeeper::wire
