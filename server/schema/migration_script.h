#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace rowkeeper::schema {

/// From one version to another: versions or file names, "base" (before all files) or "head" (after all).
struct VersionRange {
  std::string from = "base";
  std::string to = "head";
};

/// What `up` runs to bring a database from one version to another, or `down` where `to` comes before `from`, as one
/// script for psql, the rows of the history table included. Needs no database, so nothing is compared with the history.
/// Empty when there is no file between the two. Errors: those of ReadMigrationDirectory; NOT_FOUND for a version.
absl::StatusOr<std::string> MigrationScript(const std::string& directory, const std::string& history_table,
                                            const VersionRange& range);

}  // namespace rowkeeper::schema
