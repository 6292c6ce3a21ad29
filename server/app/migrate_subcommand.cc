#include "server/app/migrate_subcommand.h"

#include <cstdio>
#include <utility>

#include "server/app/command_line.h"

namespace rowkeeper::app {

absl::StatusOr<MigratorDatabase> OpenMigratorDatabase(const MigrateOptions& options) {
  const auto progress = [](const std::string& line) { std::fprintf(stderr, "rowkeeper: %s\n", line.c_str()); };
  auto database = OpenSessionDatabase(options.database, progress);
  if (!database.ok()) return database.status();
  MigratorDatabase migrator{*std::move(database), {}};
  migrator.options.database_url = migrator.database.connection.url;
  migrator.options.pooler = migrator.database.connection.pooler;
  migrator.options.directory = options.directory;
  migrator.options.lock_timeout_ms = migrator.database.connection.lock_timeout_ms;
  migrator.options.servers_timeout = std::chrono::seconds(options.wait_for_servers_s);
  if (options.ignore_servers) migrator.options.servers = schema::MigratorOptions::Servers::kIgnore;
  migrator.options.observer.notice = progress;
  return migrator;
}

CLI::App* AddMigrateSubcommand(CLI::App* migrate, const std::string& name, const std::string& help,
                               const std::string& example, const std::shared_ptr<MigrateOptions>& options,
                               Command* command, std::function<int(const MigrateOptions&)> run) {
  CLI::App* subcommand = migrate->add_subcommand(name, help);
  AddOption(subcommand, "--migrations", &options->directory, "Directory of the migration files")->type_name("DIR");
  AddSessionDatabaseOptions(subcommand, &options->database);
  AddConfigOption(subcommand);
  subcommand->footer("Example:\n  rowkeeper " + example);
  subcommand->callback([command, options, run] { *command = [options, run] { return run(*options); }; });
  return subcommand;
}

}  // namespace rowkeeper::app
