#include "server/identity/https_key_fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <thread>

#include "server/base/text.h"
#include "tests/support/eventually.h"
#include "tests/support/https_server.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_issuer.h"

namespace rowkeeper::identity {
namespace {

using rowkeeper::testing::CertificateAndKey;
using rowkeeper::testing::Eventually;
using rowkeeper::testing::HttpAnswer;
using rowkeeper::testing::HttpsServer;
using rowkeeper::testing::ReplaceTestFile;
using rowkeeper::testing::TemporaryDirectory;
using rowkeeper::testing::TestAuthority;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// "fetched", or what is wrong.
std::string Said(const FetchAnswer& answer) {
  return answer.problem.empty() ? std::string(FetchOutcomeName(answer.outcome))
                                : Cat(FetchOutcomeName(answer.outcome), ": ", answer.problem);
}

HttpsServer::Answer Always(const std::string& answer) {
  return [answer](const std::string& /*request*/, HttpsServer::Connection* client) { client->Write(answer); };
}

class HttpsKeyFetcherTest : public ::testing::Test {
 protected:
  void SetUp() override { ReplaceTestFile(roots_, authority_.root()); }

  void Serve(HttpsServer::Answer answer) { Serve(authority_.Issue(), std::move(answer)); }
  void Serve(const CertificateAndKey& own, HttpsServer::Answer answer) {
    server_ = std::make_unique<HttpsServer>(HttpsServer::Options{own}, std::move(answer));
  }
  HttpsOptions Options(std::string_view scheme = "https") const {
    HttpsOptions options;
    options.url = *ParseKeyUrl(Cat(scheme, "://localhost:", server_->port(), "/keys?p=1"));
    if (options.url.encrypted) options.roots_file = roots_;
    options.connect_limit = seconds(60);  // the machine may be busy
    options.limit = seconds(60);
    return options;
  }
  FetchAnswer Fetch(const HttpsOptions& options, const std::string& etag = "") {
    auto fetcher = OpenHttpsKeyFetcher(options);
    EXPECT_TRUE(fetcher.ok()) << fetcher.status();
    return (*fetcher)->Fetch(etag);
  }
  FetchAnswer Fetch() { return Fetch(Options()); }

