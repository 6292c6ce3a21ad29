#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/db/pg_error.h"

namespace rowkeeper::db {

/// Where in `script` the error is: a 1-based offset in characters, or 0 when PostgreSQL did not say. libpqxx hides the
/// number, so it is found again from the line and the caret in the message.
int ErrorPosition(std::string_view script, const PgError& error);

/// PostgreSQL's own words, for the operator who wrote the script; the code and reason are those of `mapped` when a
/// program can act on them, else FAILED_PRECONDITION.
absl::Status ScriptStatus(const PgError& error, const absl::Status& mapped);

}  // namespace rowkeeper::db
