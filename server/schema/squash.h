#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/schema/history.h"
#include "server/schema/migration_file.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::schema {

/// One file in the place of several.
struct Squash {
  /// Of the file, which has the version of the newest one that it stands for.
  std::string path;
  std::string text;
  /// The files that it stands for, oldest first; the last one may have the same path.
  std::vector<std::string> replaced;
};

/// The file that stands for all files of options.directory up to `version` (or a file name, or "head"): their blocks
/// one after another, each that had a transaction in one of its own. Writes nothing. Errors: those of
/// ReadMigrationDirectory; NOT_FOUND for the version; INVALID_ARGUMENT for a name, or for less than two files.
absl::StatusOr<Squash> PlanSquash(const MigratorOptions& options, std::string_view version, std::string_view name);

/// Runs the files that `squash` stands for in one database, and it in another one, and compares the schemas; the second
/// one then goes down again. Both are made on the server of `options` and dropped. Errors: FAILED_PRECONDITION with
/// what differs; those of Migrator.
absl::Status VerifySquash(const MigratorOptions& options, const Squash& squash);

/// Writes the file and removes those that it stands for. Errors: FAILED_PRECONDITION.
absl::Status WriteSquash(const Squash& squash);

/// The history as it counts for files of which some stand for others.
struct CollapsedHistory {
  std::vector<AppliedMigration> applied;
  /// Files that are applied because all those that they stand for are: their rows are to take the place of the others'.
  std::vector<const MigrationFile*> collapsed;
};
/// Rows of files that were edited, or of which only some are applied, stay as they are. Pure; points into `files`.
CollapsedHistory CollapseHistory(const std::vector<MigrationFile>& files, std::vector<AppliedMigration> applied);

/// Errors: FAILED_PRECONDITION when only some of the files are applied that a file stands for.
absl::Status RefuseHalfSquashed(const std::vector<MigrationFile>& files, const std::vector<AppliedMigration>& applied);

}  // namespace rowkeeper::schema
