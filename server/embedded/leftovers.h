#pragma once

#include <chrono>

#include "absl/status/status.h"
#include "server/embedded/data_directory.h"

namespace rowkeeper::embedded {

/// Ends what an earlier run on this directory left behind: a postmaster that is still shutting down, backends whose
/// postmaster was killed, and a postmaster.pid whose process is gone or is something else by now. The directory must
/// be locked. Errors: FAILED_PRECONDITION for a PostgreSQL that is not ours, DEADLINE_EXCEEDED when one does not end.
absl::Status ClearLeftovers(const DataDirectory& directory, std::chrono::seconds timeout);

}  // namespace rowkeeper::embedded
