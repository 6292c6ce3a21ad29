#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rowkeeper::app {

/// Another program, which has this process's terminal, user and environment, and ends with this process.
struct ForegroundProgram {
  std::string path;
  std::vector<std::string> arguments;
  /// -1: that of this process. Not owned.
  int input = -1;
  int output = -1;
};

/// While it lives, SIGINT, SIGQUIT, SIGTERM and SIGHUP do not end this process, which has something to tidy up: they
/// are noted, and the program that runs gets them too. One in a process, on its main thread.
class ForegroundSession {
 public:
  ForegroundSession();
  ~ForegroundSession();
  ForegroundSession(const ForegroundSession&) = delete;
  ForegroundSession& operator=(const ForegroundSession&) = delete;

  /// Runs the program to its end and gives its exit code, or 128 + signal number. Does not start it after a signal.
  /// Errors: INTERNAL when it cannot be started.
  absl::StatusOr<int> Run(const ForegroundProgram& program);
  /// The signal that came last, 0 when none has come.
  int signal() const;
};

}  // namespace rowkeeper::app
