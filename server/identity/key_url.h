#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rowkeeper::identity {

/// Where an issuer publishes its keys.
struct KeyUrl {
  /// As it is fetched.
  std::string text;
  /// For logs: without the query, which may hold a secret.
  std::string shown;
  /// Of https. Without it the host is this machine.
  bool encrypted = true;
};

/// Whether a value of --jwt-keys is meant to be a URL: begins with "https://" or "http://", in any case of letters.
bool IsKeyUrl(std::string_view text);

/// Takes the plain form only, which every reader of URLs understands alike: scheme, host (letters, digits, "." and "-",
/// or [IPv6]), port, path, query; http only for localhost, 127.0.0.0/8 and [::1]. Errors: INVALID_ARGUMENT that names
/// the flag --jwt-keys and holds nothing of the URL, for it may hold a password.
absl::StatusOr<KeyUrl> ParseKeyUrl(std::string_view text);

}  // namespace rowkeeper::identity
