#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rowkeeper::testing {

/// A PgBouncer of the test's own, before the server of ROWKEEPER_TEST_DATABASE_URL: on its own port, gone with this
/// object or with the thread that made it.
class PgBouncer {
 public:
  enum class Mode { kSession, kTransaction };
  struct Options {
    Mode mode = Mode::kTransaction;
    /// Sessions of PostgreSQL for each database and user.
    int pool_size = 4;
    /// PgBouncer from 1.21 keeps track of so many prepared statements for a client; 0: of none, as those before do.
    int max_prepared_statements = 0;
    int max_clients = 1000;
    /// Who may log in, besides the user of ROWKEEPER_TEST_DATABASE_URL.
    std::vector<std::string> users;
    /// Longest wait for a session of PostgreSQL, seconds; 0: no limit.
    int query_wait_timeout_s = 0;
  };

  /// False where Debian's package pgbouncer is not installed.
  static bool Installed();
  /// 1.18 and before do not know protocol-level prepared statements, nor the setting.
  static bool KnowsPreparedStatements();

  static absl::StatusOr<std::unique_ptr<PgBouncer>> Start(const Options& options);
  ~PgBouncer();
  PgBouncer(const PgBouncer&) = delete;
  PgBouncer& operator=(const PgBouncer&) = delete;

  /// `url`, a postgresql:// URI of that server, by way of this pooler.
  std::string Route(const std::string& url) const;
  Mode mode() const { return mode_; }
  /// Kills it, with all connections, and starts it anew on the same port.
  absl::Status Restart();

 private:
  PgBouncer(std::string directory, int port, Mode mode) : directory_(std::move(directory)), port_(port), mode_(mode) {}
  absl::Status WriteFiles(const Options& options);
  absl::Status Spawn();
  void Stop();
  absl::Status WaitUntilReady();

  const std::string directory_;
  const int port_;
  const Mode mode_;
  pid_t pid_ = 0;
};

/// "transaction, 200 prepared", for the names of parameterised tests and for messages.
std::string Describe(const PgBouncer::Options& options);

/// The ways to run the pooler that is installed: session mode, transaction mode, and, where it knows it, transaction
/// mode with prepared statements. None when it is not installed.
std::vector<PgBouncer::Options> PoolerVariants();

}  // namespace rowkeeper::testing
