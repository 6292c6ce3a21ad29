#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::schema {

struct RepairOptions {
  /// What is done with the statement in which a file was interrupted where the database does not tell whether it is in
  /// effect.
  enum class InDoubt { kRefuse, kRunAgain, kInEffect } in_doubt = InDoubt::kRefuse;
};

/// How one file without a transaction, which was interrupted, is finished.
struct Repair {
  /// The file as it counts when it is finished: kApplied or kTakenDown.
  MigrationStep step;
  /// Statements that come first, and remove what the interrupted one left.
  std::vector<std::string> cleanup;
  /// So many of its statements are not run, for they are in effect.
  int in_effect = 0;
  int statements = 0;
  /// For people: what became of the statement in which it was interrupted; empty where it was between two.
  std::string interrupted;
};

/// What RepairMigrations would do now, with the errors that come before its first statement. Changes nothing and waits
/// for no other runner. Empty where nothing was interrupted.
absl::StatusOr<std::vector<Repair>> PlanRepair(const MigratorOptions& options, const RepairOptions& repair);

/// Finishes the files that were interrupted: removes what the interrupted statement left, runs the statements that are
/// not in effect, and records the file. Waits for other runners and for the end of the sessions that were interrupted.
/// Errors: those of Migrator; FAILED_PRECONDITION, before anything is done, for a file that is missing, whose
/// statements in effect were edited, or that needs what ended with its session, and for a statement in doubt.
absl::StatusOr<std::vector<MigrationStep>> RepairMigrations(const MigratorOptions& options,
                                                            const RepairOptions& repair);

}  // namespace rowkeeper::schema
