#pragma once

#include "absl/status/statusor.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"

namespace rowkeeper::exec {

/// Family::kGet.
absl::StatusOr<Outcome> RunGet(const Execution& execution);

}  // namespace rowkeeper::exec
