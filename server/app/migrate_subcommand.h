#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/app/commands.h"
#include "server/app/database.h"
#include "server/app/settings.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::app {

/// Exit code: database and declarations differ, a question is open, or files or protos are not as they should be.
inline constexpr int kExitDifferent = 3;

/// What the commands below `migrate` are given; each uses some of it.
struct MigrateOptions {
  std::string directory = "migrations";
  DatabaseSettings database;
  CatalogueSettings catalogue;
  int up_count = 0;
  std::string up_to;
  int down_count = 1;
  std::string name;
  std::string stamp_version = "head";
  std::vector<std::string> entities;
  bool idempotency_keys = false;
  /// `new`: fill it with the table of servers.
  bool servers = false;
  int wait_for_servers_s = 60;
  bool ignore_servers = false;
  std::string backfill;
  std::string set;
  std::string where;
  int batch_rows = 1000;
  bool dry_run = false;
  /// Longest wait for a database that is not up yet; 0: none.
  int wait_s = 0;
  bool expand_types = false;
  /// Compare what the files make.
  bool replay = false;
  bool json = false;
  std::string from_version = "base";
  std::string to_version = "head";
  std::string after_version;
  std::string squash_version = "head";
  /// "done", "again", or empty.
  std::string in_doubt;
};

/// The database of a migration command, and how to run migrations there. Steps are not printed, notices are.
struct MigratorDatabase {
  Database database;
  schema::MigratorOptions options;
};
absl::StatusOr<MigratorDatabase> OpenMigratorDatabase(const MigrateOptions& options);

/// A command under `migrate`; `run` is what it does. Each needs options of its own: the environment fills those of all
/// commands, also of those that were not asked for.
CLI::App* AddMigrateSubcommand(CLI::App* migrate, const std::string& name, const std::string& help,
                               const std::string& example, const std::shared_ptr<MigrateOptions>& options,
                               Command* command, std::function<int(const MigrateOptions&)> run);

// Declarations against the database.
void AddMigrateDiff(CLI::App* migrate, Command* command);
void AddMigrateCheck(CLI::App* migrate, Command* command);
void AddMigrateRepair(CLI::App* migrate, Command* command);
// The files alone.
void AddMigrateLint(CLI::App* migrate, Command* command);
void AddMigrateSquash(CLI::App* migrate, Command* command);
void AddMigrateSql(CLI::App* migrate, Command* command);
void AddMigrateVerify(CLI::App* migrate, Command* command);

}  // namespace rowkeeper::app
