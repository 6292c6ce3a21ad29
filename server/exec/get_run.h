#pragma once

#include "absl/status/statusor.h"
#include "server/exec/outcome.h"
#include "server/exec/step.h"

namespace rowkeeper::exec {

/// Family::kGet.
absl::StatusOr<Outcome> RunGet(const Step& step);

}  // namespace rowkeeper::exec
