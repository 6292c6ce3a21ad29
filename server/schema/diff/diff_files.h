#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/schema/diff/steps.h"
#include "server/schema/migration_file.h"

namespace rowkeeper::schema {

/// One migration to be written.
struct DiffFile {
  std::string name;
  MigrationBody body;
};

/// The steps of `diff` as migrations, in the order in which they run. What only changes the catalogs stands together in
/// a transaction; what reads or writes all rows, and what cannot run in a transaction, has files of its own, which can
/// be run again after they were interrupted. `name` is that of the first; the others get an ending. Questions stand in
/// the first file, as statements that fail. Empty when the diff is.
std::vector<DiffFile> DiffFiles(const SchemaDiff& diff, std::string_view name);

/// Writes all of them to `directory`, or none, as NewMigrationFile does. Returns their paths.
absl::StatusOr<std::vector<std::string>> WriteDiffFiles(const std::string& directory,
                                                        const std::vector<DiffFile>& files);

}  // namespace rowkeeper::schema
