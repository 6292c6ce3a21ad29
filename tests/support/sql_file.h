#pragma once

#include <string>
#include <vector>

namespace rowkeeper::testing {

/// The two halves of a migration in dbmate's format, as written: what the tests of the example migrations need, without
/// the runner that they also check.
struct MigrationHalves {
  std::string name;
  std::string up;
  std::string down;
};

/// The whole text of a file; fails the running test when it cannot be read.
std::string ReadFile(const std::string& path);

/// The paths of the .sql files in `folder`, by name.
std::vector<std::string> SqlFiles(const std::string& folder);

/// The migrations in `folder`, by version. A file without both markers fails the running test.
std::vector<MigrationHalves> ReadMigrations(const std::string& folder);

}  // namespace rowkeeper::testing
