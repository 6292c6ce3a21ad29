#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/net/named_file.h"

namespace rowkeeper::net {

/// Where a server's certificates are, as PEM. Paths may lead through symbolic links, which are followed anew each time.
struct TlsFiles {
  /// The server's certificate, then those that lead to the clients' root.
  std::string certificate;
  std::string key;
  /// Who may sign clients' certificates; empty: clients are asked for none.
  std::string client_roots;
};

/// What the files hold: PEM that was parsed and written anew, so that no other reader finds something else in it.
struct TlsMaterial {
  std::string certificate;
  std::string key;
  std::string client_roots;
  /// SHA-256 of the server's certificate, hexadecimal.
  std::string fingerprint;
  /// When the server's certificate expires.
  Clock::wall_time_point expires;
  /// Every user of the machine may read the file of the key.
  bool key_open_to_all = false;
};

/// Reads the files and tries them: the key is that of the certificate, the certificate is a server's and valid at
/// `now`, and a handshake with both succeeds. Errors: FAILED_PRECONDITION in one line that names flag and file; it
/// never holds what the file holds. Asks for no passphrase. Blocks; thread-safe.
absl::StatusOr<TlsMaterial> ReadTlsMaterial(const TlsFiles& files, Clock::wall_time_point now);

/// The certificates in a file, one at least, as PEM that was parsed and written anew. Blocks; thread-safe. Errors: the
/// same, naming the flag of `file`.
absl::StatusOr<std::string> ReadRoots(const NamedFile& file);

/// Whether both say the same to clients.
bool IsSame(const TlsMaterial& one, const TlsMaterial& other);

}  // namespace rowkeeper::net
