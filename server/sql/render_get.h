#pragma once

#include <string>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// Family::kGet; see render.h. Pure.
Statement RenderGet(const plan::MethodPlan& plan, const plan::Variant& variant);

/// Whether rows are looked up by values that are equal to columns', and by nothing else.
bool IsLookedUpByValues(const plan::MethodPlan& plan, const plan::Variant& variant);
/// Whether gets of this variant can be executed together: each is looked up by values that are equal to columns'.
bool CanMergeGets(const plan::MethodPlan& plan, const plan::Variant& variant);
/// Many gets of a variant that can be: for each what RenderGet would give it, with its place among them, from 1, as
/// Statement::element_cell. Parameters are arrays with a value of each call. Pure.
Statement RenderMergedGet(const plan::MethodPlan& plan, const plan::Variant& variant);

/// Where several rows share a unique key (one live, others deleted) the live one counts, then the last deleted:
/// " ORDER BY … LIMIT 1", or empty where that cannot be.
std::string LiveRowFirst(const catalogue::Entity& entity, plan::Deleted deleted);

}  // namespace rowkeeper::sql
