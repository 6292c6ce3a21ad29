#pragma once

#include <vector>

#include "absl/status/status.h"
#include "server/schema/departures.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::schema {

/// Waits until no server is up that relies on what goes, for options.servers_timeout, and tells the observer for whom.
/// A server is up that was seen in the last kServerAge, by PostgreSQL's clock. Without the table of servers nothing is
/// known, and nobody is waited for. Over a connection of its own. Errors: FAILED_PRECONDITION with the server and what
/// it uses; those of db::Connection, for operators.
absl::Status AwaitServers(const std::vector<Departure>& departures, const MigratorOptions& options);

enum class FilesRun { kSoon, kNever };

/// Tells the observer once when nobody can be waited for, since there is no table of servers or no server in it; and
/// where no file is to run, for each the server that would be waited for now. `departures` are those of each file.
/// Errors: those of db::Connection, for operators.
absl::Status TellOfServers(const std::vector<std::vector<Departure>>& departures, FilesRun run,
                           const MigratorOptions& options);

}  // namespace rowkeeper::schema
