#pragma once

#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace rowkeeper::client {

/// PEM files of TLS; an empty path: none.
struct TlsFiles {
  /// Who may sign the server's certificate. Without it: those whom gRPC trusts by itself
  /// (GRPC_DEFAULT_SSL_ROOTS_FILE_PATH, or the machine's).
  std::string server_roots;
  /// What to show to a server that asks: the certificate, then those that lead to the server's client roots; and its
  /// key.
  std::string client_certificate;
  std::string client_key;
};

/// Credentials for ChannelOptions. The files are read now; a channel that is made later needs credentials of its own to
/// use files that have changed. Errors: INVALID_ARGUMENT naming the file that cannot be read or holds no PEM, or that
/// is missing beside another.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> TlsCredentials(const TlsFiles& files);

}  // namespace rowkeeper::client
