#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rowkeeper::testing {

/// `rowkeeper serve` as a process of its own, which ends with this object or with the thread that started it. For one
/// thread.
class ServerProgram {
 public:
  struct Options {
    /// Absolute path.
    std::string program;
    /// After `serve`, without --listen.
    std::vector<std::string> arguments;
    std::string log_file;
  };

  /// Chooses a port, and returns when the server listens.
  static absl::StatusOr<std::unique_ptr<ServerProgram>> Start(Options options);
  ~ServerProgram();
  ServerProgram(const ServerProgram&) = delete;
  ServerProgram& operator=(const ServerProgram&) = delete;

  /// The same after a restart.
  const std::string& address() const { return address_; }
  pid_t pid() const { return pid_; }
  /// kill -9 and a new process; returns when that listens.
  absl::Status KillAndRestart();
  /// SIGTERM. Gives the exit code.
  int Stop();
  /// The two halves of Stop.
  void Terminate();
  int WaitForExit();
  /// SIGTERM, its end and a new process; returns when that listens. INTERNAL when the exit code is not 0.
  absl::Status Restart();
  /// A new process after Stop; returns when it listens.
  absl::Status StartAgain() { return Spawn(); }

 private:
  ServerProgram(Options options, int port);
  absl::Status Spawn();
  absl::Status WaitUntilListening();

  const Options options_;
  const std::string address_;
  pid_t pid_ = 0;
};

/// Where a test of this program has failed: prints the last lines of a server's log, for the file may be gone before
/// anybody reads of it.
void ShowLogOfFailure(const std::string& log_file);

}  // namespace rowkeeper::testing
