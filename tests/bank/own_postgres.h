#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/db/connection.h"

namespace rowkeeper::testing {

/// A TCP port of 127.0.0.1 that is free now, below the range from which the kernel serves outgoing connections, so that
/// it stays free while its server is down.
int FreePort();

/// A PostgreSQL of the test's own: new, on its own port, and gone with this object or with the thread that made it. It
/// may lose what an operating system that crashes would lose, and nothing that a process would. For one thread.
class OwnPostgres {
 public:
  /// Fast: sessions end, a checkpoint is written. Immediate: as after a crash.
  enum class Shutdown { kFast, kImmediate };

  /// `directory` must exist and be empty; as root it is given to the system user postgres.
  static absl::StatusOr<std::unique_ptr<OwnPostgres>> Start(const std::string& directory);
  ~OwnPostgres();
  OwnPostgres(const OwnPostgres&) = delete;
  OwnPostgres& operator=(const OwnPostgres&) = delete;

  const std::string& url() const { return url_; }
  /// What pg_ctl restart does; returns when it accepts connections again.
  absl::Status Restart(Shutdown shutdown);
  /// Executes one statement on a connection of its own, opened anew when it was lost.
  absl::StatusOr<db::Rows> Execute(std::string_view sql);
  /// The first cell; empty when there is no row. Errors are thrown away: for conditions that are waited for.
  std::string Value(std::string_view sql);

 private:
  OwnPostgres(std::string program, std::string directory, int port);
  absl::Status Spawn();
  absl::Status WaitUntilReady();
  void Stop(Shutdown shutdown);

  const std::string program_;
  const std::string directory_;
  const int port_;
  const std::string url_;
  pid_t pid_ = 0;
  std::unique_ptr<db::Connection> connection_;
};

}  // namespace rowkeeper::testing
