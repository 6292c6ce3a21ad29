#pragma once

#include <string>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/cascade.h"
#include "server/sql/predicates.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// Whether a soft delete or a restore of the plan's entity has anything to look at but the row itself.
bool FollowsReferences(const plan::MethodPlan& plan);
/// What the operation is to a cascade: a restore of any kind, or a soft delete.
CascadeKind KindOf(catalogue::Change change);

/// A soft delete or restore of the one row that `where` finds (" WHERE …"), with all that follows from it.
Statement RenderCascade(const plan::MethodPlan& plan, const plan::Variant& variant, const std::string& where,
                        ParameterList* parameters);

/// ` UNION ALL SELECT NULL, NULL, "#b" FROM "#refused"` for a result with `others` cells before the last one; empty
/// when nothing can refuse it.
std::string OrRefused(const Cascade& cascade, size_t others);

}  // namespace rowkeeper::sql
