#include "server/app/tls_settings.h"

#include "server/app/command_line.h"

namespace rowkeeper::app {
namespace {

constexpr char kOff[] = "off";
constexpr char kOptional[] = "optional";
constexpr char kRequired[] = "required";

wire::ClientCertificates ToClientCertificates(const std::string& word) {
  if (word == kOff) return wire::ClientCertificates::kOff;
  return word == kOptional ? wire::ClientCertificates::kOptional : wire::ClientCertificates::kRequired;
}

}  // namespace

void AddTlsOptions(CLI::App* command, TlsSettings* settings) {
  AddOption(command, "--tls-cert", &settings->certificate,
            "Certificate of the server, then those that lead to the clients' root, PEM. With it every host:port of "
            "--listen speaks TLS, 1.2 or 1.3. All TLS files are read again when they change")
      ->type_name("FILE")
      ->group("TLS");
  AddOption(command, "--tls-key", &settings->key, "Private key of --tls-cert, PEM without a passphrase")
      ->type_name("FILE")
      ->group("TLS");
  AddOption(command, "--tls-client-certs", &settings->client_certificates,
            "Whether clients have to show a certificate that --tls-client-roots signed")
      ->check(CLI::IsMember({kOff, kOptional, kRequired}))
      ->group("TLS");
  AddOption(command, "--tls-client-roots", &settings->client_roots,
            "Certificates of those who sign clients' certificates, PEM")
      ->type_name("FILE")
      ->group("TLS");
  AddSwitch(command, "--insecure", &settings->insecure,
            "Let other machines connect in plain text. Without it and --tls-cert, --listen takes unix sockets and "
            "addresses of this machine alone, 127.0.0.1 or [::1]")
      ->group("TLS");
}

bool AsksClients(const TlsSettings& settings) { return settings.client_certificates != kOff; }

absl::Status CheckTlsSettings(const TlsSettings& settings) {
  const bool asks_clients = AsksClients(settings);
  if (settings.certificate.empty() != settings.key.empty()) {
    return absl::InvalidArgumentError(settings.key.empty() ? "--tls-cert needs --tls-key, the key of the certificate"
                                                           : "--tls-key needs --tls-cert, the certificate of the key");
  }
  if (settings.certificate.empty() && (asks_clients || !settings.client_roots.empty())) {
    return absl::InvalidArgumentError(asks_clients ? "--tls-client-certs needs --tls-cert and --tls-key"
                                                   : "--tls-client-roots needs --tls-cert and --tls-key");
  }
  if (asks_clients && settings.client_roots.empty()) {
    return absl::InvalidArgumentError(
        "--tls-client-certs needs --tls-client-roots, the file of those who sign clients' certificates");
  }
  if (!asks_clients && !settings.client_roots.empty()) {
    return absl::InvalidArgumentError(
        "--tls-client-roots does nothing while --tls-client-certs is off; make it required or optional");
  }
  if (settings.insecure && !settings.certificate.empty()) {
    return absl::InvalidArgumentError("--insecure and --tls-cert exclude each other; leave one of them out");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<net::TlsCertificates>> OpenCertificates(const TlsSettings& settings) {
  if (absl::Status status = CheckTlsSettings(settings); !status.ok()) return status;
  if (settings.certificate.empty()) return std::unique_ptr<net::TlsCertificates>();
  return net::TlsCertificates::Open({settings.certificate, settings.key, settings.client_roots});
}

wire::TransportSecurity ToTransportSecurity(const TlsSettings& settings, const net::TlsCertificates* certificates) {
  using PlainText = wire::TransportSecurity::PlainText;
  wire::TransportSecurity security;
  security.certificates = certificates;
  security.clients = ToClientCertificates(settings.client_certificates);
  security.plain_text = settings.insecure ? PlainText::kEverywhere : PlainText::kThisMachine;
  return security;
}

}  // namespace rowkeeper::app
