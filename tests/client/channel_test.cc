#include "rowkeeper/client/channel.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "rowkeeper/client/call.h"
#include "tests/client/scripted_server.h"

namespace rowkeeper::client {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Units = v1::UnitOfWork::Stub;

/// Nobody listens there.
constexpr char kClosed[] = "127.0.0.1:1";

CallOptions Within(milliseconds timeout) {
  CallOptions options;
  options.timeout = timeout;
  return options;
}

int Argument(const ChannelOptions& options, const std::string& name) {
  const grpc::ChannelArguments arguments = MakeChannelArguments(options);
  const grpc_channel_args c_arguments = arguments.c_channel_args();
  for (size_t i = 0; i < c_arguments.num_args; ++i) {
    if (c_arguments.args[i].key == name) return c_arguments.args[i].value.integer;
  }
  ADD_FAILURE() << "no argument " << name;
  return -1;
}

TEST(Channel, KeepaliveStaysWithinWhatServersAllow) {
  ChannelOptions options;
  EXPECT_EQ(Argument(options, GRPC_ARG_KEEPALIVE_TIME_MS), 30000);
  options.keepalive_time = milliseconds(500);
  EXPECT_EQ(Argument(options, GRPC_ARG_KEEPALIVE_TIME_MS), 11000)
      << "the server bears a probe every 10 s, less would be a strike";
}

TEST(Channel, ResponsesUpToEightMebibytesAreTaken) {
  EXPECT_EQ(Argument({}, GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH), 8 << 20);
}

TEST(Channel, ACallWaitsForAConnectionUntilItsDeadline) {
  Units units(MakeChannel(kClosed));
  const auto begin = Clock::now();
  const auto reply = Call(&Units::Get, units, {}, Within(milliseconds(700)));
  EXPECT_EQ(reply.status().code(), absl::StatusCode::kDeadlineExceeded) << reply.status();
  EXPECT_GE(Clock::now() - begin, milliseconds(690));
}

TEST(Channel, ACallFailsAtOnceWhenToldTo) {
  ChannelOptions options;
  options.unreachable = ChannelOptions::Unreachable::kFail;
  Units units(MakeChannel(kClosed, options));
  const auto begin = Clock::now();
  const auto reply = Call(&Units::Get, units, {}, Within(milliseconds(20000)));
  EXPECT_EQ(reply.status().code(), absl::StatusCode::kUnavailable) << reply.status();
  EXPECT_LT(Clock::now() - begin, milliseconds(5000));
}

/// Listens, and hands a connection to `server` only `delay` after it was made.
class SlowDoor {
 public:
  SlowDoor(ScriptedServer* server, milliseconds delay) : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in any = {};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&any), sizeof(any)), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address_), &size), 0);
    thread_ = std::thread([this, server, delay] {
      for (int peer; (peer = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        ++connections;
        std::this_thread::sleep_for(delay);
        server->Serve(peer);
      }
    });
  }
  ~SlowDoor() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(ntohs(address_.sin_port)); }

  std::atomic<int> connections{0};

 private:
  const int listener_;
  sockaddr_in address_ = {};
  std::thread thread_;
};

TEST(Channel, AServerThatIsSlowToAnswerIsReachedAtTheFirstAttempt) {
  ScriptedServer server;
  SlowDoor door(&server, milliseconds(350));
  ChannelOptions options;
  options.unreachable = ChannelOptions::Unreachable::kFail;
  Units units(MakeChannel(door.address(), options));
  const auto reply = Call(&Units::Get, units, {});
  EXPECT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(door.connections, 1);
}

TEST(Channel, ACallWithoutADeadlineOfItsOwnHasNone) {
  ScriptedServer server;
  server.get = [] {
    std::this_thread::sleep_for(milliseconds(1200));
    return grpc::Status::OK;
  };
  Units units(MakeChannel(server.address()));
  grpc::ClientContext context;
  v1::GetResponse response;
  EXPECT_TRUE(units.Get(&context, {}, &response).ok());
  EXPECT_EQ(context.deadline(), std::chrono::system_clock::time_point::max());
}

TEST(Channel, ATimeWithoutEndIsNoTimeThatHasPassed) {
  ScriptedServer server;
  Units units(MakeChannel(server.address()));
  const auto reply = Call(&Units::Get, units, {}, Within(milliseconds::max()));
  EXPECT_TRUE(reply.ok()) << reply.status();

  ScriptedServer slow;
  slow.get = slow.Held();
  Units slow_units(MakeChannel(slow.address()));
  EXPECT_EQ(Call(&Units::Get, slow_units, {}, Within(milliseconds::min())).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST(Channel, ACallThatWasSentIsNotSentAgain) {
  ScriptedServer server;
  server.begin = [] { return grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone"); };
  Units units(MakeChannel(server.address()));
  EXPECT_EQ(Call(&Units::Begin, units, {}).status().code(), absl::StatusCode::kUnavailable);
  std::this_thread::sleep_for(milliseconds(50));  // for another one, if one is to come
  EXPECT_EQ(server.begins, 1);
}

TEST(Channel, StubsMayBeGivenAsPointers) {
  ScriptedServer server;
  const auto units = v1::UnitOfWork::NewStub(MakeChannel(server.address()));
  EXPECT_TRUE(Call(&Units::Get, units, {}).ok());
  EXPECT_TRUE(Call(&Units::Get, units.get(), {}).ok());
  EXPECT_TRUE(Call(&Units::Get, *units, {}).ok());
  EXPECT_TRUE(Call(&v1::UnitOfWork::StubInterface::Get, units, {}).ok());
}

}  // namespace
}  // namespace rowkeeper::client
