#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "server/embedded/embedded_postgres.h"

namespace rowkeeper::embedded {

/// The path of a client program of PostgreSQL, such as pg_dump, in the version of the database in the data directory of
/// `options`. Errors, one line each that says what to do: UNAVAILABLE when there is no such directory,
/// FAILED_PRECONDITION when there is no database in it or its version is not installed, NOT_FOUND when the program is
/// not beside its server.
absl::StatusOr<std::string> FindClientProgram(const EmbeddedOptions& options, const std::string& name);

/// Like FindClientProgram, but where there is no database it is of the version that a new one would have.
absl::StatusOr<std::string> FindClientProgramForStart(const EmbeddedOptions& options, const std::string& name);

/// The URL of another database of the same PostgreSQL. `name` is letters, digits and underscores.
std::string UrlOfDatabase(const EmbeddedPostgres& postgres, const std::string& name);

}  // namespace rowkeeper::embedded
