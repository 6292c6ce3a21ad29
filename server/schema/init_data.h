#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::schema {

/// Runs every `<options.directory>/init_data/*.sql`, in the order of their names, each in a transaction of its own, and
/// every time it is called: the files must be idempotent (INSERT … ON CONFLICT DO NOTHING). No folder: nothing to do.
/// Errors: as Migrator's, with file and line; the files before the one that failed stay done.
absl::StatusOr<std::vector<MigrationStep>> ApplyInitData(const MigratorOptions& options);

/// Migrator::Up to the newest, then ApplyInitData.
absl::StatusOr<std::vector<MigrationStep>> Bootstrap(const MigratorOptions& options);

/// The steps of the two if they were called now. Change nothing, and wait for no other runner.
absl::StatusOr<std::vector<MigrationStep>> PlanInitData(const MigratorOptions& options);
absl::StatusOr<std::vector<MigrationStep>> PlanBootstrap(const MigratorOptions& options);

}  // namespace rowkeeper::schema
