#pragma once

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// Whether writes of this variant can be executed together: creates, updates, and soft deletes and restores that no
/// other row follows. Their rows must be such that SQL can tell whether they can be sent; see judgement.h.
bool CanMergeWrites(const plan::MethodPlan& plan, const plan::Variant& variant);

/// Many writes of a variant that can be. Parameters are arrays with a value of each call. Pure.
///
/// Creates: all or none; a row each, in the order of the calls. Others: rows with the place of their call, from 1, as
/// Statement::element_cell. A call without a row changed nothing and is to run alone, where it finds out why: no row
/// fits it, somebody else has locked it, or another of these calls changes it.
///
/// The statement fails where it could have other effects than its calls alone: on anything but a table without heirs,
/// and on one with rules (they see one statement), with triggers of users (by statement they would fire once, and those
/// by row may look at the transaction), or with keys or references to itself that may hold at the end of all and at the
/// end of none. It looks in the catalogs each time, so that a trigger counts from the moment when it is there. It
/// fails, too, where it has to wait for one lock of somebody's for longer than a moment.
Statement RenderMergedWrite(const plan::MethodPlan& plan, const plan::Variant& variant);

}  // namespace rowkeeper::sql
