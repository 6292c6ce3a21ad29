#include "server/net/acceptor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "tests/support/eventually.h"
#include "tests/support/temporary_directory.h"

namespace rowkeeper::net {
namespace {

using rowkeeper::testing::Eventually;
using rowkeeper::testing::TemporaryDirectory;

size_t OpenFiles() {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) files += entry.exists() ? 1 : 0;
  return files;
}

Listener ListenOn(const std::string& text) {
  ListenAddress address;
  EXPECT_TRUE(ParseListenAddress(text, &address).ok());
  absl::StatusOr<Listener> listener = Listen(address);
  EXPECT_TRUE(listener.ok()) << listener.status();
  return *std::move(listener);
}

FileDescriptor ConnectTo(const ListenAddress& address) {
  if (address.is_unix()) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    address.unix_path().copy(name.sun_path, sizeof(name.sun_path) - 1);
    FileDescriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(made.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) != 0) return {};
    return made;
  }
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<uint16_t>(std::stoi(address.port())));
  inet_pton(AF_INET, "127.0.0.1", &name.sin_addr);
  FileDescriptor made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(made.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) != 0) return {};
  return made;
}

/// 'x' that a served connection is greeted with, or 0 for one that is closed.
char GreetingOn(const FileDescriptor& socket) {
  pollfd polled{socket.get(), POLLIN, 0};
  char greeting = 0;
  if (poll(&polled, 1, 20000) != 1 || recv(socket.get(), &greeting, 1, 0) != 1) return 0;
  return greeting;
}

/// Greets each connection and keeps it until it is told to drop them.
class Server {
 public:
  explicit Server(const std::string& address, const ConnectionLimits& limits = {},
                  Acceptor::Accepting accepting = Acceptor::Accepting::kAtOnce) {
    Listener listener = ListenOn(address);
    address_ = listener.address;
    std::vector<Endpoint> endpoints(1);
    endpoints.front().listeners.push_back(std::move(listener));
    endpoints.front().serve = [this](FileDescriptor socket) {
      const absl::MutexLock lock(&mutex_);
      served_.push_back(std::move(socket));
      send(served_.back().get(), "x", 1, MSG_NOSIGNAL);
    };
    auto acceptor = Acceptor::Start(limits, std::move(endpoints), nullptr, accepting);
    EXPECT_TRUE(acceptor.ok()) << acceptor.status();
    acceptor_ = *std::move(acceptor);
  }

  FileDescriptor Connect() const { return ConnectTo(address_); }
  const ListenAddress& address() const { return address_; }
  Acceptor& acceptor() { return *acceptor_; }
  int64_t open() const { return acceptor_->stats().open; }
  uint64_t refused(Refusal refusal) const { return acceptor_->stats().refused_total[static_cast<size_t>(refusal)]; }
  /// As gRPC does.
  void DropAll() {
    const absl::MutexLock lock(&mutex_);
    for (const FileDescriptor& socket : served_) shutdown(socket.get(), SHUT_RDWR);
    served_.clear();
  }

 private:
  ListenAddress address_;
  absl::Mutex mutex_;
  std::vector<FileDescriptor> served_;
  std::unique_ptr<Acceptor> acceptor_;
};

ConnectionLimits AtMost(int connections) {
  ConnectionLimits limits;
  limits.max_connections = connections;
  return limits;
}

TEST(AcceptorTest, OneTooManyIsClosedAtOnceAndServedWhenThereIsRoom) {
  Server server("127.0.0.1:0", AtMost(2));
  const FileDescriptor first = server.Connect();
  const FileDescriptor second = server.Connect();
  EXPECT_EQ(GreetingOn(first), 'x');
  EXPECT_EQ(GreetingOn(second), 'x');
  EXPECT_EQ(GreetingOn(server.Connect()), 0);
  EXPECT_EQ(server.refused(Refusal::kMaxConnections), 1u);
  server.DropAll();
  EXPECT_EQ(GreetingOn(server.Connect()), 'x') << "no wait, no second try";
}

