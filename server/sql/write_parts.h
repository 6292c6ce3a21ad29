#pragma once

#include <string>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/judgement.h"
#include "server/sql/predicates.h"

namespace rowkeeper::sql {

// What the statement of one write and that of many (render_merged_write.h) are made of. In render_write.cc.

/// What a create writes, each list separated by commas; both are empty when it writes nothing.
struct InsertedRow {
  std::string names;
  std::string values;
};
/// `judgement` is told what is written; may be null.
InsertedRow InsertedRowOf(const plan::MethodPlan& plan, const plan::Variant& variant, Judgement* judgement,
                          ParameterList* parameters);

/// What an update, a soft delete or a restore sets, housekeeping included. `judgement` as above.
std::string Assignments(const plan::MethodPlan& plan, const plan::Variant& variant, Judgement* judgement,
                        ParameterList* parameters);
/// Which rows those change.
plan::Deleted ChangedRows(const plan::MethodPlan& plan);

/// Of the row that a write is about, as far as the request names it: key, visibility, version and immutable fields.
/// Some may be empty. `table`: see TenantPredicate.
std::vector<std::string> TargetConditions(const plan::MethodPlan& plan, const plan::Variant& variant,
                                          plan::Deleted visible, ParameterList* parameters,
                                          const std::string& table = "");

/// That no row which the written one refers to is deleted, for a restore that nothing else can hold; else none. `row`
/// is how the statement names the table.
std::vector<std::string> ConditionsOfParents(const plan::MethodPlan& plan, const std::string& row,
                                             ParameterList* parameters);

}  // namespace rowkeeper::sql
