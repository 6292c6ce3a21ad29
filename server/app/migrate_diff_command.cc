#include <cstdio>
#include <filesystem>

#include "server/app/command_line.h"
#include "server/app/loaded_catalogue.h"
#include "server/app/migrate_steps.h"
#include "server/app/migrate_subcommand.h"
#include "server/base/one_line.h"
#include "server/base/text.h"
#include "server/schema/diff/diff_files.h"
#include "server/schema/diff/schema_diff.h"
#include "server/schema/history.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_runner.h"
#include "server/schema/migration_session.h"
#include "server/schema/migration_verify.h"

namespace rowkeeper::app {
namespace {

using schema::MigrationState;
using schema::SchemaDiff;

void PrintLines(const char* heading, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  std::printf("%s\n", heading);
  for (const std::string& line : lines) std::printf("  %s\n", OneLine(line).c_str());
}

/// `what` differs, or does not. Returns the exit code.
int PrintDiff(const SchemaDiff& diff, const char* what) {
  std::vector<std::string> steps;
  for (const schema::Step& step : diff.steps) steps.push_back(step.summary);
  PrintLines(Cat(what, " is to change:").c_str(), steps);
  for (const schema::Question& question : diff.questions) {
    std::printf("question: %s\n", OneLine(question.question).c_str());
    for (const std::string& answer : question.answers) std::printf("  - %s\n", OneLine(answer).c_str());
  }
  PrintLines("left alone, for no declaration says anything of it:", diff.left_alone);
  if (diff.empty()) std::printf("nothing to do: %s is what the protos declare\n", what);
  return diff.empty() ? kExitOk : kExitDifferent;
}

/// A directory that is not there is made for a first migration; any later one belongs to where the first is.
absl::Status RefuseHistoryElsewhere(const schema::MigratorOptions& migrator) {
  const auto connection = schema::OpenMigrationSession(migrator);
  if (!connection.ok()) return connection.status();
  const auto history = schema::History::Find(**connection, migrator.history_table);
  if (!history.ok()) return history.status();
  const auto applied = history->Read(**connection);
  if (!applied.ok()) return applied.status();
  return applied->empty() ? absl::OkStatus() : schema::MigrationDirectoryMissing(migrator.directory);
}

/// What is not applied yet would be found missing and written again.
absl::Status RefusePending(const schema::MigratorOptions& migrator) {
  if (!std::filesystem::is_directory(migrator.directory)) return RefuseHistoryElsewhere(migrator);
  const auto states = schema::Migrator(migrator).Status();
  if (!states.ok()) return states.status();
  for (const MigrationState& state : *states) {
    if (state.kind == MigrationState::Kind::kApplied) continue;
    return absl::FailedPreconditionError(
        Cat("the database is not where the migrations in ", migrator.directory, " bring it: ", state.version, "_",
            state.name,
            " is pending, edited, out of order or missing; see with: rowkeeper migrate "
            "status, and bring it there with: rowkeeper migrate up"));
  }
  return absl::OkStatus();
}

absl::StatusOr<SchemaDiff> DiffFrom(const schema::MigratorOptions& migrator, const LoadedCatalogue& loaded,
                                    schema::Retype retype) {
  const auto connection = schema::OpenMigrationSession(migrator);
  if (!connection.ok()) return connection.status();
  const schema::DiffOptions diff = {migrator.history_table, schema::IndexesForMethods(loaded.plans), retype};
  return schema::DiffSchema(*loaded.catalogue, diff, **connection);
}

absl::StatusOr<SchemaDiff> FindDiff(const LoadedCatalogue& loaded, const MigrateOptions& options) {
  const auto migrator = OpenMigratorDatabase(options);
  if (!migrator.ok()) return migrator.status();
  if (absl::Status status = RefusePending(migrator->options); !status.ok()) return status;
  const auto retype = options.expand_types ? schema::Retype::kExpand : schema::Retype::kRewrite;
  return DiffFrom(migrator->options, loaded, retype);
}

/// From what the files make.
absl::StatusOr<SchemaDiff> FindReplayedDiff(const LoadedCatalogue& loaded, const MigrateOptions& options) {
  const auto migrator = OpenMigratorDatabase(options);
  if (!migrator.ok()) return migrator.status();
  absl::StatusOr<SchemaDiff> diff;
  const absl::Status replayed = schema::ReplayMigrations(migrator->options, [&](const schema::MigratorOptions& there) {
    diff = DiffFrom(there, loaded, schema::Retype::kRewrite);
    return diff.status();
  });
  return replayed.ok() ? std::move(diff) : replayed;
}

int WriteDiff(const MigrateOptions& options, const SchemaDiff& diff) {
  const auto paths = schema::WriteDiffFiles(options.directory, schema::DiffFiles(diff, options.name));
  if (!paths.ok()) return Fail(paths.status());
  for (const std::string& path : *paths) std::printf("%s\n", path.c_str());
  if (diff.questions.empty()) return kExitOk;
  std::fprintf(stderr, "rowkeeper: %s holds %zu question(s) and cannot be applied before they are answered\n",
               paths->front().c_str(), diff.questions.size());
  return kExitDifferent;
}

int RunDiff(const MigrateOptions& options) {
  if (options.name.empty() && !options.dry_run) {
    return Fail(absl::InvalidArgumentError("a migration needs a name: --name add_due_at_to_todos"));
  }
  const auto loaded = LoadCatalogueOrExplain(options.catalogue);
  if (loaded == nullptr) return kExitFailure;
  const auto diff = FindDiff(*loaded, options);
  if (!diff.ok()) return Fail(diff.status());
  const int printed = PrintDiff(*diff, "the database");
  return diff->empty() || options.dry_run ? printed : WriteDiff(options, *diff);
}

int RunCheck(const MigrateOptions& options) {
  const auto loaded = LoadCatalogueOrExplain(options.catalogue);
  if (loaded == nullptr) return kExitFailure;
  const auto diff = options.replay ? FindReplayedDiff(*loaded, options) : FindDiff(*loaded, options);
  if (!diff.ok()) return Fail(diff.status());
  return PrintDiff(*diff, options.replay ? "a database that the files make" : "the database");
}

}  // namespace

void AddMigrateDiff(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* diff = AddMigrateSubcommand(
      migrate, "diff", "Write the migrations that make the database what the protos declare",
      "migrate diff --name add_due_at --migrations migrations --proto-path proto", options, command, RunDiff);
  diff->add_option("--name", options->name, "What they do, for example add_due_at_to_todos")->type_name("NAME");
  AddSwitch(diff, "--expand-types", &options->expand_types,
            "Where a new type would have all rows written again under a lock: a column beside the old one, filled by a "
            "trigger and in batches, that takes its place");
  AddDryRunOption(diff, options.get());
  AddCatalogueOptions(diff, &options->catalogue);
}

void AddMigrateCheck(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* check = AddMigrateSubcommand(
      migrate, "check", "Tell whether the database is what the protos declare: exit code 0, or 3 if it is not",
      "migrate check --migrations migrations --proto-path proto", options, command, RunCheck);
  AddSwitch(check, "--replay", &options->replay,
            "Of the migration files: apply all of them in a database of their own on the server, and compare that one");
  AddCatalogueOptions(check, &options->catalogue);
}

}  // namespace rowkeeper::app
