#include "server/admin/admin_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "server/base/text.h"
#include "tests/support/eventually.h"

namespace rowkeeper::admin {
namespace {

using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// A connection that sends what it is told to, byte for byte.
class RawClient {
 public:
  explicit RawClient(const ListenAddress& address) : socket_(Connect(address)) {}

  /// False when the server has closed the connection.
  bool Send(std::string_view bytes) {
    return send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  /// All that comes until the server closes the connection, or nothing comes for 10 s.
  std::string ReadAll() {
    std::string all;
    char buffer[4096];
    for (;;) {
      pollfd polled{socket_.get(), POLLIN, 0};
      if (poll(&polled, 1, 10000) <= 0) return all + "(silence)";
      const ssize_t count = recv(socket_.get(), buffer, sizeof(buffer), 0);
      if (count <= 0) return all;
      all.append(buffer, static_cast<size_t>(count));
    }
  }
  std::string Ask(std::string_view request) {
    Send(request);
    return ReadAll();
  }
  bool IsClosed() {
    pollfd polled{socket_.get(), POLLRDHUP, 0};
    return poll(&polled, 1, 0) > 0;
  }

 private:
  static FileDescriptor Connect(const ListenAddress& address) {
    FileDescriptor socket(::socket(address.is_unix() ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_storage peer{};
    if (address.is_unix()) {
      auto& name = reinterpret_cast<sockaddr_un&>(peer);
      name.sun_family = AF_UNIX;
      address.unix_path().copy(name.sun_path, sizeof(name.sun_path) - 1);
    } else {
      auto& name = reinterpret_cast<sockaddr_in&>(peer);
      name.sin_family = AF_INET;
      name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      name.sin_port = htons(static_cast<uint16_t>(std::stoi(address.port())));
    }
    const socklen_t size = address.is_unix() ? sizeof(sockaddr_un) : sizeof(sockaddr_in);
    EXPECT_EQ(connect(socket.get(), reinterpret_cast<const sockaddr*>(&peer), size), 0);
    return socket;
  }

  FileDescriptor socket_;
};

std::string Request(std::string_view path) { return Cat("GET ", path, " HTTP/1.1\r\nHost: here\r\n\r\n"); }

/// Resident memory of this process, bytes.
size_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  size_t total = 0;
  size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

class AdminServerTest : public ::testing::Test {
 protected:
  void Serve(const std::string& address = "127.0.0.1:0") {
    std::vector<Page> pages;
    pages.push_back({"/livez", "text/plain", [] { return PageAnswer{200, "OK\n"}; }});
    pages.push_back({"/readyz", "application/json", [] { return PageAnswer{503, "{\"ready\": false}\n"}; }});
    pages.push_back({"/large", "text/plain", [] { return PageAnswer{200, std::string(size_t{32} << 20, 'x')}; }});
    pages.push_back({"/throws", "text/plain", []() -> PageAnswer { throw std::runtime_error("nothing left"); }});
    ListenAddress parsed;
    ASSERT_TRUE(ParseListenAddress(address, &parsed).ok());
    auto started = AdminServer::Start(parsed, std::move(pages), options_);
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    ASSERT_TRUE(ParseListenAddress(server_->address(), &address_).ok());
  }
  std::string Ask(std::string_view request) { return RawClient(address_).Ask(request); }
  /// How long a well-behaved client waits for its answer.
  std::chrono::milliseconds AnswerTime() {
    const auto start = steady_clock::now();
    EXPECT_THAT(Ask(Request("/livez")), StartsWith("HTTP/1.1 200"));
    return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start);
  }

  AdminOptions options_;
  std::unique_ptr<AdminServer> server_;
  ListenAddress address_;
};

TEST_F(AdminServerTest, PagesAreAnsweredWithTheirStatusAndType) {
  Serve();
  EXPECT_THAT(Ask(Request("/livez")),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Type: text/plain"), HasSubstr("\r\n\r\nOK\n")));
  EXPECT_THAT(Ask(Request("/livez?verbose=1")), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Ask(Request("/readyz")), AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Content-Type: application/json"),
                                             HasSubstr("{\"ready\": false}")));
  const std::string large = Ask(Request("/large"));
  EXPECT_GT(large.size(), size_t{32} << 20);
}

TEST_F(AdminServerTest, HeadIsAnsweredWithoutABody) {
  Serve();
  EXPECT_THAT(Ask("HEAD /livez HTTP/1.1\r\nHost: here\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Length: 3\r\n"), Not(HasSubstr("OK\n"))));
}

TEST_F(AdminServerTest, WhatItDoesNotServeIsRefused) {
  Serve();
  EXPECT_THAT(Ask(Request("/")), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("/livez, /readyz")));
  EXPECT_THAT(Ask(Request("/livez/../secret")), StartsWith("HTTP/1.1 404"));
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "PATCH"}) {
    EXPECT_THAT(Ask(Cat(method, " /livez HTTP/1.1\r\nHost: here\r\n\r\n")),
                AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD")))
        << method;
  }
  EXPECT_THAT(Ask("GET /livez HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n"), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(Ask("GET /livez HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
}

TEST_F(AdminServerTest, AnExceptionOfAPageIsItsAnswer) {
  Serve();
  EXPECT_THAT(Ask(Request("/throws")), AllOf(StartsWith("HTTP/1.1 500"), Not(HasSubstr("nothing left"))));
  EXPECT_THAT(Ask(Request("/livez")), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminServerTest, HeadersAreBounded) {
  Serve();
  const size_t before = ResidentBytes();
  RawClient client(address_);
  client.Send("GET /livez HTTP/1.1\r\nHost: here\r\nX-Long: ");
  const std::string piece(size_t{1} << 20, 'x');
  int sent = 0;
  while (sent < 64 && client.Send(piece)) ++sent;
  EXPECT_LT(sent, 64) << "64 MiB of a header were taken";
  EXPECT_LT(ResidentBytes(), before + (size_t{16} << 20));
  EXPECT_THAT(Ask(Request("/livez")), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminServerTest, TooLongAHeaderIsToldSo) {
  Serve();
  EXPECT_THAT(Ask(Cat("GET /livez HTTP/1.1\r\nHost: here\r\nX-Long: ", std::string(20000, 'x'), "\r\n\r\n")),
              AnyOf(StartsWith("HTTP/1.1 431"), StartsWith("HTTP/1.1 414"), StartsWith("HTTP/1.1 413")));
}

TEST_F(AdminServerTest, SilentClientsKeepNobodyWaiting) {
  options_.request_limit = std::chrono::seconds(60);
  Serve();
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 300; ++i) {
    silent.push_back(std::make_unique<RawClient>(address_));
    if (i % 2 == 0) silent.back()->Send("GET /livez HTTP/1.1\r\nX-Slow: ");
  }
  EXPECT_LT(AnswerTime(), std::chrono::seconds(1));
  // The oldest had to go; as many as the limit says are still there.
  int open = 0;
  for (const auto& client : silent) open += client->IsClosed() ? 0 : 1;
  EXPECT_LE(open, options_.max_connections);
  EXPECT_GE(open, options_.max_connections - 2);
}

TEST_F(AdminServerTest, WhoeverDripsIsCutOffInTime) {
  options_.request_limit = std::chrono::milliseconds(1000);
  Serve();
  RawClient dripping(address_);
  const auto start = steady_clock::now();
  dripping.Send("GET /livez HTTP/1.1\r\nX-Slow: ");
  EXPECT_TRUE(testing::Eventually([&] { return !dripping.Send("x") || dripping.IsClosed(); }));
  EXPECT_GT(steady_clock::now() - start, std::chrono::milliseconds(900));
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(AdminServerTest, WhoeverDoesNotReadIsCutOffInTime) {
  options_.request_limit = std::chrono::milliseconds(1000);
  Serve();
  RawClient deaf(address_);
  deaf.Send(Request("/large"));
  EXPECT_LT(AnswerTime(), std::chrono::milliseconds(900));
  EXPECT_TRUE(testing::Eventually([&] { return deaf.IsClosed(); }));
}

TEST_F(AdminServerTest, ItListensOnAUnixSocketAndRemovesIt) {
  char directory[] = "/tmp/rk_admin_XXXXXX";
  ASSERT_NE(mkdtemp(directory), nullptr);
  const std::string path = Cat(directory, "/admin.sock");
  Serve("unix:" + path);
  EXPECT_THAT(Ask(Request("/livez")), StartsWith("HTTP/1.1 200"));
  const auto second = AdminServer::Start(address_, {});
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("another process listens there"));
  server_.reset();
  EXPECT_NE(access(path.c_str(), F_OK), 0);
  rmdir(directory);
}

TEST_F(AdminServerTest, APortThatIsTakenIsAnError) {
  Serve();
  const auto second = AdminServer::Start(address_, {});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(address_.text));
}

TEST_F(AdminServerTest, ItEndsWhileClientsAreConnected) {
  Serve();
  RawClient silent(address_);
  RawClient slow(address_);
  slow.Send("GET /liv");
  EXPECT_LT(AnswerTime(), std::chrono::seconds(1));
  const auto start = steady_clock::now();
  server_.reset();
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace rowkeeper::admin
