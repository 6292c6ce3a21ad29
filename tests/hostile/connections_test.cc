#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <algorithm>
#include <filesystem>

#include "server/base/text.h"
#include "tests/hostile/hostile_server.h"
#include "tests/support/eventually.h"
#include "tests/support/memory_figures.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

using Clients = std::vector<std::unique_ptr<Http2Client>>;

/// Those of `count` attempts that found somebody who accepts.
Clients ConnectMany(const std::string& address, int count) {
  Clients clients;
  for (int i = 0; i < count; ++i) {
    if (auto client = Http2Client::Connect(address)) clients.push_back(std::move(client));
  }
  return clients;
}

size_t CountClosed(const Clients& clients, milliseconds limit) {
  return static_cast<size_t>(std::count_if(clients.begin(), clients.end(),
                                           [limit](const auto& client) { return client->WaitUntilClosed(limit); }));
}

void SetFileLimit(pid_t process, rlim_t files) {
  rlimit limit{};
  ASSERT_EQ(prlimit(process, RLIMIT_NOFILE, nullptr, &limit), 0);
  limit.rlim_cur = files;
  ASSERT_EQ(prlimit(process, RLIMIT_NOFILE, &limit, nullptr), 0);
}

size_t OpenFilesOf(pid_t process) {
  const std::filesystem::directory_iterator files(Cat("/proc/", process, "/fd"));
  return static_cast<size_t>(std::distance(begin(files), end(files)));
}

TEST(HostileConnectionsTest, AFloodOfConnectsUsesUpDescriptorsAndEverybodyIsServedAfterwards) {
  HostileServer server({"--handshake-timeout", "60"});
  ASSERT_TRUE(server.ok());
  const pid_t process = server.program().pid();
  GoodCallers callers(server.address(), 2);
  const size_t before = OpenFilesOf(process);
  SetFileLimit(process, before + 400);
  {
    const Clients flood = ConnectMany(server.address(), 1100);
    EXPECT_EQ(flood.size(), 1100u) << "none waits to be accepted";
    EXPECT_TRUE(Eventually([&] { return CountClosed(flood, milliseconds(0)) > 800; }));
  }
  const auto begin = steady_clock::now();
  EXPECT_TRUE(Eventually([&] { return IsServed(server.address()); }));
  EXPECT_LT(steady_clock::now() - begin, seconds(10));
  callers.Stop();
  EXPECT_EQ(callers.failed(), 0);
  EXPECT_TRUE(server.Logs("limit=open-files"));
  EXPECT_TRUE(Eventually([&] { return OpenFilesOf(process) <= before + 8; })) << OpenFilesOf(process) << before;
}

TEST(HostileConnectionsTest, OnePeerGetsItsShareAndNoMore) {
  HostileServer server({"--max-connections-per-peer", "50", "--handshake-timeout", "60"});
  ASSERT_TRUE(server.ok());
  GoodCallers callers(server.address(), 2);
  {
    const Clients flood = ConnectMany(server.address(), 300);
    EXPECT_TRUE(Eventually([&] { return CountClosed(flood, milliseconds(0)) >= 250; }));
    EXPECT_FALSE(IsServed(server.address()));
  }
  EXPECT_TRUE(Eventually([&] { return IsServed(server.address()); }));
  callers.Stop();
  EXPECT_EQ(callers.failed(), 0);
  EXPECT_TRUE(server.Logs("limit=max-connections-per-peer"));
}

TEST(HostileConnectionsTest, SilentHandshakesAreEnded) {
  HostileServer server({"--handshake-timeout", "1"});
  ASSERT_TRUE(server.ok());
  const Clients silent = ConnectMany(server.address(), 50);
  const Clients half = ConnectMany(server.address(), 50);
  for (const auto& client : half) {
    client->AddBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    EXPECT_TRUE(client->Send());
  }
  EXPECT_EQ(CountClosed(silent, seconds(5)), 50u);
  EXPECT_EQ(CountClosed(half, seconds(5)), 50u);
}

TEST(HostileConnectionsTest, AThousandIdleConnectionsDoNotHoldUpTheEnd) {
  HostileServer server({"--max-connections-per-peer", "2000"});
  ASSERT_TRUE(server.ok());
  const Clients idle = ConnectMany(server.address(), 1000);
  for (const auto& client : idle) {
    client->AddPreface();
    ASSERT_TRUE(client->Send());
  }
  for (const auto& client : idle) ASSERT_FALSE(client->WaitUntilClosed(milliseconds(0)));
  if (kMemoryFiguresTell) {
    EXPECT_LT(server.PeakMemory(), 256);
  }
  const auto begin = steady_clock::now();
  EXPECT_EQ(server.program().Stop(), 0);
  EXPECT_LT(steady_clock::now() - begin, seconds(10));
}

}  // namespace
}  // namespace rowkeeper::testing
