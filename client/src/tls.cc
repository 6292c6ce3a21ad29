#include "rowkeeper/client/tls.h"

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace rowkeeper::client {
namespace {

/// Nothing for no path.
absl::Status ReadPem(const std::string& path, std::string* text) {
  if (path.empty()) return absl::OkStatus();
  std::ifstream file(path);
  text->assign(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) return absl::InvalidArgumentError(absl::StrCat(path, " cannot be read"));
  if (text->find("-----BEGIN ") != std::string::npos) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(path, " holds no PEM, which begins with -----BEGIN"));
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> TlsCredentials(const TlsFiles& files) {
  if (files.client_certificate.empty() != files.client_key.empty()) {
    return absl::InvalidArgumentError("client_certificate and client_key go together; one is missing");
  }
  grpc::SslCredentialsOptions options;
  absl::Status status = ReadPem(files.server_roots, &options.pem_root_certs);
  status.Update(ReadPem(files.client_certificate, &options.pem_cert_chain));
  status.Update(ReadPem(files.client_key, &options.pem_private_key));
  if (!status.ok()) return status;
  return grpc::SslCredentials(options);
}

}  // namespace rowkeeper::client
