#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace rowkeeper::app {

/// How a command connects to a server. Files are PEM; empty: none.
struct ClientSecurity {
  /// Plain text unless this is set, or one of the others.
  bool tls = false;
  /// Who may sign the server's certificate; empty: those whom the machine trusts.
  std::string server_roots;
  std::string client_certificate;
  std::string client_key;
  /// That the server's certificate must be for; empty: the host of the address.
  std::string server_name;
  /// With the token to send; empty: none.
  std::string token_file;
};

void AddClientSecurityOptions(CLI::App* command, ClientSecurity* security);

/// The value of the header authorization; empty: none is to be sent. Reads the file. Errors: INVALID_ARGUMENT naming
/// the flag, for a file that cannot be read or holds no token; never with what it holds.
absl::StatusOr<std::string> ReadAuthorization(const ClientSecurity& security);

/// Errors: INVALID_ARGUMENT naming the flag, for a file that cannot be read or a certificate without its key.
absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectTo(const std::string& address, const ClientSecurity& security);

}  // namespace rowkeeper::app
