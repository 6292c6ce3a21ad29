#include "server/app/tenant_settings.h"

#include <algorithm>

#include "server/base/text.h"
#include "server/wire/debug_header.h"

namespace rowkeeper::app {

bool HasTenants(const catalogue::Catalogue& catalogue) {
  const auto& entities = catalogue.entities();
  return std::any_of(entities.begin(), entities.end(), [](const auto& entity) { return entity->tenant.has_value(); });
}

std::set<std::string> TenantRules(const catalogue::Catalogue& catalogue) {
  std::set<std::string> rules;
  for (const auto& entity : catalogue.entities()) {
    if (entity->tenancy == nullptr) continue;
    const catalogue::Tenancy::Table& table = entity->tenancy->Of(*entity);
    const std::string name = Cat(entity->schema, entity->schema.empty() ? "" : ".", entity->table, ".");
    if (!table.tenant.empty()) rules.insert(Cat(name, table.tenant, " is the tenant"));
    for (const std::string& column : table.shared) rules.insert(Cat(name, column, " is shared"));
  }
  return rules;
}

absl::Status CheckTenantSettings(const catalogue::Catalogue& catalogue, const ServeSettings& settings) {
  if (!HasTenants(catalogue)) return absl::OkStatus();
  const IdentitySettings& identity = settings.identity;
  const bool by_token = !identity.jwt_keys.empty() && !identity.jwt_tenant_claim.empty();
  if (!by_token && identity.spiffe_tenant.empty() && identity.tenant_proxies.empty()) {
    return absl::InvalidArgumentError(
        "the catalogue has a field with ROLE_TENANT, but no caller can have a tenant: give --jwt-keys and "
        "--jwt-tenant-claim, or --tls-client-certs and --tenant-from-spiffe, or name a proxy with "
        "--tenant-header-from");
  }
  if (wire::ToDebugLevel(settings.debug_header) == wire::DebugLevel::kPlan) {
    return absl::InvalidArgumentError(
        "--debug-header=plan shows callers how many rows of other tenants PostgreSQL has passed over; with ROLE_TENANT "
        "in the catalogue it can be off or cost");
  }
  return absl::OkStatus();
}

}  // namespace rowkeeper::app
