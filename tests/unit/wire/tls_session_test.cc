// Sessions of TLS that clients resume: OpenSSL looks at no certificate then.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <utility>

#include "server/wire/server.h"
#include "server/wire/tls_credentials.h"
#include "tests/support/fake_clock.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_client.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

using rowkeeper::testing::FakeClock;
using rowkeeper::testing::TestAuthority;
using rowkeeper::testing::TlsClient;
using rowkeeper::testing::TlsDirectory;

class TlsSessionTest : public ::testing::TestWithParam<int> {
 protected:
  void Start(ClientCertificates clients) {
    auto opened = net::TlsCertificates::Open(directory_.files(), &clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    certificates_ = *std::move(opened);
    ServerOptions options;
    options.addresses = {"127.0.0.1:0"};
    options.security.certificates = certificates_.get();
    options.security.clients = clients;
    auto server = GrpcServer::Start(options, {service_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_.lowest_version = client_.highest_version = GetParam();
    client_.own = authority_.Issue();
  }
  /// Connects with the session of the last connection, and keeps the new one. Whether the server resumed it.
  bool ConnectsByResuming() {
    const auto connection = TlsClient::Connect(server_->BoundAddresses().front(), client_);
    if (connection == nullptr) {
      ADD_FAILURE() << "no handshake";
      return false;
    }
    client_.session = connection->ReceiveSession();
    EXPECT_NE(client_.session, nullptr);
    return connection->resumed();
  }

  FakeClock clock_;
  const TestAuthority authority_{"root"};
  const TlsDirectory directory_{authority_.Issue(), authority_.root()};
  const std::unique_ptr<DynamicService> service_ =
      OneMethod([](UnaryRpc call) { call.Finish(std::string(call.request())); });
  TlsClient::Options client_;
  std::unique_ptr<net::TlsCertificates> certificates_;
  std::unique_ptr<GrpcServer> server_;
};

TEST_P(TlsSessionTest, WhoResumesWithoutEndShowsItsCertificateEachMinute) {
  ASSERT_NO_FATAL_FAILURE(Start(ClientCertificates::kRequired));
  EXPECT_FALSE(ConnectsByResuming());
  EXPECT_TRUE(ConnectsByResuming());
  clock_.Advance(kLongestSession - std::chrono::seconds(1));
  EXPECT_TRUE(ConnectsByResuming()) << "with a ticket that was given out when the session was resumed";
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_FALSE(ConnectsByResuming()) << "the ticket is a second old, its session a minute";
  EXPECT_TRUE(ConnectsByResuming());
}

TEST_P(TlsSessionTest, WhereClientsShowNothingSessionsGoOn) {
  ASSERT_NO_FATAL_FAILURE(Start(ClientCertificates::kOff));
  EXPECT_FALSE(ConnectsByResuming());
  clock_.Advance(2 * kLongestSession);
  EXPECT_TRUE(ConnectsByResuming());
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsSessionTest, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

}  // namespace
}  // namespace rowkeeper::wire
