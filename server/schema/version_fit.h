#pragma once

#include "server/catalogue/catalogue.h"
#include "server/db/connection.h"
#include "server/schema/fit.h"

namespace rowkeeper::schema {

/// Looks for rows whose version is below 1, which nothing guards against lost updates, for in a request version 0 means
/// any version. Adds a mismatch for each entity that has some, and an advice where the rows could not be read. Reads
/// whole tables, so this is for `rowkeeper check`.
void CheckVersions(const catalogue::Catalogue& catalogue, const LiveSchema& live, db::Connection& connection,
                   FitReport* report);

}  // namespace rowkeeper::schema
