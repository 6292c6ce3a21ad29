#pragma once

#include <string>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// All rows that match, in the order of the key, after the variant's cursor. Pure.
Statement RenderExport(const plan::MethodPlan& plan, const plan::Variant& variant);

/// `select`, with the same parameters, as the cursor that FetchExport reads in the transaction. There is one at a time.
std::string DeclareExport(const std::string& select);
/// The next `rows` of it, at most.
std::string FetchExport(int rows);

}  // namespace rowkeeper::sql