  const TestAuthority authority_{"issuer"};
  TemporaryDirectory directory_;
  const std::string roots_ = directory_.path() + "/roots.pem";
  std::unique_ptr<HttpsServer> server_;
};

TEST_F(HttpsKeyFetcherTest, FetchesOverTls) {
  std::string asked;
  Serve([&asked](const std::string& request, HttpsServer::Connection* client) {
    asked = request;
    client->Write(HttpAnswer("200 OK",
                             "etag: \"v1\"\r\ncache-control: public\r\nCache-Control: max-age=600\r\nAge: 60\r\n",
                             "{\"keys\": []}"));
  });
  const FetchAnswer answer = Fetch();
  server_.reset();
  EXPECT_EQ(Said(answer), "fetched");
  EXPECT_EQ(answer.text, "{\"keys\": []}");
  EXPECT_EQ(answer.etag, "\"v1\"");
  EXPECT_EQ(answer.fresh, seconds(540));
  EXPECT_THAT(asked, StartsWith("GET /keys?p=1 HTTP/1.1\r\n"));
  for (const char* header : {"If-None-Match", "Authorization", "Cookie"}) EXPECT_THAT(asked, Not(HasSubstr(header)));
}

TEST_F(HttpsKeyFetcherTest, AsksForWhatHasChanged) {
  Serve([](const std::string& request, HttpsServer::Connection* client) {
    const bool known = request.find("\r\nIf-None-Match: W/\"v1\"\r\n") != std::string::npos;
    client->Write(known ? HttpAnswer("304 Not Modified", "Cache-Control: max-age=120\r\n", "")
                        : HttpAnswer("200 OK", "ETag: W/\"v2\"\r\n", "keys"));
  });
  const FetchAnswer same = Fetch(Options(), "W/\"v1\"");
  EXPECT_EQ(Said(same), "unchanged");
  EXPECT_EQ(same.fresh, seconds(120));
  const FetchAnswer other = Fetch(Options(), "W/\"v0\"");
  EXPECT_EQ(Said(other), "fetched");
  EXPECT_EQ(other.fresh, std::nullopt);
}

TEST_F(HttpsKeyFetcherTest, HeadersThatAreThereTooOftenSayNothing) {
  Serve(Always(
      HttpAnswer("200 OK", "ETag: \"1\"\r\nETag: \"2\"\r\nCache-Control: max-age=9\r\nAge: 1\r\nAge: 2\r\n", "keys")));
  const FetchAnswer twice = Fetch();
  EXPECT_EQ(Said(twice), "fetched");
  EXPECT_EQ(twice.etag, "") << "a list would ask for another one's changes";
  EXPECT_EQ(twice.fresh, seconds(9));
  std::string many;
  for (int i = 0; i < 9; ++i) many += "Cache-Control: max-age=9\r\n";
  server_->SetAnswer(Always(HttpAnswer("200 OK", many, "keys")));
  EXPECT_EQ(Fetch().fresh, std::nullopt);
}

TEST_F(HttpsKeyFetcherTest, HeadersAreLimited) {
  std::string many;
  for (int i = 0; i < 10000; ++i) many += "Age:1\r\n";
  Serve(Always(HttpAnswer("200 OK", many, "keys")));
  EXPECT_EQ(Said(Fetch()), "too_large: the answer has too many or too long headers") << "many";
  server_->SetAnswer(Always(HttpAnswer("200 OK", Cat("X: ", std::string(70000, 'x'), "\r\n"), "keys")));
  EXPECT_EQ(Said(Fetch()), "too_large: the answer has too many or too long headers") << "long";
  server_->SetAnswer([](const std::string& /*request*/, HttpsServer::Connection* client) {
    client->Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nkeys\r\n0\r\n");
    while (client->Write("X: y\r\n")) {
    }
  });
  EXPECT_EQ(Said(Fetch()), "too_large: the answer has too many or too long headers") << "trailers without end";
  server_->SetAnswer([](const std::string& /*request*/, HttpsServer::Connection* client) {
    while (client->Write("HTTP/1.1 103 Early Hints\r\n\r\n")) {
    }
  });
  EXPECT_EQ(Said(Fetch()), "too_large: the answer has too many or too long headers") << "heads without end";
}

TEST_F(HttpsKeyFetcherTest, ManyFetchesOfOneFetcherAreEachAConnection) {
  Serve(Always(HttpAnswer("200 OK", "", "keys")));
  auto fetcher = OpenHttpsKeyFetcher(Options());
  ASSERT_TRUE(fetcher.ok()) << fetcher.status();
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(Said((*fetcher)->Fetch("")), "fetched");
    EXPECT_EQ(server_->requests(), i);
  }
}

TEST_F(HttpsKeyFetcherTest, AnAnswerIsLimited) {
  HttpsOptions options;
  Serve(Always(HttpAnswer("200 OK", "", std::string(1001, 'x'))));
  options = Options();
  options.most_bytes = 1000;
  EXPECT_EQ(Said(Fetch(options)), "too_large: the answer has more than 1000 bytes");
  server_->SetAnswer(Always(HttpAnswer("200 OK", "", std::string(1000, 'x'))));
  EXPECT_EQ(Fetch(options).text, std::string(1000, 'x'));
  server_->SetAnswer([](const std::string& /*request*/, HttpsServer::Connection* client) {
    client->Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (client->Write("64\r\n" + std::string(100, 'x') + "\r\n")) {
    }
  });
  EXPECT_EQ(Said(Fetch(options)), "too_large: the answer has more than 1000 bytes") << "of unknown length, and endless";
}

TEST_F(HttpsKeyFetcherTest, AnAnswerThatTakesTooLongIsGivenUp) {
  Serve([](const std::string& /*request*/, HttpsServer::Connection* client) {
    client->Write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (!client->IsOver() && client->Write("x")) {
    }
  });
  HttpsOptions options = Options();
  options.limit = seconds(1);
  const auto timed_out = AllOf(StartsWith("unreachable: "), HasSubstr("time"));
  EXPECT_THAT(Said(Fetch(options)), timed_out) << "a byte every few milliseconds";
  server_->SetAnswer([](const std::string& /*request*/, HttpsServer::Connection* client) {
    while (!client->IsOver()) {
    }
  });
  EXPECT_THAT(Said(Fetch(options)), timed_out) << "silence";
}

TEST_F(HttpsKeyFetcherTest, AnAnswerThatBreaksOffIsNone) {
  Serve(Always("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}"));
  EXPECT_THAT(Said(Fetch()), StartsWith("unreachable: "));
  server_->SetAnswer(Always("no HTTP"));
  EXPECT_THAT(Said(Fetch()), StartsWith("unreachable: "));
  const HttpsOptions options = Options();
  server_.reset();
  EXPECT_THAT(Said(Fetch(options)), HasSubstr("Failed to connect"));
}

TEST_F(HttpsKeyFetcherTest, RedirectsAreNotFollowed) {
  Serve([this](const std::string& request, HttpsServer::Connection* client) {
    const std::string there = Cat("Location: https://localhost:", server_->port(), "/there\r\n");
    client->Write(request.find("/there") == std::string::npos ? HttpAnswer("302 Found", there, "")
                                                              : HttpAnswer("200 OK", "", "keys"));
  });
  EXPECT_EQ(Said(Fetch()),
            "refused: the server answered 302, a redirect, which is not followed; name the place itself");
  EXPECT_EQ(server_->requests(), 1);
}

TEST_F(HttpsKeyFetcherTest, OtherAnswersAreRefused) {
  Serve(Always(HttpAnswer("503 Service Unavailable", "", "keys")));
  EXPECT_EQ(Said(Fetch()), "refused: the server answered 503");
  server_->SetAnswer(Always(HttpAnswer("206 Partial Content", "", "keys")));
  EXPECT_EQ(Said(Fetch()), "refused: the server answered 206");
}

TEST_F(HttpsKeyFetcherTest, OnlyTheNamedRootsAreTrusted) {
  Serve(TestAuthority("another").Issue(), Always(HttpAnswer("200 OK", "", "keys")));
  EXPECT_THAT(Said(Fetch()), StartsWith("untrusted: ")) << "another authority";
  HttpsOptions system = Options();
  system.roots_file.clear();
  EXPECT_THAT(Said(Fetch(system)), StartsWith("untrusted: ")) << "this machine does not know it";
  EXPECT_EQ(server_->requests(), 0) << "and was told nothing";
}

TEST_F(HttpsKeyFetcherTest, TheCertificateIsThatOfTheHostAndValid) {
  TestAuthority::Request other;
  other.names = {"DNS:other.example"};
  Serve(authority_.Issue(other), Always(HttpAnswer("200 OK", "", "keys")));
  EXPECT_THAT(Said(Fetch()), StartsWith("untrusted: ")) << "another host";
  TestAuthority::Request expired;
  expired.ends = -std::chrono::hours(1);
  Serve(authority_.Issue(expired), Always(HttpAnswer("200 OK", "", "keys")));
  EXPECT_THAT(Said(Fetch()), StartsWith("untrusted: ")) << "expired";
  TestAuthority::Request client;
  client.usage = TestAuthority::Usage::kClient;
  Serve(authority_.Issue(client), Always(HttpAnswer("200 OK", "", "keys")));
  EXPECT_THAT(Said(Fetch()), StartsWith("untrusted: ")) << "no server's";
  EXPECT_EQ(server_->requests(), 0);
}

TEST_F(HttpsKeyFetcherTest, OldTlsAndPlainTextAreNotSpoken) {
  server_ = std::make_unique<HttpsServer>(HttpsServer::Options{authority_.Issue(), TLS1_1_VERSION},
                                          Always(HttpAnswer("200 OK", "", "keys")));
  EXPECT_THAT(Said(Fetch()), StartsWith("untrusted: "));
  server_ = std::make_unique<HttpsServer>(HttpsServer::Options{authority_.Issue(), TLS1_2_VERSION},
                                          Always(HttpAnswer("200 OK", "", "keys")));
  EXPECT_EQ(Said(Fetch()), "fetched");
  Serve(CertificateAndKey(), [](const std::string& /*request*/, HttpsServer::Connection* /*client*/) {});
  HttpsOptions options = Options();
  options.limit = milliseconds(500);
  EXPECT_THAT(Said(Fetch(options)), StartsWith("un")) << "the server waits for the end of a request";
}

TEST_F(HttpsKeyFetcherTest, RootsAreReadAnewForEachFetch) {
  Serve(Always(HttpAnswer("200 OK", "", "keys")));
  auto fetcher = OpenHttpsKeyFetcher(Options());
  ASSERT_TRUE(fetcher.ok()) << fetcher.status();
  EXPECT_EQ(Said((*fetcher)->Fetch("")), "fetched");
  ReplaceTestFile(roots_, TestAuthority("another").root());
  EXPECT_THAT(Said((*fetcher)->Fetch("")), StartsWith("untrusted: "));
  ReplaceTestFile(roots_, "no PEM");
  EXPECT_THAT(Said((*fetcher)->Fetch("")), HasSubstr(Cat("--jwt-keys-ca ", roots_, " holds no certificate")));
  EXPECT_THAT(OpenHttpsKeyFetcher(Options()).status().message(), HasSubstr("holds no certificate"));
  ReplaceTestFile(roots_, TestAuthority("another").root() + authority_.root());
  EXPECT_EQ(Said((*fetcher)->Fetch("")), "fetched");
}

TEST_F(HttpsKeyFetcherTest, OfThisMachineKeysAreFetchedInPlainText) {
  Serve(CertificateAndKey(), Always(HttpAnswer("200 OK", "", "keys")));
  EXPECT_EQ(Said(Fetch(Options("http"))), "fetched");
}

TEST_F(HttpsKeyFetcherTest, NoProxyOfTheEnvironmentIsAsked) {
  Serve(Always(HttpAnswer("200 OK", "", "keys")));
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "ALL_PROXY"}) setenv(name, "http://127.0.0.1:1", 1);
  EXPECT_EQ(Said(Fetch()), "fetched");
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "ALL_PROXY"}) unsetenv(name);
}

TEST_F(HttpsKeyFetcherTest, AFetchThatRunsCanBeCancelled) {
  Serve([](const std::string& /*request*/, HttpsServer::Connection* client) {
    while (!client->IsOver()) {
    }
  });
  HttpsOptions options = Options();
  options.limit = std::chrono::hours(1);
  auto fetcher = OpenHttpsKeyFetcher(options);
  ASSERT_TRUE(fetcher.ok()) << fetcher.status();
  FetchAnswer answer;
  std::thread thread([&] { answer = (*fetcher)->Fetch(""); });
  EXPECT_TRUE(Eventually([&] { return server_->requests() == 1; }));
  (*fetcher)->Cancel();
  thread.join();
  EXPECT_EQ(answer.outcome, FetchOutcome::kUnreachable);
  EXPECT_EQ((*fetcher)->Fetch("").outcome, FetchOutcome::kUnreachable) << "as all to come";
}

}  // namespace
}  // namespace rowkeeper::identity
