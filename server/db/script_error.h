#pragma once

#include "absl/status/status.h"
#include "server/db/pg_error.h"

namespace rowkeeper::db {

/// PostgreSQL's own words, for the operator who wrote the script; the code and reason are those of `mapped` when a
/// program can act on them, else FAILED_PRECONDITION.
absl::Status ScriptStatus(const PgError& error, const absl::Status& mapped);

}  // namespace rowkeeper::db
