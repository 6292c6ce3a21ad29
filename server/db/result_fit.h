#pragma once

#include <cstdint>

#include "server/base/result_shape.h"
#include "server/db/pg_result.h"
#include "server/db/rows.h"

namespace rowkeeper::db {

/// How a result differs from what its statement promised.
enum class ResultFit {
  kFits,
  kOtherTypes,    ///< a column has another type: the schema has changed
  kOtherColumns,  ///< it has more or fewer columns: it is not this statement's result
};

ResultFit FitOf(const Rows& rows, const ResultShape& shape);
/// Of the columns that PostgreSQL describes.
ResultFit FitOf(const PgResult& described, const ResultShape& shape);

/// Whether the text of a type of PostgreSQL, by its OID, can be read so.
bool CanBeRead(uint32_t type, CellType as);

}  // namespace rowkeeper::db
