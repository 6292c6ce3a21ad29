#pragma once

#include "absl/status/statusor.h"
#include "server/exec/outcome.h"
#include "server/exec/step.h"

namespace rowkeeper::exec {

/// Family::kWrite: one statement, and a second one only to explain why it found no row.
absl::StatusOr<Outcome> RunWrite(const Step& step);

}  // namespace rowkeeper::exec
