#include <gtest/gtest.h>

#include <functional>

#include "grpc/health/v1/health.grpc.pb.h"

#include "server/base/text.h"
#include "tests/hostile/hostile_server.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr char kUnary[] = "/planner.v1.TodoRepository/GetById";
constexpr char kStream[] = "/planner.v1.TodoRepository/Export";
constexpr char kUnknown[] = "/no.such.Service/Method";

/// Nobody else notices, the server lives, and its memory stays below what it may have.
void ExpectUnharmed(HostileServer* server, GoodCallers* callers) {
  callers->Stop();
  EXPECT_GE(callers->Share(), 0.999) << callers->failed() << " of " << callers->served() + callers->failed();
  // The flood has the same address, whose new connections are few for a while.
  EXPECT_TRUE(Eventually([server] { return IsServed(server->address()); }));
  EXPECT_LT(server->PeakMemory(), 512);
}

/// Sends what `add` gathers, again and again, over new connections as long as the server takes any, until that was
/// done `times` times.
void Flood(const std::string& address, int times, const std::function<void(Http2Client*)>& add) {
  const auto give_up = steady_clock::now() + seconds(Sized(20, 120));
  for (int done = 0; done < times && steady_clock::now() < give_up;) {
    const auto client = Http2Client::Connect(address);
    if (client == nullptr) continue;
    client->AddPreface();
    bool open = client->Send();
    while (open && done < times && steady_clock::now() < give_up) {
      for (int i = 0; i < 100; ++i) add(client.get());
      open = client->Send(seconds(1));
      if (open) done += 100;
    }
  }
}

class ResetFloodTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ResetFloodTest, CallsThatAreOpenedAndResetTakeNoMemoryAndHarmNobody) {
  HostileServer server;
  ASSERT_TRUE(server.ok());
  GoodCallers callers(server.address(), 4);
  // A flood of the small size may be over before anybody looks.
  for (int flood = 0; flood < 20 && !server.HasLogged("connections cut"); ++flood) {
    Flood(server.address(), Sized(100000, 1000000), [](Http2Client* client) {
      const uint32_t stream = client->NextStream();
      client->AddRepeatedRequest(stream, GetParam(), kNoFlags);
      client->AddReset(stream);
    });
  }
  ExpectUnharmed(&server, &callers);
  EXPECT_TRUE(server.Logs("connections cut"));
}

INSTANTIATE_TEST_SUITE_P(Methods, ResetFloodTest, ::testing::Values(kUnary, kStream, kUnknown));

TEST(FloodTest, CallsWithMessagesThatAreResetHarmNobody) {
  HostileServer server;
  ASSERT_TRUE(server.ok());
  GoodCallers callers(server.address(), 4);
  Flood(server.address(), Sized(50000, 1000000), [](Http2Client* client) {
    const uint32_t stream = client->NextStream();
    client->AddRepeatedRequest(stream, kStream, kNoFlags);
    client->AddMessage(stream, "", kNoFlags);
    client->AddReset(stream);
  });
  ExpectUnharmed(&server, &callers);
}

/// Opens 3000 calls, far more than it may have, on a connection whose SETTINGS it never acknowledges.
std::unique_ptr<Http2Client> OpenTooManyCalls(const std::string& address, const HeaderList& headers) {
  Http2Client::Options options;
  options.settings = Http2Client::Settings::kNeverAcknowledge;
  auto client = Http2Client::Connect(address, options);
  if (client == nullptr) return nullptr;
  client->AddPreface();
  for (int i = 0; i < 3000 && !client->closed(); ++i) {
    client->AddRequest(client->NextStream(), kUnary, kNoFlags, headers);
    client->Send(seconds(1));
  }
  return client;
}

TEST(FloodTest, WhoNeverAcknowledgesSettingsCannotOpenMoreCallsThanOthers) {
  HostileServer server;
  ASSERT_TRUE(server.ok());
  GoodCallers callers(server.address(), 4);
  const auto client = OpenTooManyCalls(server.address(), {});
  ASSERT_NE(client, nullptr);
  EXPECT_TRUE(client->WaitUntilClosed(seconds(10)));
  ExpectUnharmed(&server, &callers);
}

TEST(FloodTest, NorDoesItGetLargerHeadersThanOthers) {
  HostileServer server;
  ASSERT_TRUE(server.ok());
  GoodCallers callers(server.address(), 4);
  const auto client = OpenTooManyCalls(server.address(), {{"x-large", std::string(70000, 'x')}});
  ASSERT_NE(client, nullptr);
  int refused = 0;
  while (const auto frame = client->Read(seconds(1))) refused += frame->type == FrameType::kHeaders ? 1 : 0;
  EXPECT_TRUE(client->closed() || refused > 2900) << refused;
  ExpectUnharmed(&server, &callers);
}

