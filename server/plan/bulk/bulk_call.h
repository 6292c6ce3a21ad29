#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/plan/call_parts.h"

namespace rowkeeper::plan {

// What calls of Family::kBulk have beside what all have; see request.h, variant.h and call.h.

struct BulkRequest : WithUpdateMask, WithDeleted, WithExpression {
  /// Absent: no limit was given.
  std::optional<int64_t> max_affected;
  /// PostgreSQL's text form of the interval.
  std::optional<std::string> older_than;
};

struct BulkVariant : WithConditions, WithWritten {
  void AppendKey(std::string* key) const;
};

struct BulkBounds {
  /// Rows that the call may change.
  int64_t max_affected = 0;
  /// Purge: rows of one statement.
  int statement_rows = 0;
};

}  // namespace rowkeeper::plan
