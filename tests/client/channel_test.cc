#include "rowkeeper/client/channel.h"

#include <gtest/gtest.h>

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
  EXPECT_EQ(Argument(options, GRPC_ARG_KEEPALIVE_TIME_MS), 10000);
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

TEST(Channel, ACallWithoutADeadlineEndsAtTheLongestTime) {
  ChannelOptions options;
  options.longest_call = milliseconds(300);
  Units units(MakeChannel(kClosed, options));
  grpc::ClientContext context;
  v1::UnitOfWorkInfo info;
  EXPECT_EQ(units.Get(&context, {}, &info).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST(Channel, ACallThatWasSentIsNotSentAgain) {
  ScriptedServer server;
  server.begin = [] { return grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone"); };
  Units units(MakeChannel(server.address()));
  EXPECT_EQ(Call(&Units::Begin, units, {}).status().code(), absl::StatusCode::kUnavailable);
  std::this_thread::sleep_for(milliseconds(50));
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
