#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::exec {

/// Two elements of a batch that are the same row to the database, though their keys differ as texts: by the collation
/// of a column, say. Places in the caller's request, from 0.
struct SameRow {
  size_t element = 0;
  /// The one before it.
  size_t first = 0;
};

/// INVALID_ARGUMENT, reason INVALID_FIELD: a field for each of `rows`, of which there is at least one. A batch may
/// write a row once.
absl::Status SameRows(const plan::MethodPlan& plan, const std::vector<SameRow>& rows);
/// The `rows` of such an error, for a batch that goes on without them; none of any other error.
std::vector<SameRow> SameRowsOf(const absl::Status& error);

}  // namespace rowkeeper::exec
