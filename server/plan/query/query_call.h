#pragma once

#include <vector>

namespace rowkeeper::plan {

// What calls of Family::kQuery have beside what all have; see request.h, variant.h and call.h.

/// All of its fields are arguments.
struct QueryRequest {};

/// A query has one text for all calls.
struct QueryVariant {
  /// Indexes into QueryPlan::columns that the caller may not read, ascending. Its row has them, the response has not.
  std::vector<int> hidden;
};

struct QueryBounds {
  /// Rows that it may answer.
  int max_rows = 1;
};

}  // namespace rowkeeper::plan
