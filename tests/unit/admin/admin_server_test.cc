#include "server/admin/admin_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>

#include "server/base/text.h"
#include "tests/support/eventually.h"
#include "tests/support/memory_figures.h"
#include "tests/support/raw_http_client.h"

namespace rowkeeper::admin {
namespace {

using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using testing::HttpRequest;
using testing::RawClient;

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
    const auto secret = [] { return PageAnswer{200, "a secret"}; };
    pages.push_back({"/default", "text/plain", secret});
    pages.push_back(
        {"/machine", "text/plain", secret, Audience::kThisMachine, {{"X-Extra", "extra"}, {"X-More", "more"}}});
    pages.push_back({"/anyone", "text/plain", secret, Audience::kAnyone});
    Page form{"/form", "text/x-form", secret, Audience::kThisMachine, {{"X-Extra", "extra"}}};
    form.submit = [](const Submission& sent) {
      if (sent.fields.empty()) throw std::runtime_error("nothing was sent");
      return PageAnswer{409, Cat("call ", sent.Field("call"), " from ", sent.peer)};
    };
    pages.push_back(std::move(form));
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
    EXPECT_THAT(Ask(HttpRequest("/livez")), StartsWith("HTTP/1.1 200"));
    return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start);
  }

  AdminOptions options_;
  std::unique_ptr<AdminServer> server_;
  ListenAddress address_;
};

TEST_F(AdminServerTest, PagesAreAnsweredWithTheirStatusAndType) {
  Serve();
  EXPECT_THAT(Ask(HttpRequest("/livez")),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Type: text/plain"), HasSubstr("\r\n\r\nOK\n")));
  EXPECT_THAT(Ask(HttpRequest("/livez?verbose=1")), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(
      Ask(HttpRequest("/readyz")),
      AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Content-Type: application/json"), HasSubstr("{\"ready\": false}")));
  const std::string large = Ask(HttpRequest("/large"));
  EXPECT_GT(large.size(), size_t{32} << 20);
}

TEST_F(AdminServerTest, HeadIsAnsweredWithoutABody) {
  Serve();
  EXPECT_THAT(Ask("HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Length: 3\r\n"), Not(HasSubstr("OK\n"))));
}

TEST_F(AdminServerTest, WhatItDoesNotServeIsRefused) {
  Serve();
  EXPECT_THAT(Ask(HttpRequest("/")), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("/livez, /readyz")));
  EXPECT_THAT(Ask(HttpRequest("/livez/../secret")), StartsWith("HTTP/1.1 404"));
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "PATCH"}) {
    EXPECT_THAT(Ask(Cat(method, " /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")),
                AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD")))
        << method;
  }
  EXPECT_THAT(Ask("GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(Ask("GET /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
}

std::string RequestAs(std::string_view path, std::string_view host) {
  return Cat("GET ", path, " HTTP/1.1\r\nHost: ", host, "\r\n\r\n");
}

/// As a browser asks that was told that the site's name leads here.
TEST_F(AdminServerTest, ASiteOfAnotherNameReadsNoPageThroughABrowser) {
  Serve();
  for (const char* path : {"/default", "/machine"}) {
    EXPECT_THAT(Ask(RequestAs(path, "evil.example:50052")),
                AllOf(StartsWith("HTTP/1.1 421"), Not(HasSubstr("secret")), HasSubstr("Content-Type: text/plain")));
    EXPECT_THAT(Ask(RequestAs(path, "localhost:50052")), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("secret")));
    EXPECT_THAT(Ask(RequestAs(path, "127.0.0.1")), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("secret")));
  }
  EXPECT_THAT(Ask(RequestAs("/anyone", "prometheus.example")), StartsWith("HTTP/1.1 200"));
}

/// An address of this machine that is not on loopback; empty: it has none.
std::string OutsideAddress() {
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return "";
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owned(all, &freeifaddrs);
  for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
    if (PlaceOf(each->ifa_addr) == PeerPlace::kElsewhere) return PeerText(each->ifa_addr);
  }
  return "";
}

TEST_F(AdminServerTest, FromElsewhereOnlyPagesForAnyoneCanBeRead) {
  const std::string outside = OutsideAddress();
  if (outside.empty()) GTEST_SKIP() << "this machine has no address beside loopback";
  Serve(outside + ":0");
  for (const char* path : {"/default", "/machine", "/form"}) {
    EXPECT_THAT(Ask(RequestAs(path, "localhost")), AllOf(StartsWith("HTTP/1.1 403"), Not(HasSubstr("a secret"))))
        << path;
  }
  EXPECT_THAT(Ask(RequestAs("/anyone", outside)), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("a secret")));
}

