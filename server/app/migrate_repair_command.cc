#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/app/command_line.h"
#include "server/app/migrate_steps.h"
#include "server/app/migrate_subcommand.h"
#include "server/base/one_line.h"
#include "server/schema/migration_repair.h"

namespace rowkeeper::app {
namespace {

using schema::Repair;
using InDoubt = schema::RepairOptions::InDoubt;

schema::RepairOptions RepairOptionsOf(const MigrateOptions& options) {
  static const std::map<std::string, InDoubt> words = {
      {"", InDoubt::kRefuse}, {"done", InDoubt::kInEffect}, {"again", InDoubt::kRunAgain}};
  return {words.at(options.in_doubt)};
}

void PrintRepair(const Repair& repair) {
  const bool up = repair.step.action == schema::MigrationStep::Action::kApplied;
  std::printf("to finish %s (%s): %d of %d statements are in effect\n", repair.step.path.c_str(), up ? "up" : "down",
              repair.in_effect, repair.statements);
  if (!repair.interrupted.empty()) std::printf("  %s\n", OneLine(repair.interrupted).c_str());
  for (const std::string& statement : repair.cleanup) std::printf("  first: %s\n", OneLine(statement).c_str());
}

int PlanRepairs(const MigrateOptions& options) {
  const auto migrator = OpenMigratorDatabase(options);
  if (!migrator.ok()) return Fail(migrator.status());
  const auto repairs = schema::PlanRepair(migrator->options, RepairOptionsOf(options));
  if (!repairs.ok()) return Fail(repairs.status());
  if (repairs->empty()) std::printf("nothing to do: no file was interrupted\n");
  for (const Repair& repair : *repairs) PrintRepair(repair);
  return repairs->empty() ? kExitOk : kExitDifferent;
}

int RunRepairs(const MigrateOptions& options) {
  if (options.dry_run) return PlanRepairs(options);
  const schema::RepairOptions repair = RepairOptionsOf(options);
  return RunSteps(
      options, {[repair](const schema::MigratorOptions& m) { return schema::RepairMigrations(m, repair); }, nullptr});
}

}  // namespace

void AddMigrateRepair(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* repair = AddMigrateSubcommand(
      migrate, "repair",
      "Finish files without a transaction that were interrupted: clean up, run the rest, record them",
      "migrate repair --dry-run --migrations migrations/planner", options, command, RunRepairs);
  repair
      ->add_option("--in-doubt", options->in_doubt,
                   "What to do with the statement in which a file was interrupted where the database does not tell "
                   "whether it is in effect: done (skip it) or again (run it)")
      ->check(CLI::IsMember({"done", "again"}));
  AddDryRunOption(repair, options.get());
}

}  // namespace rowkeeper::app
