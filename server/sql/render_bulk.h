#pragma once

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

// The statements of bulk changes; see render.h. Pure.

/// A change: one row, the numbers of rows that match and that were changed; when more match than may be changed none
/// is. Parameter kMaxAffected. A purge: one row, the rows removed; the parameter kComputed 0 says how many at most.
Statement RenderBulk(const plan::MethodPlan& plan, const plan::Variant& variant);
/// A purge: one row, whether there is another row to remove.
Statement RenderBulkProbe(const plan::MethodPlan& plan, const plan::Variant& variant);

}  // namespace rowkeeper::sql
