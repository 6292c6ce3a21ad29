#pragma once

#include <set>
#include <string>

#include "absl/status/status.h"
#include "server/app/settings.h"
#include "server/catalogue/catalogue.h"

namespace rowkeeper::app {

/// Errors: INVALID_ARGUMENT where `catalogue` has tenants and no caller can have one, or where callers would be shown
/// the plans of statements, in which PostgreSQL counts rows of other tenants.
absl::Status CheckTenantSettings(const catalogue::Catalogue& catalogue, const ServeSettings& settings);

/// Whether rows of some entity belong to tenants.
bool HasTenants(const catalogue::Catalogue& catalogue);

/// What the statements of `catalogue` heed for the sake of tenants, so that two catalogues can be compared: a line for
/// each column that says whose a row is, and for each that all tenants' rows may refer to.
std::set<std::string> TenantRules(const catalogue::Catalogue& catalogue);

}  // namespace rowkeeper::app
