#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "server/app/settings.h"

namespace rowkeeper::app {

/// Bytes of the memory budget. Where the settings leave it to the server: 30 % of what the process may use, and never
/// less than one call may need. Errors: INVALID_ARGUMENT when it is less than that.
absl::StatusOr<size_t> ToMemoryBudget(const ServeSettings& settings);

}  // namespace rowkeeper::app
