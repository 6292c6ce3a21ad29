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

/// What PostgreSQL had of a statement when it failed.
enum class PlanAge {
  kKept,  ///< it was prepared by an earlier call
  kNew,   ///< its text was read just now; where it then waited for a lock, it had looked up types before and goes on
          ///< with those
  kNewAgain,  ///< the same once more: what it misses is not there
};

/// Judges the error of a statement. An error that comes from the body of a trigger or function is never
/// about the statement.
Staleness StalenessOf(const PgError& error, PlanAge age);

/// Whether the statement itself names a table or a column that is not there, whatever the age of its plan.
bool MissesName(const PgError& error);

}  // namespace rowkeeper::db
