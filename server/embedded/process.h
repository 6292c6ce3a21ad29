#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/file_descriptor.h"
#include "server/embedded/system_user.h"

namespace rowkeeper::embedded {

/// A program to run as `user`, in a session of its own (a Ctrl-C in the terminal does not reach it), with no file of
/// ours but the two named here, in directory /, with an environment of PATH, LC_ALL=C and LD_LIBRARY_PATH.
struct Command {
  std::string program;
  std::vector<std::string> arguments;
  SystemUser user;
  /// -1: /dev/null. Not owned.
  int input = -1;
  /// Receives output and errors; -1: /dev/null. Not owned.
  int output = -1;
  /// Sent to the program by the kernel when the thread that started it ends.
  int death_signal = 15;
};

/// Starts `command`; the caller reaps it. Errors: INTERNAL, with the reason when the program cannot be executed.
absl::StatusOr<pid_t> Spawn(const Command& command);

/// How long processes of PostgreSQL get after SIGQUIT, beyond the time that they get to stop in peace.
inline constexpr std::chrono::milliseconds kQuitGrace{5000};

struct CommandResult {
  /// Exit status, or 128 + signal number.
  int exit_code = 0;
  std::string output;
};

/// Runs `command` (whose `input` and `output` are ignored) to its end with `input` on its standard input.
absl::StatusOr<CommandResult> Run(Command command, std::string_view input);

/// True when `user` may enter (search) the directory.
bool CanEnter(const SystemUser& user, const std::string& directory);

}  // namespace rowkeeper::embedded
