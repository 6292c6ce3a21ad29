#pragma once

#include <string>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/cascade.h"
#include "server/sql/predicates.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// Whether a soft delete or a restore of the plan's entity has anything to look at but the row itself.
bool FollowsReferences(const plan::MethodPlan& plan);
/// Of an operation for which that holds: whether only a deleted row that its row refers to can stand in its way. It
/// then is an update of its row on the condition that there is none (NoParentIsDeleted), and RenderCascade tells which
/// it is.
bool IsHeldByParentsAlone(const plan::MethodPlan& plan);
/// A condition for each reference that could; `row` is how the statement names the table.
std::vector<std::string> NoParentIsDeleted(const plan::MethodPlan& plan, const std::string& row,
                                           ParameterList* parameters);
/// What the operation is to a cascade: a restore of any kind, or a soft delete.
CascadeKind KindOf(catalogue::Change change);

/// A soft delete or restore of the one row that `where` finds (" WHERE …"), with all that follows from it.
Statement RenderCascade(const plan::MethodPlan& plan, const plan::Variant& variant, const std::string& where,
                        ParameterList* parameters);

/// ` UNION ALL SELECT NULL, NULL, "#b" FROM "#refused"` for a result with `others` cells before the last one; empty
/// when nothing can refuse it.
std::string OrRefused(const Cascade& cascade, size_t others);

}  // namespace rowkeeper::sql
