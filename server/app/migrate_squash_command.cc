#include <cstdio>
#include <memory>
#include <string>

#include "server/app/command_line.h"
#include "server/app/migrate_steps.h"
#include "server/app/migrate_subcommand.h"
#include "server/schema/squash.h"

namespace rowkeeper::app {
namespace {

int RunSquash(const MigrateOptions& options) {
  const auto migrator = OpenMigratorDatabase(options);
  if (!migrator.ok()) return Fail(migrator.status());
  const auto squash = schema::PlanSquash(migrator->options, options.squash_version, options.name);
  if (!squash.ok()) return Fail(squash.status());
  if (absl::Status status = schema::VerifySquash(migrator->options, *squash); !status.ok()) return Fail(status);
  for (const std::string& path : squash->replaced) {
    std::printf("%s %s\n", options.dry_run ? "to replace" : "replaced", path.c_str());
  }
  if (!options.dry_run) {
    if (absl::Status status = schema::WriteSquash(*squash); !status.ok()) return Fail(status);
  }
  std::printf("%s %s\n", options.dry_run ? "to write" : "written", squash->path.c_str());
  return options.dry_run ? kExitDifferent : kExitOk;
}

}  // namespace

void AddMigrateSquash(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* squash = AddMigrateSubcommand(
      migrate, "squash",
      "Write one file in the place of all up to a version, when it makes the same schema in a database of its own",
      "migrate squash 20260112080200 --name baseline --migrations migrations/planner", options, command, RunSquash);
  squash->add_option("version", options->squash_version, "A version, or head: all files")->capture_default_str();
  squash->add_option("--name", options->name, "Of the new file; default: that of the newest one")->type_name("NAME");
  AddDryRunOption(squash, options.get());
}

}  // namespace rowkeeper::app
