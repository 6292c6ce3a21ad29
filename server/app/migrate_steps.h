#pragma once

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "server/app/migrate_subcommand.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::app {

/// A command that changes the database in steps.
struct SteppedCommand {
  using Steps = absl::StatusOr<std::vector<schema::MigrationStep>>;
  std::function<Steps(const schema::MigratorOptions&)> run;
  /// What `run` would do.
  std::function<Steps(const schema::MigratorOptions&)> plan;
};

/// Waits for the database as long as the options say, runs the command and prints each step as it is done; with
/// --dry-run it prints what there is to do. Returns the exit code.
int RunSteps(const MigrateOptions& options, const SteppedCommand& command);

/// --dry-run, and how long to wait for a database that is not up yet.
void AddDryRunOption(CLI::App* command, MigrateOptions* options);
void AddWaitOption(CLI::App* command, MigrateOptions* options);
/// What becomes of files that take something away from servers that are up.
void AddServersOptions(CLI::App* command, MigrateOptions* options);

}  // namespace rowkeeper::app
