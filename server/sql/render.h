#pragma once

// The map of this folder:
//   predicates.cc         VisibilityPredicate, the soft-delete filter: every statement that reads or changes rows goes
//                         through it; tests/unit/sql and tests/pg/server walk all plans
//   tenant_check.cc       refuses a statement that does not keep each table to the caller's tenant (TenantPredicate)
//   filter_predicates.cc  a filter's operator in SQL; expression_predicate.cc: filter expressions
//   render_get.cc         one file a family: render_list.cc (with render_count.cc, render_export.cc), render_write.cc,
//                         render_batch.cc (with render_batch_change.cc, render_upsert.cc), render_bulk.cc,
//                         render_query.cc; render_relation.cc: one relation. RenderMergedGet, RenderMergedList: many
//                         calls at once, render_merged_write.cc: many writes; write_parts.h: what they share with one
//   render_bulk.cc        one row more than may be changed is locked and counted before the first is changed
//   batch_input.h         elements of a batch become arrays, one a column
//   cascade.cc            soft deletes and restores that follow references, as part of their one statement;
//                         cascade_shape.cc: which references
//   json_merge.cc         a stored jsonb value with parts replaced
//   variants.cc           samples of every statement a plan can need, by family in variants_*.cc: for `check`, and for
//                         the tests' walk over all plans
//   activity.h            who waits for a lock; query ids
//   live_names.h          what tables and columns are called now; ColumnName and Table (identifier.h) write them so
//   purpose.h             the comment before a statement that says what it is for
//   savepoint_numbers.h   the savepoints of one call; those of one name would hide each other
//   ddl.h                 tables, for `migrate new`; introspect.h: the catalogs; transaction_sql.h: BEGIN, the fence
//                         before COMMIT
//   SQL elsewhere         only a session's set-up, SELECT 1, ROLLBACK and DEALLOCATE in db, which speak of no table;
//                         and what users wrote: migration files and the text of custom queries

#include "server/plan/call.h"
#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// The SQL of one variant of a plan. Pure; the result has no id and no name; whoever keeps the statement gives them.
Statement Render(const plan::MethodPlan& plan, const plan::Variant& variant);

/// Asks why a write of this variant found no row. At most one row, the live one if there is one, with the boolean cells
/// live, version matches, and one for each of variant.unchanged. Of a batch: rows in the order
/// of the elements, at least one an element, the live one first, with the cells element (from 1), found, live, version
/// matches, and one for each of variant.unchanged. Pure.
Statement RenderProbe(const plan::MethodPlan& plan, const plan::Variant& variant);

/// A restore which wrote no row although nothing about its row stands in the way (IsHeldByParentsAlone): writes it, or
/// tells in its blocker cell which reference leads to a deleted row. Pure.
Statement RenderWithParents(const plan::MethodPlan& plan, const plan::Variant& variant);

/// The row that a write of this variant found to be in the wanted state already: the same key, any state. Pure.
Statement RenderReread(const plan::MethodPlan& plan, const plan::Variant& variant);

}  // namespace rowkeeper::sql
