#pragma once

#include <string_view>

#include "server/plan/method_plan.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// The name of the last cell of a RenderCheckedQuery with RETURNING, which holds nothing.
inline constexpr std::string_view kQueryCheckCell = "#fits";
/// The name of the only cell of a RenderCheckedQuery without RETURNING: how many rows it changed.
inline constexpr std::string_view kQueryCountCell = "#affected";

/// The statement of a custom query: its own text with `($1::uuid)` for each parameter, so that it means the same
/// whatever surrounds it. A SELECT is put into another one that limits its rows. Pure.
Statement RenderQuery(const plan::MethodPlan& plan);

/// The same as it is executed: one that would store in a table of the catalogue what no read could show afterwards
/// fails instead, and stores nothing. See base/verdict.h for its error.
///
///   UPDATE … RETURNING a, b, CASE WHEN NOT (<fits>) THEN <fails> END AS "#fits"
///   WITH "#written" AS (UPDATE … RETURNING CASE …) SELECT count(*) AS "#affected" FROM "#written"
///
/// So does each INSERT and UPDATE of its common table expressions. Looked at are the columns that the query names as
/// those that it writes, as far as SQL can tell (not the shape of jsonb).
Statement RenderCheckedQuery(const plan::MethodPlan& plan);

}  // namespace rowkeeper::sql
