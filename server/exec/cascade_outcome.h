#pragma once

#include "absl/status/statusor.h"
#include "server/db/rows.h"
#include "server/plan/method_plan.h"
#include "server/sql/statement.h"

namespace rowkeeper::exec {

/// What became of a soft delete or restore that follows references; any other result is handed on as it is. When the
/// rows say that a reference forbids it and nothing was changed: FAILED_PRECONDITION REFERENCE_VIOLATION; when they say
/// that other transactions changed what it had found: ABORTED SERIALIZATION_FAILURE, nothing changed either. A unique
/// key that is taken may be one of a row that was to come along: ALREADY_EXISTS then names that row's entity and
/// fields.
absl::StatusOr<db::Rows> CascadeResult(const plan::MethodPlan& plan, const sql::Statement& statement,
                                       absl::StatusOr<db::Rows> rows);

}  // namespace rowkeeper::exec
