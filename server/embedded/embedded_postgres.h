#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rowkeeper::embedded {

/// Where and how a private PostgreSQL runs.
struct EmbeddedOptions {
  /// Holds the database, its log, its socket and the lock. Empty: DefaultDataDir().
  std::string data_dir;
  /// Directory of initdb and postgres. Empty: the newest in /usr/lib/postgresql/*/bin or PATH, or for a database that
  /// exists the one of its version.
  std::string binaries_dir;
  /// Longest wait for PostgreSQL to accept connections (recovery after a crash included). Range 1 to 3600 s.
  std::chrono::seconds start_timeout{60};
  /// Longest wait for a fast shutdown before an immediate one. Range 1 to 3600 s.
  std::chrono::seconds stop_timeout{30};
  /// Told, one line each, of what takes time or goes wrong later (a new database, a restart). May be called from
  /// another thread. Empty: silence.
  std::function<void(const std::string&)> log;
};

/// /var/lib/rowkeeper for root, else $XDG_DATA_HOME/rowkeeper or ~/.local/share/rowkeeper.
std::string DefaultDataDir();

/// A private PostgreSQL: reachable only through a unix socket in a directory that only its owner (and root) can enter,
/// with the database `rowkeeper`. It ends with this object, and with this process however that ends. When it dies by
/// itself it is started again. Thread-safe.
class EmbeddedPostgres {
 public:
  /// Starts PostgreSQL, after making the database when there is none and after ending what an earlier run left. As
  /// root it runs as the system user postgres (else nobody). Errors, one line each that says what to do: the
  /// directory is in use (names the process), unusable, or of a PostgreSQL version that is not installed; no
  /// PostgreSQL programs; PostgreSQL's own reason from its log; not ready in time.
  static absl::StatusOr<std::unique_ptr<EmbeddedPostgres>> Start(const EmbeddedOptions& options);
  /// Uses the PostgreSQL that another rowkeeper process runs on the directory, waiting for it to be ready. Errors:
  /// UNAVAILABLE when there is none, PERMISSION_DENIED when its socket is not for this user.
  static absl::StatusOr<std::unique_ptr<EmbeddedPostgres>> Attach(const EmbeddedOptions& options);
  /// Attach when another process runs it, else Start.
  static absl::StatusOr<std::unique_ptr<EmbeddedPostgres>> OpenOrAttach(const EmbeddedOptions& options);

  /// Stops PostgreSQL if this object started it.
  virtual ~EmbeddedPostgres() = default;

  /// Connection URI, for example postgresql://rowkeeper@/rowkeeper?host=/var/lib/rowkeeper/socket.
  virtual const std::string& url() const = 0;
  /// Canonical data directory.
  virtual const std::string& data_dir() const = 0;
  /// True when this object started PostgreSQL, false when it attached to one.
  virtual bool owns() const = 0;
  /// Fast shutdown (sessions end, transactions roll back); returns when PostgreSQL is gone. Does nothing when
  /// attached or already stopped.
  virtual void Stop() = 0;
};

}  // namespace rowkeeper::embedded
