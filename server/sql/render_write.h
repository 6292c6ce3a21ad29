#pragma once

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

// Family::kWrite; see render.h. Pure.

Statement RenderWrite(const plan::MethodPlan& plan, const plan::Variant& variant);
Statement RenderWriteProbe(const plan::MethodPlan& plan, const plan::Variant& variant);
Statement RenderWriteWithParents(const plan::MethodPlan& plan, const plan::Variant& variant);
Statement RenderWriteReread(const plan::MethodPlan& plan, const plan::Variant& variant);

}  // namespace rowkeeper::sql
