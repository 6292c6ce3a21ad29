#pragma once

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

// The statements of Upsert, BatchUpsert and imports with conflict_fields. Pure.

/// Writes the elements, all or none, and gives each one's row, place and outcome in the request's order; no row when
/// one of them may not be written. Fails with a verdict (judgement.h, upsert_marks.h) when it did not do what it says.
Statement RenderUpsert(const plan::MethodPlan& plan, const plan::Variant& variant);

/// Finds out which keys triggers make of the elements' keys, by writing the elements: to be rolled back. A row has the
/// element's place and then its key, one cell for each of MethodPlan::filters.
Statement RenderStoredKeys(const plan::MethodPlan& plan, const plan::Variant& variant);

}  // namespace rowkeeper::sql
