#pragma once

#include <string>
#include <string_view>

#include "server/catalogue/entity.h"
#include "server/plan/method_plan.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// What a plan's statement is for: entity and operation, "planner.v1.Todo/List", for methods with the same text share
/// the statement; of a custom query, whose text is its own, the method: "planner.v1.TodoReports/Progress". `part` tells
/// a statement beside the main one, "planner.v1.Todo/Update:probe"; empty: the main one. Pure.
std::string PurposeOf(const plan::MethodPlan& plan, std::string_view part);
/// "planner.v1.Todo/relation:owner"
std::string PurposeOf(const catalogue::Relation& relation);

/// The statement with a comment that says its purpose before its text, see base/statement_text.h.
Statement WithPurpose(std::string_view purpose, Statement statement);

}  // namespace rowkeeper::sql
