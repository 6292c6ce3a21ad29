#pragma once

#include <string>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/batch_input.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

// The statements of batches and upserts; see render.h. Pure.

Statement RenderBatch(const plan::MethodPlan& plan, const plan::Variant& variant);
Statement RenderBatchProbe(const plan::MethodPlan& plan, const plan::Variant& variant);

// Their parts.

/// Changes of rows that are there, all or none: they are looked at and locked in the order of their keys first.
Statement RenderBatchChange(const plan::MethodPlan& plan, const plan::Variant& variant);

/// Conditions of a row beside its key: `("#ver" = 0 OR "version" = "#ver")`, empty without a version guard …
std::string ElementVersionMatches(const plan::MethodPlan& plan, const plan::Variant& variant);
/// … and for the `index`th of variant.unchanged `"owner_id" IS NOT DISTINCT FROM "#1"`.
std::string ElementUnchanged(const plan::MethodPlan& plan, const plan::Variant& variant, int value,
                             const BatchInput& input);
/// Both, joined by AND; "true" when there is nothing to meet.
std::string ElementFits(const plan::MethodPlan& plan, const plan::Variant& variant, const BatchInput& input);

/// Whether elements with different keys may be the same row: PostgreSQL's equality is that of the texts, but for
/// collations and types of extensions. A batch of them is refused (exec/same_rows.h).
bool MayShareRows(const plan::MethodPlan& plan);
/// The place of the first element with the same key to the database: `min("#") OVER (PARTITION BY …)`, or `"#"` where
/// elements cannot share rows. Beside a LEFT JOIN of the table, whose columns lend the elements' keys their collation.
std::string FirstOfItsRow(const plan::MethodPlan& plan, const BatchInput& input);

/// What a new row gets for a value that is in `written`: the element's, or where it has none the column's default.
std::string NewValue(const plan::MethodPlan& plan, const plan::Variant& variant, int value, const BatchInput& input);

/// Cells of the response, then the element's place (and the outcome), for the end of a select list.
Statement FinishBatch(std::string text, ParameterList* parameters, const plan::Variant& variant);

}  // namespace rowkeeper::sql
