#pragma once

#include <string>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// Family::kGet; see render.h. Pure.
Statement RenderGet(const plan::MethodPlan& plan, const plan::Variant& variant);

/// Where several rows share a unique key (one live, others deleted) the live one counts, then the last deleted:
/// " ORDER BY … LIMIT 1", or empty where that cannot be.
std::string LiveRowFirst(const catalogue::Entity& entity, plan::Deleted deleted);

}  // namespace rowkeeper::sql
