#pragma once

#include "server/catalogue/catalogue.h"
#include "server/schema/fit.h"
#include "server/schema/live_schema.h"

namespace rowkeeper::schema {

/// Adds the keys to `report` that upserts and imports look for rows by, and that PostgreSQL knows no ON CONFLICT for:
/// those that have a deferrable constraint.
void CompareConflictKeys(const catalogue::Catalogue& catalogue, const LiveSchema& live, FitReport* report);

}  // namespace rowkeeper::schema
