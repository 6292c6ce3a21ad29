#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "server/catalogue/diagnostics.h"
#include "server/catalogue/repository.h"
#include "server/plan/call.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// Reports a method that would ask for rows of all tenants, or change them: one that deletes or restores rows which
/// tenants share and rows of theirs refer to. Warns of one that changes such rows and says nothing of who may call it.
void CheckSharedRows(const MethodPlan& plan, const catalogue::Method& method, catalogue::Diagnostics* diagnostics);

/// PERMISSION_DENIED TENANT_REQUIRED for a call that reads or changes rows of tenants, relations included, whose caller
/// has none, or one that no row can have. Its relations are bound. What the call asks for is not looked at.
absl::Status CheckTenant(const Call& call);

/// Has a call of an entity with tenants count its rows where it asks for an estimate: PostgreSQL makes one out of what
/// it knows of the rows of all tenants.
void CountOwnRows(Call* call);

}  // namespace rowkeeper::plan
