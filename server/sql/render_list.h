#pragma once

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// Family::kList; see render.h. Pure.
Statement RenderList(const plan::MethodPlan& plan, const plan::Variant& variant);

/// Whether pages or counts of this variant can be executed together, and PostgreSQL then takes the indexes that it
/// takes for one: all rows have one value in some column that is neither bool nor enum (their owner), and other
/// conditions compare columns with a value or with NULL. Without relations, filter expressions, skip and parts of
/// jsonb.
bool CanMergeLists(const plan::MethodPlan& plan, const plan::Variant& variant);
/// Many pages, or counts, of a variant that can be: for each what RenderList would give it, in its order, with the
/// place of the call, from 1, as Statement::element_cell. The rows of a call follow each other. Parameters are arrays
/// with a value of each call, but for the limit, which is one for all. Pure.
Statement RenderMergedList(const plan::MethodPlan& plan, const plan::Variant& variant);

}  // namespace rowkeeper::sql