TEST(AcceptorTest, ConnectionsThatEndAreCountedNoMoreWhoeverEndsThem) {
  const size_t before = OpenFiles();
  {
    Server server("127.0.0.1:0");
    {
      std::vector<FileDescriptor> clients;
      for (int i = 0; i < 20; ++i) clients.push_back(server.Connect());
      for (const FileDescriptor& client : clients) ASSERT_EQ(GreetingOn(client), 'x');
      EXPECT_EQ(server.open(), 20);
      server.DropAll();
      EXPECT_TRUE(Eventually([&] { return server.open() == 0; }));
    }
    FileDescriptor client = server.Connect();
    ASSERT_EQ(GreetingOn(client), 'x');
    client = FileDescriptor();
    server.DropAll();
    EXPECT_TRUE(Eventually([&] { return server.open() == 0; }));
    EXPECT_EQ(server.acceptor().stats().accepted_total, 21u);
  }
  EXPECT_EQ(OpenFiles(), before);
}

TEST(AcceptorTest, APeerThatHasClosedIsStillThereUntilItsConnectionIsShutDown) {
  Server server("127.0.0.1:0");
  FileDescriptor client = server.Connect();
  ASSERT_EQ(GreetingOn(client), 'x');
  shutdown(client.get(), SHUT_WR);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // four polls of a connection
  EXPECT_EQ(server.open(), 1) << "what it sent before may still be read";
  server.DropAll();
  EXPECT_TRUE(Eventually([&] { return server.open() == 0; }));
}

TEST(AcceptorTest, UsersAreToldApartOnUnixSockets) {
  const TemporaryDirectory directory;
  ConnectionLimits limits;
  limits.allowed_uids = {getuid() + 1};
  Server server("unix:" + directory.path() + "/s", limits);
  EXPECT_EQ(GreetingOn(server.Connect()), 0);
  EXPECT_EQ(server.refused(Refusal::kAllowUid), 1u);
  Server other("unix:" + directory.path() + "/t");
  EXPECT_EQ(GreetingOn(other.Connect()), 'x');
}

TEST(AcceptorTest, WhatAPeerSentBeforeItWentAwayIsDropped) {
  const TemporaryDirectory directory;
  for (const std::string& address : {"unix:" + directory.path() + "/s", std::string("127.0.0.1:0")}) {
    Server server(address);
    FileDescriptor client = server.Connect();
    ASSERT_EQ(GreetingOn(client), 'x');
    const std::string unread(100000, 'u');
    ASSERT_EQ(send(client.get(), unread.data(), unread.size(), MSG_NOSIGNAL), static_cast<ssize_t>(unread.size()));
    client = FileDescriptor();
    if (server.address().is_unix()) {
      EXPECT_TRUE(Eventually([&] { return server.open() == 0; }));
    }
    server.DropAll();
    EXPECT_TRUE(Eventually([&] { return server.open() == 0; }));
  }
}

/// Of connections on which nothing ever becomes a call.
class NoStreams : public StreamTracker {
 public:
  void Opening(uint64_t, const std::string&) override {}
  void Opened(uint64_t) override {}
  std::optional<StreamCounts> CountsOf(uint64_t) override { return StreamCounts(); }
  void Forget(uint64_t) override {}
};

/// As gRPC does with what has come at once: for as long as more comes.
void ReadToTheEnd(const FileDescriptor& socket) {
  std::string read(size_t{64} << 10, '\0');
  pollfd polled{socket.get(), POLLIN, 0};
  while (poll(&polled, 1, 20000) == 1 && recv(socket.get(), read.data(), read.size(), 0) > 0) {
  }
}

TEST(AcceptorTest, WhoFloodsFromTheFirstMomentIsAbortedThoughItsReaderNeverComesToAnEnd) {
  NoStreams streams;
  std::atomic<int> served{0};
  std::vector<Endpoint> endpoints(1);
  endpoints.front().listeners.push_back(ListenOn("127.0.0.1:0"));
  const ListenAddress address = endpoints.front().listeners.front().address;
  endpoints.front().serve = [&served](const FileDescriptor& socket) {
    ReadToTheEnd(socket);
    ++served;
  };
  const auto acceptor = Acceptor::Start(ConnectionLimits(), std::move(endpoints), &streams).value();
  const FileDescriptor client = ConnectTo(address);
  const std::string bytes(size_t{64} << 10, 'b');
  int sent = 0;
  while (sent < 16384 && send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) ++sent;
  EXPECT_LT(sent, 16384) << "a gibibyte went through";
  shutdown(client.get(), SHUT_RDWR);
  EXPECT_TRUE(Eventually([&] { return served == 1; }));
  EXPECT_EQ(acceptor->stats().aborted_total[static_cast<size_t>(AbortCause::kFlood)], 1U);
}

