#pragma once

#include "server/schema/fit.h"
#include "server/schema/live_schema.h"

namespace rowkeeper::schema {

/// Whether the foreign key joins rows of one tenant only: both entities have tenants, and their columns are a pair of
/// it.
bool PairsTenants(const catalogue::Entity& entity, const LiveConstraint& foreign_key);

/// Whether the column of the tenant tells all tenants apart, what keys over rows of several tenants reveal, and that no
/// foreign key, declared or not, joins rows of several. `entity` is of a catalogue with tenants.
void CompareTenant(const catalogue::Entity& entity, const LiveTable& table, FitReport* report);

/// Rows that belong to nobody, and to which rows of tenants refer by foreign keys that the catalogue does not know:
/// deleting one would ask for rows of all tenants, or delete them.
void CompareSharedTables(const catalogue::Catalogue& catalogue, const LiveSchema& live, FitReport* report);

}  // namespace rowkeeper::schema
