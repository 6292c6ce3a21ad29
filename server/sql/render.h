#pragma once

#include "server/plan/call.h"
#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// The SQL of one variant of a plan. Pure; the result's id is 0 and is given by whoever keeps the statement.
Statement Render(const plan::MethodPlan& plan, const plan::Variant& variant);

/// Asks why a write of this variant found no row. At most one row, the live one if there is one, with the boolean cells
/// live, version matches, and one for each of variant.unchanged. Of a batch: rows in the order
/// of the elements, at least one an element, the live one first, with the cells element (from 1), found, live, version
/// matches, and one for each of variant.unchanged. Pure.
Statement RenderProbe(const plan::MethodPlan& plan, const plan::Variant& variant);

/// The row that a write of this variant found to be in the wanted state already: the same key, any state. Of a batch:
/// the live rows of the elements, in their order. Pure.
Statement RenderReread(const plan::MethodPlan& plan, const plan::Variant& variant);

}  // namespace rowkeeper::sql
