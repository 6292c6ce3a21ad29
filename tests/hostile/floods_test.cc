#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "grpc/health/v1/health.grpc.pb.h"

#include "server/base/text.h"
#include "tests/hostile/hostile_server.h"
#include "tests/support/eventually.h"
#include "tests/support/memory_figures.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr char kUnary[] = "/planner.v1.TodoRepository/GetById";
constexpr char kStream[] = "/planner.v1.TodoRepository/Export";
constexpr char kUnknown[] = "/no.such.Service/Method";

constexpr int64_t kMostMebibytes = 512;
/// Nobody else notices, the server lives, and its memory stays below what it may have.
void ExpectUnharmed(HostileServer* server, GoodCallers* callers) {
  callers->Stop();
  EXPECT_GE(callers->Share(), 0.999) << callers->failed() << " of " << callers->served() + callers->failed();
  // The flood has the same address, whose new connections are few for a while.
  EXPECT_TRUE(Eventually([server] { return IsServed(server->address()); }));
  const int64_t peak = server->PeakMemory();
  if (kMemoryFiguresTell) {
    EXPECT_LT(peak, kMostMebibytes);
  }
  ::testing::Test::RecordProperty("peak_mib", std::to_string(peak));
  ::testing::Test::RecordProperty("good_calls", callers->served());
  ::testing::Test::RecordProperty("failed_good_calls", callers->failed());
}

/// Sends what `add` gathers, `at_once` times in one go, again and again, over new connections as long as the server
/// takes any, until that was done `times` times.
void Flood(const std::string& address, int times, int at_once, const std::function<void(Http2Client*)>& add) {
  const auto give_up = steady_clock::now() + seconds(Sized(20, 120));
  for (int done = 0; done < times && steady_clock::now() < give_up;) {
    const auto client = Http2Client::Connect(address);
    if (client == nullptr) continue;
    client->AddPreface();
    bool open = client->Send();
    while (open && done < times && steady_clock::now() < give_up) {
      for (int i = 0; i < at_once; ++i) add(client.get());
      open = client->Send(seconds(1));
      if (open) done += at_once;
    }
  }
}

enum class Listener { kTcp, kUnix };
enum class Request { kHeaders, kWithMessage };

struct ResetFlood {
  const char* name;
  const char* method;
  int connections = 1;
  Listener listener = Listener::kTcp;
  Request request = Request::kHeaders;
  int at_once = 100;
};

class ResetFloodTest : public ::testing::TestWithParam<ResetFlood> {
 protected:
  static void AddCall(Http2Client* client) {
    const uint32_t stream = client->NextStream();
    client->AddRepeatedRequest(stream, GetParam().method, kNoFlags);
    if (GetParam().request == Request::kWithMessage) client->AddMessage(stream, "", kNoFlags);
    client->AddReset(stream);
  }
  /// Over all connections at once, `calls` in all.
  static void FloodAtOnce(const std::string& address, int calls) {
    std::vector<std::thread> floods;
    for (int i = 0; i < GetParam().connections; ++i) {
      floods.emplace_back([&] { Flood(address, calls / GetParam().connections, GetParam().at_once, AddCall); });
    }
    for (std::thread& flood : floods) flood.join();
  }
};

