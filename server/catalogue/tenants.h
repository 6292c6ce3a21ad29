#pragma once

#include <memory>
#include <vector>

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::catalogue {

/// Sets Entity::tenancy of all of them where one has tenants, and reports what would let rows of one tenant stand
/// beside those of another: columns of different types, references from rows that all tenants see to a tenant's, keys
/// whose values tell how many rows others have. After LinkDependents.
void CompileTenancy(const std::vector<std::unique_ptr<Entity>>& entities, Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
