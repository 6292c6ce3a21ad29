#pragma once

#include <memory>
#include <set>
#include <string>

#include "server/catalogue/catalogue.h"

namespace rowkeeper::testing {

/// `catalogue`, where each row belongs to a tenant: every entity has a field `tenant_id` with ROLE_TENANT, and the
/// custom queries of the examples ask for `:caller.tenant` wherever they name a table. `shared`: entities, by their
/// full names, whose rows belong to nobody, without the methods that would delete or restore some. A mistake fails the
/// running test and gives nullptr.
std::unique_ptr<const catalogue::Catalogue> WithTenants(const catalogue::Catalogue& catalogue,
                                                        const std::set<std::string>& shared = {});

}  // namespace rowkeeper::testing