TEST_P(ResetFloodTest, CallsThatAreOpenedAndResetTakeNoMemoryAndHarmNobody) {
  const TemporaryDirectory directory;
  const std::string socket = "unix:" + directory.path() + "/s";
  HostileServer server({"--listen", socket});
  ASSERT_TRUE(server.ok());
  GoodCallers callers(server.address(), 4);
  const std::string& address = GetParam().listener == Listener::kUnix ? socket : server.address();
  // A peer is distrusted without an abort when each of its many connections brings little.
  const auto defends = [&] { return server.HasLogged("connections aborted") || server.HasLogged("limit=distrust"); };
  // A flood of the small size may be over before anybody looks.
  const auto long_enough = steady_clock::now() + seconds(Sized(0, 30));
  for (int flood = 0; (flood < 20 && !defends()) || steady_clock::now() < long_enough; ++flood) {
    FloodAtOnce(address, Sized(200000, 1000000));
  }
  ExpectUnharmed(&server, &callers);
  // Short floods of several connections may be over before the server has read them.
  if (GetParam().connections == 1 || Sized(0, 1) == 1) {
    EXPECT_TRUE(Eventually(defends));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Floods, ResetFloodTest,
    ::testing::Values(ResetFlood{"Unary", kUnary}, ResetFlood{"Stream", kStream}, ResetFlood{"Unknown", kUnknown},
                      ResetFlood{"UnaryBy8", kUnary, 8}, ResetFlood{"UnaryBy64", kUnary, 64},
                      ResetFlood{"StreamBy64", kStream, 64},
                      ResetFlood{"BurstsBy8", kUnary, 8, Listener::kTcp, Request::kHeaders, Sized(10000, 20000)},
                      ResetFlood{"UnaryOfUnix", kUnary, 8, Listener::kUnix},
                      ResetFlood{"WithMessages", kStream, 8, Listener::kTcp, Request::kWithMessage}),
    [](const auto& flood) { return std::string(flood.param.name); });

/// Opens 3000 calls, far more than it may have, on a connection whose SETTINGS it never acknowledges.
std::unique_ptr<Http2Client> OpenTooManyCalls(const std::string& address, Request request, const HeaderList& headers) {
  Http2Client::Options options;
  options.settings = Http2Client::Settings::kNeverAcknowledge;
  auto client = Http2Client::Connect(address, options);
  if (client == nullptr) return nullptr;
  client->AddPreface();
  for (int i = 0; i < 3000 && !client->closed(); ++i) {
    const uint32_t stream = client->NextStream();
    client->AddRequest(stream, kUnary, kNoFlags, headers);
    if (request == Request::kWithMessage) client->AddMessage(stream, "", kNoFlags);
    client->Send(seconds(1));
  }
  return client;
}

TEST(FloodTest, WhoNeverAcknowledgesSettingsCannotOpenMoreCallsThanOthers) {
  for (const Request request : {Request::kWithMessage, Request::kHeaders}) {
    HostileServer server;
    ASSERT_TRUE(server.ok());
    GoodCallers callers(server.address(), 4);
    const auto client = OpenTooManyCalls(server.address(), request, {});
    ASSERT_NE(client, nullptr);
    EXPECT_TRUE(client->WaitUntilClosed(seconds(10)));
    // Calls that bring a message are refused, too, when the server is slow to count those that are open.
    EXPECT_TRUE(Eventually([&] {
      return server.HasLogged("cause=resets") ||
             (request == Request::kWithMessage && server.HasLogged("cause=streams"));
    }));
    ExpectUnharmed(&server, &callers);
  }
}

TEST(FloodTest, NorDoesItGetLargerHeadersThanOthers) {
  HostileServer server;
  ASSERT_TRUE(server.ok());
  GoodCallers callers(server.address(), 4);
  const auto client = OpenTooManyCalls(server.address(), Request::kHeaders, {{"x-large", std::string(70000, 'x')}});
  ASSERT_NE(client, nullptr);
  int refused = 0;
  while (refused <= 2900) {
    const auto frame = client->Read(seconds(10));
    if (!frame) break;
    refused += frame->type == FrameType::kHeaders ? 1 : 0;
  }
  EXPECT_TRUE(client->closed() || refused > 2900) << refused;
  ExpectUnharmed(&server, &callers);
}

enum class EndedBy { kServer, kGrpc };

struct FrameFlood {
  const char* name;
  EndedBy ended_by;
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
  const auto give_up = steady_clock::now() + seconds(120);  // a loaded machine sends slowly
  while (!client->closed() && steady_clock::now() < give_up) {
    for (int i = 0; i < 1000; ++i) GetParam().add(client.get());
    client->Send(seconds(2));
  }
  EXPECT_TRUE(client->closed());
  if (GetParam().ended_by == EndedBy::kServer) {
    EXPECT_TRUE(server.Logs("cause=flood"));
  }
  ExpectUnharmed(&server, &callers);
}

/// There they end the connection only when they come faster than they are read. Whoever does not read the answers to
/// them is made to wait.
TEST_P(FrameFloodTest, OverAUnixSocketTheyTakeNoMemory) {
  const TemporaryDirectory directory;
  const std::string socket = "unix:" + directory.path() + "/s";
  HostileServer server({"--listen", socket});
  ASSERT_TRUE(server.ok());
  GoodCallers callers(server.address(), 4);
  Http2Client::Options options;
  options.reading = Http2Client::Reading::kNeverReads;
  const auto client = Http2Client::Connect(socket, options);
  ASSERT_NE(client, nullptr);
  client->AddPreface();
  EXPECT_TRUE(client->Send());
  const auto end = steady_clock::now() + seconds(Sized(2, 20));
  while (!client->closed() && steady_clock::now() < end) {
    for (int i = 0; i < 1000; ++i) GetParam().add(client.get());
    client->Send(milliseconds(100));
  }
  ExpectUnharmed(&server, &callers);
}

INSTANTIATE_TEST_SUITE_P(
    Frames, FrameFloodTest,
    ::testing::Values(FrameFlood{"Ping", EndedBy::kGrpc,
                                 [](Http2Client* c) { c->AddFrame(FrameType::kPing, kNoFlags, 0, "12345678"); }},
                      FrameFlood{"Settings", EndedBy::kServer,
                                 [](Http2Client* c) { c->AddFrame(FrameType::kSettings, kNoFlags, 0, ""); }},
                      FrameFlood{"WindowUpdate", EndedBy::kServer,
                                 [](Http2Client* c) {
                                   c->AddFrame(FrameType::kWindowUpdate, kNoFlags, 0, {"\0\0\0\1", 4});
                                 }},
                      FrameFlood{"Continuation", EndedBy::kGrpc,
                                 [](Http2Client* c) {
                                   const bool first = c->NextStream() == 1;
                                   c->AddFrame(first ? FrameType::kHeaders : FrameType::kContinuation, kNoFlags, 1,
                                               LiteralHeader("x-more", std::string(100, 'y')));
                                 }},
                      FrameFlood{"Unknown", EndedBy::kServer,
                                 [](Http2Client* c) {
                                   c->AddFrame(static_cast<FrameType>(0x42), kNoFlags, 0, "0123456789");
                                 }}),
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
