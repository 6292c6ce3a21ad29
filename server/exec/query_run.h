#pragma once

#include "absl/status/statusor.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"

namespace rowkeeper::exec {

/// Family::kQuery. Where it may fail after its statement has written, that is undone in a transaction.
/// Outcome::statement->cells then names, for each result cell, the index into QueryPlan::columns. Errors beside those
/// of the statement: NOT_FOUND where the response is the row and there is none, MORE_THAN_ONE_ROW, TOO_MANY_ROWS beyond
/// QueryBounds::max_rows, SCHEMA_MISMATCH when the result has other columns than the response has fields,
/// UNREPRESENTABLE_VALUE for NULL where the field is never absent.
absl::StatusOr<Outcome> RunQuery(const Execution& execution);

}  // namespace rowkeeper::exec
