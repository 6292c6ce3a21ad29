#pragma once

#include <vector>

#include "server/base/memory_budget.h"
#include "server/db/assembled_rows.h"
#include "server/db/pg_result.h"
#include "server/db/pqxx_compat.h"
#include "server/db/rows.h"

namespace rowkeeper::db {

/// Makes Rows of a result of libpqxx or libpq, or of other Rows, without copying the cells' text.
class RowsBuilder {
 public:
  static Rows Build(pqxx::result result);
  /// The rows keep `charge`, which is what the result takes.
  static Rows Build(PgResult result, MemoryCharge charge = {});
  static Rows Assemble(std::vector<Rows> parts, const std::vector<RowSource>& sources, int columns);
};

}  // namespace rowkeeper::db
