#pragma once

#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace rowkeeper::bench {

/// Files that say who calls, each empty where it is not wanted.
struct CallerFiles {
  /// PEM; with `roots` connections speak TLS, with the other two they show a certificate.
  std::string roots;
  std::string certificate;
  std::string key;
  /// A token that each call sends along.
  std::string token;
};

/// What connections are made with. An error is that of a file that cannot be read.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(const CallerFiles& files);

/// The value of the header `authorization`, empty without a token.
absl::StatusOr<std::string> ReadAuthorization(const CallerFiles& files);

}  // namespace rowkeeper::bench