TEST(AcceptorTest, WhoConnectsBeforeItIsToldToAcceptWaits) {
  Server server("127.0.0.1:0", {}, Acceptor::Accepting::kWhenTold);
  const FileDescriptor early = ConnectTo(server.address());
  ASSERT_TRUE(early.valid());
  pollfd polled{early.get(), POLLIN, 0};
  EXPECT_EQ(poll(&polled, 1, 100), 0);
  EXPECT_EQ(server.acceptor().stats().accepted_total, 0u);
  server.acceptor().StartAccepting();
  EXPECT_EQ(GreetingOn(early), 'x');
}

TEST(AcceptorTest, NobodyIsServedAfterStopAcceptingAndTheSocketsFileIsGone) {
  const TemporaryDirectory directory;
  Server server("unix:" + directory.path() + "/s");
  const FileDescriptor client = server.Connect();
  ASSERT_EQ(GreetingOn(client), 'x');
  server.acceptor().StopAccepting();
  server.acceptor().StopAccepting();
  EXPECT_FALSE(server.Connect().valid());
  EXPECT_FALSE(std::filesystem::exists(server.address().unix_path()));
  EXPECT_EQ(server.open(), 1);
  server.DropAll();
  EXPECT_TRUE(Eventually([&] { return server.open() == 0; })) << "still watched";
}

/// Lets the process open only so many files more.
class FileShortage {
 public:
  explicit FileShortage(size_t more) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit less{OpenFiles() + more, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &less);
  }
  ~FileShortage() { setrlimit(RLIMIT_NOFILE, &before_); }
  FileShortage(const FileShortage&) = delete;
  FileShortage& operator=(const FileShortage&) = delete;

 private:
  rlimit before_{};
};

TEST(AcceptorTest, WithoutFilesConnectionsAreRefusedAndServedAgainAtOnce) {
  Server server("127.0.0.1:0");
  std::vector<FileDescriptor> clients;
  for (int i = 0; i < 3; ++i) {
    // Sockets of clients are files of this process, too.
    std::vector<FileDescriptor> waiting;
    for (int k = 0; k < 30; ++k) waiting.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(static_cast<uint16_t>(std::stoi(server.address().port())));
    inet_pton(AF_INET, "127.0.0.1", &name.sin_addr);
    int served = 0;
    {
      const FileShortage shortage(static_cast<size_t>(6 + i));  // the socket or its duplicate is the one too many
      for (const FileDescriptor& client : waiting) {
        ASSERT_EQ(connect(client.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
        pollfd answer{client.get(), POLLIN, 0};
        ASSERT_EQ(poll(&answer, 1, 10000), 1) << "neither served nor refused";
        served += GreetingOn(client) == 'x' ? 1 : 0;
      }
    }
    EXPECT_GT(served, 0);
    EXPECT_LT(served, 30);
    EXPECT_GT(server.refused(Refusal::kOpenFiles), 0u);
    server.DropAll();
    EXPECT_EQ(GreetingOn(server.Connect()), 'x');
    server.DropAll();
  }
}

TEST(AcceptorTest, WithoutASingleFileConnectionsAreRefusedToo) {
  Server server("127.0.0.1:0");
  for (uint64_t times = 1; times <= 100; ++times) {
    FileDescriptor client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(static_cast<uint16_t>(std::stoi(server.address().port())));
    inet_pton(AF_INET, "127.0.0.1", &name.sin_addr);
    const FileShortage shortage(0);
    std::vector<FileDescriptor> last;  // those that OpenFiles had open itself
    do last.emplace_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
    while (last.back().valid());
    ASSERT_EQ(connect(client.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
    pollfd answer{client.get(), POLLIN, 0};
    ASSERT_EQ(poll(&answer, 1, 10000), 1) << "neither served nor refused";
    EXPECT_EQ(GreetingOn(client), 0);
    EXPECT_EQ(server.refused(Refusal::kOpenFiles), times);
  }
}

}  // namespace
}  // namespace rowkeeper::net
