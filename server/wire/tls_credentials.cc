#include "server/wire/tls_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include <utility>

namespace rowkeeper::wire {
namespace {

grpc_ssl_client_certificate_request_type RequestType(ClientCertificates clients) {
  switch (clients) {
    case ClientCertificates::kOff:
      return GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
    case ClientCertificates::kOptional:
      return GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY;
    case ClientCertificates::kRequired:
      return GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
}

grpc_ssl_server_certificate_config* ToConfig(const net::TlsMaterial& material) {
  const grpc_ssl_pem_key_cert_pair pair{material.key.c_str(), material.certificate.c_str()};
  // gRPC insists on some, also where clients are asked for nothing. Where they are, this lets nobody in.
  const char* const roots = material.client_roots.empty() ? pair.cert_chain : material.client_roots.c_str();
  return grpc_ssl_server_certificate_config_create(roots, &pair, 1);
}

/// gRPC's C++ classes cannot replace what they were made with; its C functions can: they ask before each handshake.
class TlsCredentials final : public grpc::ServerCredentials {
 public:
  TlsCredentials(const net::TlsCertificates* certificates, ClientCertificates clients)
      : certificates_(*certificates),
        clients_(clients),
        credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(RequestType(clients), &Fetch, this))) {}
  ~TlsCredentials() override { grpc_server_credentials_release(credentials_); }

  /// Nothing here needs one.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>& /*processor*/) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  static grpc_ssl_certificate_config_reload_status Fetch(void* self, grpc_ssl_server_certificate_config** config) {
    auto& credentials = *static_cast<TlsCredentials*>(self);
    std::shared_ptr<const net::TlsMaterial> current = credentials.certificates_.current();
    const Clock::time_point now = credentials.certificates_.clock().Now();
    const bool sessions_end =
        credentials.clients_ != ClientCertificates::kOff && now >= credentials.given_at_ + kLongestSession;
    if (current == credentials.given_ && !sessions_end) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    *config = ToConfig(*current);
    credentials.given_ = std::move(current);
    credentials.given_at_ = now;
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const net::TlsCertificates& certificates_;
  const ClientCertificates clients_;
  /// What gRPC has by now, and since when.
  std::shared_ptr<const net::TlsMaterial> given_;
  Clock::time_point given_at_;
  grpc_server_credentials* const credentials_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(const net::TlsCertificates* certificates,
                                                            ClientCertificates clients) {
  return std::make_shared<TlsCredentials>(certificates, clients);
}

}  // namespace rowkeeper::wire
