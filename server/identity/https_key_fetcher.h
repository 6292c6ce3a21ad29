#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/identity/key_fetcher.h"
#include "server/identity/key_url.h"

namespace rowkeeper::identity {

/// Of a fetch.
struct HttpsOptions {
  KeyUrl url;
  /// PEM, who may sign the server's certificate; read anew for each fetch. Empty: those whom the system trusts.
  std::string roots_file;
  std::chrono::milliseconds connect_limit{5000};
  /// From the first step to the last byte.
  std::chrono::milliseconds limit{10000};
  size_t most_bytes = size_t{1} << 20;
};

/// Fetches by HTTP/1.1 over TLS 1.2 or newer, each time over a new connection; the one file that knows libcurl. Follows
/// no redirect, takes no proxy from the environment, sends no cookies and no passwords. Errors: FAILED_PRECONDITION in
/// one line that names the flag --jwt-keys-ca and the file, which cannot be read or holds no certificate.
///
/// The thread that fetches takes no SIGPIPE from then on.
absl::StatusOr<std::unique_ptr<KeyFetcher>> OpenHttpsKeyFetcher(HttpsOptions options);

}  // namespace rowkeeper::identity
