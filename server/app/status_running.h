#pragma once

#include "server/app/status_pages.h"
#include "server/status/running.h"

namespace rowkeeper::app {

/// The calls and units of work of `sources` that run now, joined with the statements and lock waits of the process. At
/// most 200 calls.
status::RunningData ReadRunning(const StatusSources& sources);

}  // namespace rowkeeper::app
