#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "server/db/connection.h"
#include "server/db/pg_error.h"

namespace rowkeeper::db {

/// "without a name" where it is not prepared.
std::string_view NameInLog(const Query& query);

/// Logs what PostgreSQL said of a statement that was answered with `status`: without values of rows, except that what
/// triggers and functions raise is always logged in their own words. Debug level for what callers do wrong, a warning
/// for what they cannot know.
void LogFailure(const PgError& error, const Query& query, const absl::Status& status);

}  // namespace rowkeeper::db
