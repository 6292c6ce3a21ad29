#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "server/schema/init_data.h"
#include "server/schema/migration_runner.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {

/// A scratch database and a directory for migration files, both gone at the end.
class MigrationTest : public ::testing::Test {
 protected:
  MigrationTest();
  ~MigrationTest() override;

  void SetUp() override { ASSERT_TRUE(database_.ok()); }
  /// Writes a file below the directory.
  void Write(const std::string& name, const std::string& text);
  /// Writes "<version>_<table>.sql", which makes the table and drops it again.
  void WriteTable(const std::string& version, const std::string& table);
  void Remove(const std::string& name);
  MigratorOptions Options() const;
  Migrator Runner() const { return Migrator(Options()); }
  bool HasTable(const std::string& table);
  /// The applied versions, with commas between.
  std::string Applied();

  std::string directory_;
  testing::ScratchDatabase database_{"migration"};
};

/// "+20240101000000" for each applied, "-" taken down, "=" stamped, "!" unstamped, "?" forgotten, "*file.sql" init
/// data; with the error's message instead when there is one.
std::string Summary(const absl::StatusOr<std::vector<MigrationStep>>& steps);
/// "version kind" for each, with commas between.
std::string Summary(const absl::StatusOr<std::vector<MigrationState>>& states);

}  // namespace rowkeeper::schema
