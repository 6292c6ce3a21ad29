#include <cstdio>
#include <string>
#include <vector>

#include "server/app/command_line.h"
#include "server/app/migrate_subcommand.h"
#include "server/schema/migration_script.h"
#include "server/schema/migration_verify.h"

namespace rowkeeper::app {
namespace {

using schema::IrreversibleMigration;

int PrintScript(const MigrateOptions& options) {
  const auto script = schema::MigrationScript(options.directory, schema::MigratorOptions().history_table,
                                              {options.from_version, options.to_version});
  if (!script.ok()) return Fail(script.status());
  std::fwrite(script->data(), 1, script->size(), stdout);
  return kExitOk;
}

void PrintFacts(const char* heading, const std::vector<std::string>& facts) {
  for (const std::string& fact : facts) std::printf("  %s: %s\n", heading, fact.c_str());
}

void Tell(const IrreversibleMigration& migration) {
  const bool down = migration.when == IrreversibleMigration::When::kDown;
  std::printf("%s: %s\n", migration.path.c_str(),
              down ? "its down block does not undo what its up block did"
                   : "its up block does something else when it is run after the down block");
  PrintFacts("missing", migration.missing);
  PrintFacts("left over", migration.unexpected);
}

int Verify(const MigrateOptions& options) {
  const auto migrator = OpenMigratorDatabase(options);
  if (!migrator.ok()) return Fail(migrator.status());
  const auto verified = schema::VerifyMigrations(migrator->options, [](const std::string& path) {
    std::printf("up, down, up: %s\n", path.c_str());
    std::fflush(stdout);
  });
  if (!verified.ok()) return Fail(verified.status());
  for (const IrreversibleMigration& migration : verified->irreversible) Tell(migration);
  std::printf("%d migrations verified\n", verified->files);
  return verified->irreversible.empty() ? kExitOk : kExitDifferent;
}

}  // namespace

void AddMigrateSql(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* sql =
      AddMigrateSubcommand(migrate, "sql", "Print what up or down would run, as a script for psql",
                           "migrate sql base head --migrations migrations/planner", options, command, PrintScript);
  sql->add_option("from", options->from_version, "A version, or base: before all of them")->capture_default_str();
  sql->add_option("to", options->to_version,
                  "A version, or head: after all of them; one before `from` prints down blocks")
      ->capture_default_str();
}

void AddMigrateVerify(CLI::App* migrate, Command* command) {
  AddMigrateSubcommand(migrate, "verify", "Run all migrations up, down and up in a database of their own, and compare",
                       "migrate verify --migrations migrations/planner", std::make_shared<MigrateOptions>(), command,
                       Verify);
}

}  // namespace rowkeeper::app
