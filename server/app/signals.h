#pragma once

namespace rowkeeper::app {

/// Blocks SIGTERM and SIGINT in this thread and all that it starts later, and ignores SIGPIPE. Call first in main.
void BlockStopSignals();
/// Waits for SIGTERM or SIGINT.
void WaitForStopSignal();
/// From now on another SIGTERM or SIGINT ends the process at once, with `exit_code`.
void ExitOnNextStopSignal(int exit_code);

}  // namespace rowkeeper::app
