#pragma once

#include "server/plan/method_plan.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// The statement of a custom query: its own text with `($1::uuid)` for each parameter, so that it means the same
/// whatever surrounds it. A SELECT is put into another one that limits its rows. Pure.
Statement RenderQuery(const plan::MethodPlan& plan);

}  // namespace rowkeeper::sql
