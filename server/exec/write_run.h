#pragma once

#include "absl/status/statusor.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"

namespace rowkeeper::exec {

/// Family::kWrite: one statement, and a second one only to explain why it found no row.
absl::StatusOr<Outcome> RunWrite(const Execution& execution);

}  // namespace rowkeeper::exec
