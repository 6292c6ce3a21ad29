#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/wire/server.h"
#include "tests/hostile/http2_client.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clock.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_client.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

using rowkeeper::testing::CertificateAndKey;
using rowkeeper::testing::ConnectPlain;
using rowkeeper::testing::Eventually;
using rowkeeper::testing::FakeClock;
using rowkeeper::testing::Http2Client;
using rowkeeper::testing::TestAuthority;
using rowkeeper::testing::TlsClient;
using rowkeeper::testing::TlsDirectory;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// A connection of its own. No `own`: without a certificate of the client.
std::shared_ptr<grpc::Channel> TlsChannel(const std::string& address, const std::string& roots,
                                          const CertificateAndKey& own = {}) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::SslCredentials({roots, own.key, own.certificate}), arguments);
}

bool IsServed(const std::shared_ptr<grpc::Channel>& channel) { return CallRaw(channel, kCall, "hi").response == "hi"; }

/// A server that speaks TLS on a port of 127.0.0.1.
class TlsTest : public ::testing::Test {
 protected:
  void Start(ClientCertificates clients = ClientCertificates::kOff) {
    net::TlsFiles files = directory_.files();
    if (clients == ClientCertificates::kOff) files.client_roots.clear();
    auto opened = net::TlsCertificates::Open(files, &clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    certificates_ = *std::move(opened);
    options_.addresses = {"127.0.0.1:0"};
    options_.security.certificates = certificates_.get();
    options_.security.clients = clients;
    auto server = GrpcServer::Start(options_, {service_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  const std::string& address() const { return server_->BoundAddresses().front(); }
  bool HasNoConnections() {
    return Eventually([this] { return server_->connections().open == 0; });
  }
  uint64_t aborted(net::AbortCause cause) { return server_->connections().aborted_total[static_cast<size_t>(cause)]; }
  /// Frames as the test wants them, over TLS.
  std::unique_ptr<Http2Client> FramesOver(TlsClient* client) { return Http2Client::Over(client->Plain()); }

  FakeClock clock_;
  const TestAuthority authority_{"root"};
  const CertificateAndKey pair_ = authority_.Issue();
  TlsDirectory directory_{pair_, authority_.root()};
  const std::unique_ptr<DynamicService> service_ =
      OneMethod([](UnaryRpc call) { call.Finish(std::string(call.request())); });
  ServerOptions options_;
  std::unique_ptr<net::TlsCertificates> certificates_;
  std::unique_ptr<GrpcServer> server_;
};

TEST_F(TlsTest, ServesWhoTrustsItsRootAndNobodyElse) {
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_TRUE(IsServed(TlsChannel(address(), authority_.root())));
  const RawReply distrusting = CallRaw(TlsChannel(address(), TestAuthority("other").root()), kCall, "hi");
  EXPECT_EQ(distrusting.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(HasNoConnections());
}

TEST_F(TlsTest, AChainLeadsToTheRoot) {
  directory_.Swap(authority_.Below("below").Below("further below").Issue(), authority_.root());
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_TRUE(IsServed(TlsChannel(address(), authority_.root())));
}

TEST_F(TlsTest, SpeaksVersionsFromTls12On) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const std::pair<int, std::string> kVersions[] = {
      {TLS1_VERSION, ""}, {TLS1_1_VERSION, ""}, {TLS1_2_VERSION, "TLSv1.2"}, {TLS1_3_VERSION, "TLSv1.3"}};
  for (const auto& [version, expected] : kVersions) {
    TlsClient::Options options;
    options.lowest_version = version;
    options.highest_version = version;
    const auto client = TlsClient::Connect(address(), options);
    EXPECT_EQ(client == nullptr ? "" : client->version(), expected);
  }
}

TEST_F(TlsTest, EveryKindOfClientCertificateIsTakenOrRefused) {
  const TestAuthority other("other");
  TestAuthority deep = authority_.Below("1");
  for (int i = 2; i <= 120; ++i) deep = deep.Below(std::to_string(i));
  TestAuthority::Request expired;
  expired.ends = -std::chrono::hours(1);
  TestAuthority::Request not_yet;
  not_yet.begins = std::chrono::hours(1);
  TestAuthority::Request of_server;
  of_server.usage = TestAuthority::Usage::kServer;
  TestAuthority::Request of_client;
  of_client.usage = TestAuthority::Usage::kClient;
  CertificateAndKey headless = authority_.Below("below").Issue();
  headless.certificate.resize(headless.certificate.find("-----END CERTIFICATE-----\n") + 26);
  const struct {
    std::string name;
    CertificateAndKey own;
    bool good;
  } kClients[] = {
      {"for clients", authority_.Issue(of_client), true},
      {"for any use", authority_.Issue(), true},
      {"below the root", authority_.Below("below").Issue(), true},
      {"without what leads to the root", headless, false},
      {"of another root", other.Issue(), false},
      {"of another root of the same name", TestAuthority("root").Issue(), false},
      {"expired", authority_.Issue(expired), false},
      {"not valid yet", authority_.Issue(not_yet), false},
      {"for servers", authority_.Issue(of_server), false},
      {"too deep", deep.Issue(), false},
  };
  for (const auto clients : {ClientCertificates::kOff, ClientCertificates::kOptional, ClientCertificates::kRequired}) {
    ASSERT_NO_FATAL_FAILURE(Start(clients));
    const bool asked = clients != ClientCertificates::kOff;
    EXPECT_EQ(IsServed(TlsChannel(address(), authority_.root())), clients != ClientCertificates::kRequired) << "none";
    for (const auto& client : kClients) {
      const uint64_t failed = GrpcServer::failed_handshakes();
      const bool served = IsServed(TlsChannel(address(), authority_.root(), client.own));
      EXPECT_EQ(served, !asked || client.good) << client.name << " with " << static_cast<int>(clients);
      EXPECT_EQ(served, GrpcServer::failed_handshakes() == failed) << client.name;
    }
    server_.reset();
  }
}

/// The certificate's one SPIFFE ID is who calls; without it the address is.
TEST_F(TlsTest, TheSpiffeIdOfACertificateIsTheCaller) {
  const auto who = OneMethod([](UnaryRpc call) { call.Finish(call.caller()); });
  certificates_ = *net::TlsCertificates::Open(directory_.files(), &clock_);
  options_.addresses = {"127.0.0.1:0"};
  options_.security.certificates = certificates_.get();
  options_.security.clients = ClientCertificates::kOptional;
  auto server = GrpcServer::Start(options_, {who.get()});
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string address = (*server)->BoundAddresses().front();
  const std::string kBilling = "spiffe://example.org/billing";
  const std::string kNobody = "ipv4:127.0.0.1";
  const std::pair<std::vector<std::string>, std::string> kCases[] = {
      {{"URI:" + kBilling}, kBilling},
      {{"DNS:localhost", "URI:" + kBilling, "IP:127.0.0.1"}, kBilling},
      {{"URI:" + kBilling, "URI:spiffe://example.org/admin"}, kNobody},
      {{"URI:" + kBilling, "URI:https://example.org"}, kNobody},
      {{"URI:https://example.org/billing"}, kNobody},
      {{"URI:spiffe://Example.org/billing"}, kNobody},
      {{"URI:spiffe://example.org/billing/"}, kNobody},
      {{"DNS:spiffe"}, kNobody},
      {{}, kNobody},
  };
  for (const auto& [names, caller] : kCases) {
    TestAuthority::Request request;
    request.names = names;
    const auto channel = TlsChannel(address, authority_.root(), authority_.Issue(request));
    EXPECT_EQ(CallRaw(channel, kCall, "hi").response, caller) << ::testing::PrintToString(names);
  }
  EXPECT_EQ(CallRaw(TlsChannel(address, authority_.root()), kCall, "hi").response, kNobody) << "no certificate";
}

TEST_F(TlsTest, UnixSocketsStayPlainBesideTls) {
  const rowkeeper::testing::TemporaryDirectory directory;
  certificates_ = *net::TlsCertificates::Open(directory_.files(), &clock_);
  options_.addresses = {"unix:" + directory.path() + "/s", "127.0.0.1:0"};
  options_.security.certificates = certificates_.get();
  auto server = GrpcServer::Start(options_, {service_.get()});
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_TRUE(IsServed(NewChannel((*server)->BoundAddresses()[0])));
  EXPECT_TRUE(IsServed(TlsChannel((*server)->BoundAddresses()[1], authority_.root())));
  EXPECT_FALSE(IsServed(NewChannel((*server)->BoundAddresses()[1])));
}

TEST_F(TlsTest, PlainTextBeyondThisMachineHasToBeAskedFor) {
  for (const char* address : {"0.0.0.0:0", "[::]:0"}) {
    options_.addresses = {"127.0.0.1:0", address};
    options_.security = {};
    const auto refused = GrpcServer::Start(options_, {service_.get()});
    ASSERT_FALSE(refused.ok()) << address;
    EXPECT_EQ(ErrorReason(refused.status()), "CANNOT_LISTEN");
    EXPECT_THAT(std::string(refused.status().message()),
                AllOf(HasSubstr(address), HasSubstr("--tls-cert"), HasSubstr("--insecure")));
  }
  options_.addresses = {"0.0.0.0:0"};
  options_.security.plain_text = TransportSecurity::PlainText::kEverywhere;
  auto server = GrpcServer::Start(options_, {service_.get()});
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string port = (*server)->BoundAddresses().front().substr(7);
  EXPECT_TRUE(IsServed(NewChannel("127.0.0.1" + port)));
}

TEST_F(TlsTest, WithTlsEveryAddressIsTaken) {
  certificates_ = *net::TlsCertificates::Open(directory_.files(), &clock_);
  options_.addresses = {"0.0.0.0:0"};
  options_.security.certificates = certificates_.get();
  auto server = GrpcServer::Start(options_, {service_.get()});
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string port = (*server)->BoundAddresses().front().substr(7);
  EXPECT_TRUE(IsServed(TlsChannel("127.0.0.1" + port, authority_.root())));
}

TEST_F(TlsTest, NewHandshakesUseTheNewPairAndOpenConnectionsGoOn) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto open = TlsChannel(address(), authority_.root());
  ASSERT_TRUE(IsServed(open));
  const std::string before = TlsClient::Connect(address())->ServersFingerprint();
  const TestAuthority next("next");
  directory_.Swap(next.Issue(), authority_.root());
  ASSERT_TRUE(
      clock_.AdvanceUntil([&] { return certificates_->current()->fingerprint != before; }, std::chrono::seconds(5)));
  EXPECT_EQ(TlsClient::Connect(address())->ServersFingerprint(), certificates_->current()->fingerprint);
  EXPECT_TRUE(IsServed(open));
  EXPECT_TRUE(IsServed(TlsChannel(address(), next.root())));
  EXPECT_FALSE(IsServed(TlsChannel(address(), authority_.root())));
}

TEST_F(TlsTest, NewRootsDecideOverNewConnections) {
  ASSERT_NO_FATAL_FAILURE(Start(ClientCertificates::kRequired));
  const TestAuthority next("next");
  const CertificateAndKey old_client = authority_.Issue();
  const CertificateAndKey new_client = next.Issue();
  EXPECT_TRUE(IsServed(TlsChannel(address(), authority_.root(), old_client)));
  EXPECT_FALSE(IsServed(TlsChannel(address(), authority_.root(), new_client)));
  directory_.Swap(pair_, next.root());
  ASSERT_TRUE(clock_.AdvanceUntil([&] { return certificates_->current()->client_roots == next.root(); },
                                  std::chrono::seconds(5)));
  EXPECT_FALSE(IsServed(TlsChannel(address(), authority_.root(), old_client)));
  EXPECT_TRUE(IsServed(TlsChannel(address(), authority_.root(), new_client)));
}

/// Callers who connect anew for each call, and callers who stay connected, while the pair is swapped, badly at times.
TEST_F(TlsTest, NoCallFailsWhileCertificatesAreSwapped) {
  ASSERT_NO_FATAL_FAILURE(Start(ClientCertificates::kRequired));
  const CertificateAndKey own = authority_.Issue();
  std::atomic<bool> stop{false};
  std::atomic<int> served{0};
  std::atomic<int> failed{0};
  const auto call = [&](const std::shared_ptr<grpc::Channel>& channel) { ++(IsServed(channel) ? served : failed); };
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i) {
    callers.emplace_back([&] {
      while (!stop) call(TlsChannel(address(), authority_.root(), own));
    });
    callers.emplace_back([&] {
      const auto stays = TlsChannel(address(), authority_.root(), own);
      while (!stop) call(stays);
    });
  }
  constexpr uint64_t kSwaps = 20;
  for (uint64_t swap = 1; swap <= kSwaps; ++swap) {
    directory_.Swap({pair_.certificate, own.key}, authority_.root());
    clock_.Advance(net::FileWatch::kBetweenLooks);
    directory_.Swap(authority_.Issue(), authority_.root());
    EXPECT_TRUE(
        clock_.AdvanceUntil([&] { return certificates_->stats().loads_total == swap + 1; }, std::chrono::seconds(10)));
    const int so_far = served + failed;
    EXPECT_TRUE(Eventually([&] { return served + failed > so_far + 10; }));
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(served, static_cast<int>(kSwaps) * 10);
}

TEST_F(TlsTest, PlainBytesAreRefusedAndCounted) {
  options_.handshake_timeout = std::chrono::seconds(1);  // of those that could still become a handshake
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto neighbour = TlsChannel(address(), authority_.root());
  ASSERT_TRUE(IsServed(neighbour));
  const uint64_t failed = GrpcServer::failed_handshakes();
  for (const std::string& bytes : {std::string("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), std::string(70000, '\0'),
                                   std::string(70000, '\x16'), std::string("\x80\x2e\x01\x00\x02", 5)}) {
    const auto client = Http2Client::Connect(address());
    ASSERT_NE(client, nullptr);
    client->AddBytes(bytes);
    (void)client->Send();
    (void)client->WaitUntilClosed(std::chrono::seconds(20));
    EXPECT_TRUE(client->closed()) << bytes.substr(0, 4);
  }
  const auto frames = Http2Client::Connect(address());
  frames->AddPreface();
  (void)frames->Send();
  EXPECT_TRUE(frames->WaitUntilClosed(std::chrono::seconds(20)));
  EXPECT_GE(GrpcServer::failed_handshakes(), failed + 3);
  EXPECT_TRUE(IsServed(neighbour));
}

TEST_F(TlsTest, TlsOnAPlainPortIsRefused) {
  TestServer plain({service_.get()});
  const std::string address = plain.server().BoundAddresses().front();
  EXPECT_EQ(TlsClient::Connect(address), nullptr);
  EXPECT_FALSE(IsServed(TlsChannel(address, authority_.root())));
  EXPECT_TRUE(IsServed(plain.channel()));
}

TEST_F(TlsTest, HandshakesThatNeverEndAreCut) {
  options_.handshake_timeout = std::chrono::milliseconds(300);
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto neighbour = TlsChannel(address(), authority_.root());
  ASSERT_TRUE(IsServed(neighbour));
  const auto silent = Http2Client::Connect(address());
  const auto half = Http2Client::Connect(address());
  // A record of 512 bytes that begins a ClientHello and holds 3 of them.
  half->AddBytes(std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8));
  ASSERT_TRUE(half->Send());
  const auto shaken = TlsClient::Connect(address());
  ASSERT_NE(shaken, nullptr) << "and then says nothing";
  EXPECT_TRUE(silent->WaitUntilClosed(std::chrono::seconds(20)));
  EXPECT_TRUE(half->WaitUntilClosed(std::chrono::seconds(20)));
  EXPECT_TRUE(shaken->IsEnded(std::chrono::seconds(20)));
  EXPECT_TRUE(Eventually([this] { return server_->connections().open == 1; })) << "the neighbour's";
  EXPECT_TRUE(IsServed(neighbour));
}

TEST_F(TlsTest, AByteNowAndThenDoesNotKeepAHandshakeAlive) {
  options_.handshake_timeout = std::chrono::milliseconds(300);
  ASSERT_NO_FATAL_FAILURE(Start());
  const FileDescriptor slow = ConnectPlain(address());
  const std::string begin("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9);
  size_t sent = 0;
  EXPECT_TRUE(Eventually([&] {
    const char byte = sent < begin.size() ? begin[sent] : '\x03';
    ++sent;
    return send(slow.get(), &byte, 1, MSG_NOSIGNAL) < 0;
  })) << "after "
      << sent << " bytes";
  EXPECT_TRUE(HasNoConnections());
}

TEST_F(TlsTest, ClientsWithoutTheProtocolOfHttp2AreRefused) {
  ASSERT_NO_FATAL_FAILURE(Start());
  for (const char* protocol : {"", "http/1.1"}) {
    TlsClient::Options options;
    options.protocol = protocol;
    const auto client = TlsClient::Connect(address(), options);
    EXPECT_TRUE(client == nullptr || client->IsEnded(std::chrono::seconds(20))) << protocol;
  }
}

TEST_F(TlsTest, NobodyBeginsASecondHandshakeWithinAConnection) {
  ASSERT_NO_FATAL_FAILURE(Start());
  TlsClient::Options options;
  options.highest_version = TLS1_2_VERSION;
  const auto client = TlsClient::Connect(address(), options);
  ASSERT_NE(client, nullptr);
  EXPECT_FALSE(client->Renegotiate());
  EXPECT_TRUE(IsServed(TlsChannel(address(), authority_.root())));
}

TEST_F(TlsTest, NewKeysWithoutEndAreAFlood) {
  options_.max_request_bytes = 4096;
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto client = TlsClient::Connect(address());
  ASSERT_NE(client, nullptr);
  EXPECT_TRUE(client->Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string("\0\0\0\4\0\0\0\0\0", 9)));
  EXPECT_TRUE(Eventually([&] { return !client->UpdateKeys(1000); }));
  EXPECT_TRUE(HasNoConnections());
}

TEST_F(TlsTest, CallsAreServedAndResetsAreJudgedOverTlsAsWithoutIt) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto tls = TlsClient::Connect(address());
  ASSERT_NE(tls, nullptr);
  const auto client = FramesOver(tls.get());
  client->AddPreface();
  client->AddRequest(client->NextStream(), kCall, rowkeeper::testing::kEndHeaders);
  client->AddMessage(1, "hi", rowkeeper::testing::kEndStream);
  ASSERT_TRUE(client->Send());
  ASSERT_TRUE(client->Read().has_value());
  const bool aborted_in_time = Eventually([&] {
    for (int i = 0; i < 500 && !client->closed(); ++i) {
      const uint32_t stream = client->NextStream();
      client->AddRequest(stream, kCall, rowkeeper::testing::kEndHeaders);
      client->AddReset(stream);
    }
    return !client->Send() || aborted(net::AbortCause::kResets) > 0;
  });
  EXPECT_TRUE(aborted_in_time);
  EXPECT_TRUE(Eventually([this] { return aborted(net::AbortCause::kResets) == 1; }));
}

TEST_F(TlsTest, BytesThatBringNoCallAreJudgedOverTlsAsWithoutIt) {
  options_.max_request_bytes = 4096;
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto tls = TlsClient::Connect(address());
  ASSERT_NE(tls, nullptr);
  const auto client = FramesOver(tls.get());
  client->AddPreface();
  const bool ended = Eventually([&] {
    for (int i = 0; i < 1000; ++i)
      client->AddFrame(rowkeeper::testing::FrameType::kWindowUpdate, 0, 0, {"\0\0\0\1", 4});
    return !client->Send() || aborted(net::AbortCause::kFlood) > 0;
  });
  EXPECT_TRUE(ended);
  EXPECT_TRUE(HasNoConnections());
}

}  // namespace
}  // namespace rowkeeper::wire
