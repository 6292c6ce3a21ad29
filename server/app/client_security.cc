#include "server/app/client_security.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>

#include "absl/strings/ascii.h"
#include "server/app/command_line.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

constexpr char kCertificate[] = "--client-cert";
constexpr char kKey[] = "--client-key";
constexpr char kRoots[] = "--server-roots";
constexpr char kTokenFile[] = "--token-file";
/// gRPC's limit of all headers.
constexpr size_t kMostTokenBytes = 8192;

/// Nothing for no path.
absl::Status ReadPem(std::string_view flag, const std::string& path, std::string* text) {
  if (path.empty()) return absl::OkStatus();
  std::ifstream file(path);
  text->assign(std::istreambuf_iterator<char>(file), {});
  if (!file.good() && !file.eof()) return absl::InvalidArgumentError(Cat(flag, " ", path, " cannot be read"));
  if (text->find("-----BEGIN ") != std::string::npos) return absl::OkStatus();
  return absl::InvalidArgumentError(Cat(flag, " ", path, " holds no PEM, which begins with -----BEGIN"));
}

/// As RFC 6750 has it. gRPC ends the process for a header with a line break.
bool IsToken(std::string_view text) {
  const auto is_of_token = [](char c) {
    return absl::ascii_isalnum(c) || IsOneOf({&c, 1}, {"-", ".", "_", "~", "+", "/", "="});
  };
  return !text.empty() && text.size() <= kMostTokenBytes && std::all_of(text.begin(), text.end(), is_of_token);
}

absl::StatusOr<grpc::SslCredentialsOptions> ReadAll(const ClientSecurity& security) {
  if (security.client_certificate.empty() != security.client_key.empty()) {
    return absl::InvalidArgumentError(Cat(kCertificate, " and ", kKey, " go together; one is missing"));
  }
  grpc::SslCredentialsOptions options;
  absl::Status status = ReadPem(kRoots, security.server_roots, &options.pem_root_certs);
  status.Update(ReadPem(kCertificate, security.client_certificate, &options.pem_cert_chain));
  status.Update(ReadPem(kKey, security.client_key, &options.pem_private_key));
  if (!status.ok()) return status;
  return options;
}

}  // namespace

void AddClientSecurityOptions(CLI::App* command, ClientSecurity* security) {
  AddSwitch(command, "--tls", &security->tls,
            "Connect with TLS to a server whose certificate this machine trusts. The options below mean TLS, too");
  AddOption(command, kRoots, &security->server_roots, "Who may sign the server's certificate, PEM")->type_name("FILE");
  AddOption(command, kCertificate, &security->client_certificate, "Certificate to show to the server, PEM")
      ->type_name("FILE");
  AddOption(command, kKey, &security->client_key, "Private key of --client-cert, PEM")->type_name("FILE");
  AddOption(command, "--server-name", &security->server_name,
            "Name that the server's certificate must have. Default: the host of --address")
      ->type_name("NAME");
  AddOption(command, kTokenFile, &security->token_file,
            "File that holds the token to send, in the header authorization: Bearer TOKEN")
      ->type_name("FILE");
}

absl::StatusOr<std::string> ReadAuthorization(const ClientSecurity& security) {
  if (security.token_file.empty()) return std::string();
  std::ifstream file(security.token_file);
  std::string token(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) {
    return absl::InvalidArgumentError(Cat(kTokenFile, " ", security.token_file, " cannot be read"));
  }
  while (!token.empty() && absl::ascii_isspace(static_cast<unsigned char>(token.back()))) token.pop_back();
  if (IsToken(token)) return Cat("Bearer ", token);
  return absl::InvalidArgumentError(
      Cat(kTokenFile, " ", security.token_file, " holds no token, letters and digits and .-_~+/= in one line"));
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectTo(const std::string& address, const ClientSecurity& security) {
  const bool secure = security.tls || !security.server_roots.empty() || !security.client_certificate.empty() ||
                      !security.client_key.empty() || !security.server_name.empty();
  if (!secure) return grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  const auto options = ReadAll(security);
  if (!options.ok()) return options.status();
  grpc::ChannelArguments arguments;
  if (!security.server_name.empty()) arguments.SetSslTargetNameOverride(security.server_name);
  return grpc::CreateCustomChannel(address, grpc::SslCredentials(*options), arguments);
}

}  // namespace rowkeeper::app
