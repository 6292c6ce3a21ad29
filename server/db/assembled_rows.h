#pragma once

#include <vector>

#include "server/db/rows.h"

namespace rowkeeper::db {

/// A row of one of several results.
struct RowSource {
  /// -1: a row of NULLs.
  int part = -1;
  int row = 0;
};

/// Rows made of the first `columns` cells of rows of `parts`, whose text is shared with them, in the order of
/// `sources`. Each part that is named must have so many columns.
Rows AssembleRows(std::vector<Rows> parts, const std::vector<RowSource>& sources, int columns);

}  // namespace rowkeeper::db
