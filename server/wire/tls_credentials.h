#pragma once

#include <grpcpp/security/server_credentials.h>

#include <chrono>
#include <cstdint>
#include <memory>

#include "server/net/tls_certificates.h"

namespace rowkeeper::wire {

/// Whether clients show a certificate of their own. One that they show must lead to a client root and be valid, or the
/// handshake fails.
enum class ClientCertificates : uint8_t { kOff, kOptional, kRequired };

/// OpenSSL does not look at a client's certificate again when a session is resumed, and each time gives out a ticket
/// for the next: a client whose certificate has expired could go on for ever. So gRPC is given its certificates anew
/// after this time, and with them come new keys for tickets. Where clients are asked for no certificate it is not.
inline constexpr std::chrono::seconds kLongestSession{60};

/// Credentials of listeners that speak TLS 1.2 or 1.3. Each handshake is given the certificates in use when its
/// connection was accepted; connections that are open keep theirs. `certificates` outlives the credentials. Handshakes
/// of one listener begin on one thread, the acceptor's: gRPC takes new certificates without a lock.
std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(const net::TlsCertificates* certificates,
                                                            ClientCertificates clients);

}  // namespace rowkeeper::wire
