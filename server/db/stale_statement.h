#pragma once

#include "server/db/pg_error.h"

namespace rowkeeper::db {

/// Why a statement may succeed when it is prepared again, though its text stays as it is.
enum class Staleness {
  kNone,      ///< the error is what it says
  kGone,      ///< the server does not have it prepared (any more): DISCARD ALL, another session behind a pooler
  kTaken,     ///< the server has it prepared already, which this session did not know
  kOutdated,  ///< it was prepared for tables, types, functions or a search_path that have been replaced since
};

/// Judges the error of a statement. `by_kept_plan`: it was prepared by an earlier call; if not, PostgreSQL has just
/// read its text, and what it misses is not there. An error that comes from the body of a trigger or function is never
/// about the statement.
Staleness StalenessOf(const PgError& error, bool by_kept_plan);

}  // namespace rowkeeper::db