TEST_F(AdminServerTest, APageHasItsHeaders) {
  Serve();
  EXPECT_THAT(Ask(RequestAs("/machine", "localhost")),
              AllOf(HasSubstr("X-Extra: extra\r\n"), HasSubstr("X-More: more\r\n"),
                    HasSubstr("Cache-Control: no-store\r\n"), HasSubstr("X-Content-Type-Options: nosniff\r\n")));
  EXPECT_THAT(Ask(RequestAs("/anyone", "localhost")), Not(HasSubstr("X-Extra")));
}

TEST_F(AdminServerTest, AnExceptionOfAPageIsItsAnswer) {
  Serve();
  EXPECT_THAT(Ask(HttpRequest("/throws")), AllOf(StartsWith("HTTP/1.1 500"), Not(HasSubstr("nothing left"))));
  EXPECT_THAT(Ask(HttpRequest("/livez")), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminServerTest, HeadersAreBounded) {
  Serve();
  const size_t before = ResidentBytes();
  RawClient client(address_);
  client.Send("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: ");
  const std::string piece(size_t{1} << 20, 'x');
  int sent = 0;
  while (sent < 64 && client.Send(piece)) ++sent;
  EXPECT_LT(sent, 64) << "64 MiB of a header were taken";
  if (rowkeeper::testing::kMemoryFiguresTell) {
    EXPECT_LT(ResidentBytes(), before + (size_t{16} << 20));
  }
  EXPECT_THAT(Ask(HttpRequest("/livez")), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminServerTest, TooLongAHeaderIsToldSo) {
  Serve();
  EXPECT_THAT(Ask(Cat("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: ", std::string(20000, 'x'), "\r\n\r\n")),
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
  EXPECT_LT(AnswerTime(), std::chrono::seconds(10));
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
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(AdminServerTest, WhoeverDoesNotReadIsCutOffInTime) {
  options_.request_limit = std::chrono::milliseconds(5000);
  Serve();
  RawClient deaf(address_);
  deaf.Send(HttpRequest("/large"));
  EXPECT_LT(AnswerTime(), std::chrono::seconds(4));
  EXPECT_TRUE(testing::Eventually([&] { return deaf.IsClosed(); }));
}

std::map<std::string, uint64_t> Answered(const AdminServer& server) {
  std::map<std::string, uint64_t> counts;
  for (const AdminStats::Requests& one : server.stats().requests) counts[Cat(one.path, " ", one.status)] = one.count;
  return counts;
}

TEST_F(AdminServerTest, AnswersAreCountedByPageAndStatus) {
  Serve();
  for (int i = 0; i < 3; ++i) Ask(HttpRequest("/livez"));
  Ask("HEAD /livez?a=b HTTP/1.1\r\nHost: localhost\r\n\r\n");
  Ask("POST /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
  Ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n");
  Ask(HttpRequest("/readyz"));
  Ask(HttpRequest("/throws"));
  for (const char* made_up : {"/", "/a", "/b", "/livez/"}) Ask(HttpRequest(made_up));
  const std::map<std::string, uint64_t> expected = {{"/livez 200", 4},  {"/livez 405", 1},  {"/readyz 413", 1},
                                                    {"/readyz 503", 1}, {"/throws 500", 1}, {"_OTHER 404", 4}};
  EXPECT_EQ(Answered(*server_), expected);
  EXPECT_EQ(server_->stats().refused, (std::array<uint64_t, kAdminLimits>{}));
}

/// Each of them, and what is not one.
TEST_F(AdminServerTest, ConnectionsThatEndByALimitAreCountedByIt) {
  options_.request_limit =
      std::chrono::milliseconds(4000);  // within which a whole request comes, on a busy machine too
  Serve();
  const auto refused = [this](AdminLimit limit) { return server_->stats().refused[static_cast<size_t>(limit)]; };
  { RawClient leaves(address_); }
  { RawClient(address_).Send("GET /livez HTTP/1.1\r\nX-Cut: "); }
  Ask(HttpRequest("/livez"));
  Ask(Cat("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: ", std::string(20000, 'x'), "\r\n\r\n"));
  EXPECT_TRUE(testing::Eventually([&] { return refused(AdminLimit::kHeaders) == 1; }));
  Ask("what is this\r\n\r\n");
  EXPECT_TRUE(testing::Eventually([&] { return refused(AdminLimit::kHeaders) == 2; }));
  EXPECT_EQ(refused(AdminLimit::kConnections), 0u);
  EXPECT_EQ(refused(AdminLimit::kTime), 0u);
  RawClient slow(address_);
  slow.Send("GET /li");
  EXPECT_TRUE(testing::Eventually([&] { return refused(AdminLimit::kTime) == 1; }));
  EXPECT_EQ(refused(AdminLimit::kHeaders), 2u) << "nobody is counted twice";
  server_.reset();
  options_.max_connections = 2;
  Serve();
  RawClient first(address_), second(address_), third(address_);
  EXPECT_TRUE(testing::Eventually([&] { return refused(AdminLimit::kConnections) == 1; }));
  EXPECT_EQ(refused(AdminLimit::kOpenFiles), 0u);
  EXPECT_LE(server_->stats().connections, 2u);
}

TEST_F(AdminServerTest, ItListensOnAUnixSocketAndRemovesIt) {
  char directory[] = "/tmp/rk_admin_XXXXXX";
  ASSERT_NE(mkdtemp(directory), nullptr);
  const std::string path = Cat(directory, "/admin.sock");
  Serve("unix:" + path);
  EXPECT_THAT(Ask(HttpRequest("/livez")), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Ask(RequestAs("/machine", "any.name")), StartsWith("HTTP/1.1 200")) << "no browser comes this way";
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
  EXPECT_LT(AnswerTime(), std::chrono::seconds(10));
  const auto start = steady_clock::now();
  server_.reset();
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(10));
}

std::string FormRequest(std::string_view body, std::string_view headers = "", std::string_view path = "/form") {
  return Cat("POST ", path, " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n",
             headers, "Content-Length: ", body.size(), "\r\n\r\n", body);
}

TEST_F(AdminServerTest, AFormGetsTheAnswerOfItsPage) {
  Serve();
  EXPECT_THAT(Ask(FormRequest("call=17&more=x")),
              AllOf(StartsWith("HTTP/1.1 409"), HasSubstr("Content-Type: text/x-form"), HasSubstr("X-Extra: extra"),
                    HasSubstr("\r\n\r\ncall 17 from 127.0.0.1")));
  EXPECT_THAT(Ask(FormRequest("")), AllOf(StartsWith("HTTP/1.1 500"), HasSubstr("text/plain"))) << "as any page";
  EXPECT_THAT(Ask(RequestAs("/form", "localhost")), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("a secret")));
}

TEST_F(AdminServerTest, AFormMayComeInPiecesAndInChunks) {
  Serve();
  RawClient pieces(address_);
  const std::string request = FormRequest("call=17");
  for (const char byte : request) pieces.Send(std::string_view(&byte, 1));
  EXPECT_THAT(pieces.ReadAll(), HasSubstr("call 17 from"));
  EXPECT_THAT(
      Ask("POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
          "Transfer-Encoding: chunked\r\n\r\n4\r\ncall\r\n3\r\n=17\r\n0\r\n\r\n"),
      HasSubstr("call 17 from"));
}

TEST_F(AdminServerTest, WhatIsNoFormOrTooLargeIsRefused) {
  Serve();
  const std::string large(kMostFormBytes + 1, 'x');
  EXPECT_THAT(Ask(FormRequest(large)), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(Ask(Cat("POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n1001\r\n",
                      large, "\r\n0\r\n\r\n")),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(Ask("POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                  "Content-Length: 1000000000\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(Ask(FormRequest("a=%")), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(Ask("POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"),
              StartsWith("HTTP/1.1 415"));
  EXPECT_THAT(Ask("POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"), StartsWith("HTTP/1.1 415"));
  EXPECT_THAT(Ask("PUT /form HTTP/1.1\r\nHost: localhost\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD, POST\r\n")));
  EXPECT_THAT(Ask(FormRequest("call=17", "", "/machine")), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(Ask(RequestAs("/livez", "localhost")), StartsWith("HTTP/1.1 200")) << "it goes on";
}

TEST_F(AdminServerTest, AFormIsTakenFromItsOwnPagesOnly) {
  Serve();
  for (const char* header : {"Origin: http://evil.example\r\n", "Origin: null\r\n", "Sec-Fetch-Site: cross-site\r\n"}) {
    EXPECT_THAT(Ask(FormRequest("call=17", header)), AllOf(StartsWith("HTTP/1.1 403"), Not(HasSubstr("call 17"))))
        << header;
  }
  EXPECT_THAT(Ask(FormRequest("call=17", "Origin: http://localhost\r\n")), HasSubstr("call 17"));
  std::string rebound = FormRequest("call=17");
  rebound.replace(rebound.find("localhost"), 9, "evil.test");
  EXPECT_THAT(Ask(rebound), StartsWith("HTTP/1.1 421"));
}

/// What nobody finishes must not stay.
TEST_F(AdminServerTest, AFormThatNeverEndsIsCutOff) {
  options_.request_limit = std::chrono::milliseconds(200);
  Serve();
  RawClient client(address_);
  ASSERT_TRUE(
      client.Send("POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                  "Content-Length: 10\r\n\r\ncall"));
  EXPECT_TRUE(rowkeeper::testing::Eventually([&] { return server_->stats().connections == 0; }));
}

}  // namespace
}  // namespace rowkeeper::admin
