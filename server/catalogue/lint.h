#pragma once

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::catalogue {

/// Warns of names that leave the conventions: `_at` and `_date`, `is_` and `has_`, snake_case, `_id`, plural tables.
void LintNames(const Entity& entity, Diagnostics* diagnostics);

/// Warns of rows that are soft-deleted with their parent but could not be told, when it is restored, from rows that
/// were deleted before.
void LintCascades(const Entity& entity, Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
