#include "tests/bench/load/credentials.h"

#include "absl/strings/ascii.h"
#include "server/base/whole_file.h"

namespace rowkeeper::bench {

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(const CallerFiles& files) {
  if (files.roots.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  const auto read = [](const std::string& path, std::string* text) {
    if (path.empty()) return absl::OkStatus();
    absl::StatusOr<std::string> file = ReadFile(path);
    if (!file.ok()) return file.status();
    *text = *std::move(file);
    return absl::OkStatus();
  };
  if (absl::Status status = read(files.roots, &options.pem_root_certs); !status.ok()) return status;
  if (absl::Status status = read(files.certificate, &options.pem_cert_chain); !status.ok()) return status;
  if (absl::Status status = read(files.key, &options.pem_private_key); !status.ok()) return status;
  return grpc::SslCredentials(options);
}

absl::StatusOr<std::string> ReadAuthorization(const CallerFiles& files) {
  if (files.token.empty()) return std::string();
  const absl::StatusOr<std::string> token = ReadFile(files.token);
  if (!token.ok()) return token.status();
  return "Bearer " + std::string(absl::StripAsciiWhitespace(*token));
}

}  // namespace rowkeeper::bench
