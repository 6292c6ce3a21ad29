#pragma once

#include <CLI/CLI.hpp>

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/app/settings.h"
#include "server/net/tls_certificates.h"
#include "server/wire/server.h"

namespace rowkeeper::app {

void AddTlsOptions(CLI::App* command, TlsSettings* settings);

/// Whether clients may show a certificate of their own, or have to.
bool AsksClients(const TlsSettings& settings);

/// Errors: INVALID_ARGUMENT for flags that do not go together.
absl::Status CheckTlsSettings(const TlsSettings& settings);

/// What the settings name; nullptr when they ask for no TLS. Errors: those of CheckTlsSettings and of
/// net::ReadTlsMaterial.
absl::StatusOr<std::unique_ptr<net::TlsCertificates>> OpenCertificates(const TlsSettings& settings);

/// `certificates`: those of OpenCertificates, which outlive the server.
wire::TransportSecurity ToTransportSecurity(const TlsSettings& settings, const net::TlsCertificates* certificates);

}  // namespace rowkeeper::app
