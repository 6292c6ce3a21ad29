#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::schema {

/// Opens a session that migrations run in: statements take as long as they need, and the session may be idle while
/// another one works. Errors: those of db::Connection::Open.
absl::StatusOr<std::unique_ptr<db::Connection>> OpenMigrationSession(const MigratorOptions& options);

/// Tries to connect every second, for as long as `limit`, where the database is not there, does not answer, or has no
/// connection free; tells options.observer that it waits. Errors: those of db::Connection::Open, of the last attempt.
absl::Status WaitForDatabase(const MigratorOptions& options, std::chrono::seconds limit);

/// `status`; where `connection` was lost, ConnectionLost instead: the words of db::Connection are for callers.
absl::Status ForOperator(const db::Connection& connection, const absl::Status& status);

}  // namespace rowkeeper::schema
