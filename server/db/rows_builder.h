#pragma once

#include "server/db/pqxx_compat.h"
#include "server/db/rows.h"

namespace rowkeeper::db {

/// Turns a libpqxx result into Rows without copying the cells' text.
class RowsBuilder {
 public:
  static Rows Build(pqxx::result result);
};

}  // namespace rowkeeper::db
