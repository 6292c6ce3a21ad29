#pragma once

#include <cstddef>

namespace rowkeeper::plan {

/// How much one call may load beside its rows. All but the bytes are refused with INVALID_ARGUMENT READ_TOO_LARGE
/// before the database is asked.
struct RelationLimits {
  /// Relations in one path of a read mask, "tasks.comments.author" has three. Range 1 to 20.
  int max_depth = 5;
  /// Relations of one call, each a statement. Range 1 to 1000.
  int max_relations = 32;
  /// Rows that the relations could bring: page size times the declared limits, level by level. Range 1 to 10000000.
  int max_rows = 200000;
  /// Cells of related rows that one call may read, bytes; more ends it with RESOURCE_EXHAUSTED
  /// RELATED_ROWS_TOO_LARGE. Range 1 KiB to 1 GiB.
  size_t max_bytes = 16 << 20;
};

}  // namespace rowkeeper::plan
