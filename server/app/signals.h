#pragma once

#include <chrono>
#include <functional>

namespace rowkeeper::app {

/// Makes writing to a closed pipe or socket an error instead of the end of the process, and exit codes of programs that
/// it starts readable, whatever its parent ignores. Call first in main.
void SetUpSignals();
/// Blocks SIGTERM, SIGINT and SIGHUP in this thread and all that it starts later, so that WaitForStopSignal gets them.
/// Call before other threads are started; a command that does not call it ends at the first signal.
void BlockStopSignals();
/// Waits for SIGTERM or SIGINT. Calls `on_hangup`, on this thread, for each SIGHUP that comes meanwhile.
void WaitForStopSignal(const std::function<void()>& on_hangup);
/// Ends the process with `exit_code` and a line on standard error if it still runs after `limit`.
void ExitAfter(std::chrono::milliseconds limit, int exit_code);
/// From now on another SIGTERM or SIGINT ends the process at once, with `exit_code`.
void ExitOnNextStopSignal(int exit_code);

}  // namespace rowkeeper::app
