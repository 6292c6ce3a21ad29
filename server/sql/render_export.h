#pragma once

#include <string>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// All rows that match, in the order of the key, after the variant's cursor. Pure.
///
/// PostgreSQL sends all rows that a FETCH asks for, and nothing stops it on the way. So large rows come without their
/// values, with their key and how many bytes they have (Statement::large_cell):
///
///   SELECT "id", CASE WHEN "#size" <= $1 THEN "notes" END AS "notes", CASE WHEN "#size" > $1 THEN "#size" END
///   FROM (SELECT "id", "notes", <bytes> AS "#size" FROM "todos" ORDER BY "id") AS "#rows"
Statement RenderExport(const plan::MethodPlan& plan, const plan::Variant& variant);

/// Whether rows can be so large that the export reads them by themselves.
bool HasLargeRows(const plan::MethodPlan& plan, const plan::Variant& variant);

/// The rows that have the given keys, with their values: the cells of RenderExport, and then the place of the key. A
/// parameter is the array of one column's values, in the order of Statement::cursor_cells. Pure.
Statement RenderLargeRows(const plan::MethodPlan& plan, const plan::Variant& variant);

/// `select`, with the same parameters, as the cursor that FetchExport reads in the transaction. There is one at a time.
std::string DeclareExport(const std::string& select);
/// The next `rows` of it, at most.
std::string FetchExport(int rows);

}  // namespace rowkeeper::sql
