#pragma once

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// Family::kList; see render.h. Pure.
Statement RenderList(const plan::MethodPlan& plan, const plan::Variant& variant);

}  // namespace rowkeeper::sql
