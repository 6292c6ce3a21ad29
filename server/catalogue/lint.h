#pragma once

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::catalogue {

/// Warns of names that leave the conventions: `_at` and `_date`, `is_` and `has_`, snake_case, `_id`, plural tables.
void LintNames(const Entity& entity, Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
