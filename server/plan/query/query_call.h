#pragma once

namespace rowkeeper::plan {

// What calls of Family::kQuery have beside what all have; see request.h, variant.h and call.h.

/// All of its fields are arguments.
struct QueryRequest {};

/// A query has one text for all calls.
struct QueryVariant {};

struct QueryBounds {
  /// Rows that it may answer.
  int max_rows = 1;
};

}  // namespace rowkeeper::plan
