#pragma once

#include "absl/status/status.h"

namespace rowkeeper {

/// UNAVAILABLE, reason SERVER_STARTING: this server answers soon. Says nothing of what an earlier process of it did, so
/// it must not be taken for the end of a unit of work.
absl::Status ServerStarting();

}  // namespace rowkeeper