struct FrameFlood {
  const char* name;
  std::function<void(Http2Client*)> add;
};

std::string NameOfFlood(const ::testing::TestParamInfo<FrameFlood>& info) { return info.param.name; }

class FrameFloodTest : public ::testing::TestWithParam<FrameFlood> {};

TEST_P(FrameFloodTest, FramesThatAreNoCallEndTheirConnectionAndHarmNobody) {
  HostileServer server;
  ASSERT_TRUE(server.ok());
  GoodCallers callers(server.address(), 4);
  const auto client = Http2Client::Connect(server.address());
  ASSERT_NE(client, nullptr);
  client->AddPreface();
  ASSERT_TRUE(client->Send());
  const auto give_up = steady_clock::now() + seconds(30);
  while (!client->closed() && steady_clock::now() < give_up) {
    for (int i = 0; i < 1000; ++i) GetParam().add(client.get());
    client->Send(seconds(2));
  }
  EXPECT_TRUE(client->closed());
  ExpectUnharmed(&server, &callers);
}

INSTANTIATE_TEST_SUITE_P(
    Frames, FrameFloodTest,
    ::testing::Values(
        FrameFlood{"Ping", [](Http2Client* c) { c->AddFrame(FrameType::kPing, kNoFlags, 0, "12345678"); }},
        FrameFlood{"Settings", [](Http2Client* c) { c->AddFrame(FrameType::kSettings, kNoFlags, 0, ""); }},
        FrameFlood{"WindowUpdate",
                   [](Http2Client* c) {
                     c->AddFrame(FrameType::kWindowUpdate, kNoFlags, 0, {"\0\0\0\1", 4});
                   }},
        FrameFlood{"Continuation",
                   [](Http2Client* c) {
                     const bool first = c->NextStream() == 1;
                     c->AddFrame(first ? FrameType::kHeaders : FrameType::kContinuation, kNoFlags, 1,
                                 LiteralHeader("x-more", std::string(100, 'y')));
                   }},
        FrameFlood{"Unknown",
                   [](Http2Client* c) { c->AddFrame(static_cast<FrameType>(0x42), kNoFlags, 0, "0123456789"); }}),
    NameOfFlood);

TEST(FloodTest, BadBase64EndsItsOwnConnectionOnly) {
  HostileServer server;
  ASSERT_TRUE(server.ok());
  GoodCallers callers(server.address(), 4);
  for (int i = 0; i < 20; ++i) {
    const auto client = Http2Client::Connect(server.address());
    ASSERT_NE(client, nullptr);
    client->AddPreface();
    client->AddRequest(client->NextStream(), kUnary, kNoFlags, {{"x-data-bin", "!!! no base64 !!!"}});
    client->Send();
    EXPECT_TRUE(client->WaitUntilClosed(seconds(10))) << "gRPC 1.51 can only end the connection";
  }
  ExpectUnharmed(&server, &callers);
}

TEST(FloodTest, WatchesOfServicesWithHugeNamesTakeNoMemory) {
  HostileServer server;
  ASSERT_TRUE(server.ok());
  GoodCallers callers(server.address(), 4);
  const auto stub = grpc::health::v1::Health::NewStub(NewChannel(server.address()));
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(std::string(4000000, 'n'));
  grpc::health::v1::HealthCheckResponse response;
  for (int i = 0; i < 150; ++i) {
    grpc::ClientContext context;
    const auto watch = stub->Watch(&context, request);
    EXPECT_FALSE(watch->Read(&response));
    EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
  ExpectUnharmed(&server, &callers);
}

TEST(FloodTest, HalfOpenCallsAreEndedWithTheirConnection) {
  if (!FullSize()) GTEST_SKIP() << "takes 70 s";
  HostileServer server;
  ASSERT_TRUE(server.ok());
  GoodCallers callers(server.address(), 1);
  const auto client = Http2Client::Connect(server.address());
  ASSERT_NE(client, nullptr);
  client->AddPreface();
  for (int i = 0; i < 900; ++i) client->AddRequest(client->NextStream(), kUnary, kNoFlags);
  ASSERT_TRUE(client->Send());
  EXPECT_TRUE(client->WaitUntilClosed(seconds(90)));
  ExpectUnharmed(&server, &callers);
}

}  // namespace
}  // namespace rowkeeper::testing
