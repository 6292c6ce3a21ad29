#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace rowkeeper {

/// FAILED_PRECONDITION, reason REFERENCE_VIOLATION with PreconditionFailure: a row cannot be restored, for `field`
/// refers to a row of `parent` that is deleted. `entity` is the row's own.
absl::Status ParentIsDeleted(std::string_view entity, std::string_view constraint, std::string_view field,
                             std::string_view parent);

}  // namespace rowkeeper
