#include "rowkeeper/client/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rowkeeper/client/call.h"
#include "rowkeeper/client/channel.h"
#include "rowkeeper/v1/unit_of_work.grpc.pb.h"
#include "server/wire/server.h"
#include "tests/support/test_certificates.h"

namespace rowkeeper::client {
namespace {

using rowkeeper::testing::TestAuthority;
using rowkeeper::testing::TlsDirectory;
using ::testing::HasSubstr;
using Units = v1::UnitOfWork::Stub;

class AnyUnits final : public v1::UnitOfWork::Service {
  grpc::Status Get(grpc::ServerContext*, const v1::GetRequest*, v1::GetResponse*) override { return grpc::Status::OK; }
};

/// Rowkeeper's own server, which requires clients' certificates.
class ClientTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto certificates = net::TlsCertificates::Open(server_files_.files());
    ASSERT_TRUE(certificates.ok()) << certificates.status();
    certificates_ = *std::move(certificates);
    wire::ServerOptions options;
    options.addresses = {"127.0.0.1:0"};
    options.security.certificates = certificates_.get();
    options.security.clients = wire::ClientCertificates::kRequired;
    auto server = wire::GrpcServer::Start(options, {&units_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  absl::StatusCode CallWith(const TlsFiles& files, const std::string& server_name = "") {
    const auto credentials = TlsCredentials(files);
    EXPECT_TRUE(credentials.ok()) << credentials.status();
    ChannelOptions options;
    options.credentials = *credentials;
    options.server_name = server_name;
    options.unreachable = ChannelOptions::Unreachable::kFail;
    Units units(MakeChannel(server_->BoundAddresses().front(), options));
    return Call(&Units::Get, units, {}).status().code();
  }
  static std::string ProblemOf(const TlsFiles& files) {
    const auto credentials = TlsCredentials(files);
    EXPECT_EQ(credentials.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(credentials.status().message());
  }

  const TestAuthority authority_{"root"};
  const TestAuthority other_{"other"};
  const TlsDirectory server_files_{authority_.Issue(), authority_.root()};
  const TlsDirectory own_{authority_.Issue(), authority_.root()};
  const TlsDirectory strange_{other_.Issue(), other_.root()};
  AnyUnits units_;
  std::unique_ptr<net::TlsCertificates> certificates_;
  std::unique_ptr<wire::GrpcServer> server_;
};

TEST_F(ClientTlsTest, AClientWithACertificateThatTrustsTheServersIsServed) {
  const net::TlsFiles& own = own_.files();
  const TlsFiles good{own.client_roots, own.certificate, own.key};
  EXPECT_EQ(CallWith(good), absl::StatusCode::kOk);
  EXPECT_EQ(CallWith(good, "localhost"), absl::StatusCode::kOk);
  EXPECT_EQ(CallWith(good, "rows.example.org"), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CallWith({own.client_roots, "", ""}), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CallWith({own.client_roots, strange_.files().certificate, strange_.files().key}),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(CallWith({strange_.files().client_roots, own.certificate, own.key}), absl::StatusCode::kUnavailable);
}

TEST_F(ClientTlsTest, FilesThatCannotBeUsedAreNamed) {
  const net::TlsFiles& own = own_.files();
  EXPECT_EQ(ProblemOf({"/no/such/file", "", ""}), "/no/such/file cannot be read");
  EXPECT_THAT(ProblemOf({"/dev/null", "", ""}), HasSubstr("/dev/null holds no PEM"));
  EXPECT_THAT(ProblemOf({"", own.certificate, ""}), HasSubstr("go together"));
  EXPECT_THAT(ProblemOf({"", "", own.key}), HasSubstr("go together"));
  EXPECT_THAT(ProblemOf({"", own.certificate, "/no/such/key"}), HasSubstr("/no/such/key cannot be read"));
}

}  // namespace
}  // namespace rowkeeper::client
