#include "server/schema/init_data.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include "server/base/text.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_file.h"
#include "server/schema/migration_lock.h"
#include "server/schema/migration_runner.h"
#include "server/schema/script_runner.h"

namespace rowkeeper::schema {
namespace {

namespace fs = std::filesystem;

/// One file as a block that is run like a migration's.
struct DataFile {
  std::string path;
  MigrationBlock block;
};

absl::StatusOr<std::vector<DataFile>> ReadDataFiles(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error); entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().extension() == ".sql" && !entry->is_directory(ignored)) paths.push_back(entry->path().string());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return MigrationFileUnusable(directory, "read", error.value());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<DataFile> files;
  for (const std::string& path : paths) {
    absl::StatusOr<std::string> contents = ReadFile(path);
    if (!contents.ok()) return contents.status();
    DataFile file{path, {}};
    file.block.script = ReadSqlScript(*contents);
    const SqlScript& script = file.block.script;
    if (!script.problem.empty()) return MigrationFileMalformed(path, script.problem_line, script.problem);
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

absl::StatusOr<std::vector<MigrationStep>> ApplyInitData(const MigratorOptions& options) {
  absl::StatusOr<std::vector<DataFile>> files = ReadDataFiles(Cat(options.directory, "/init_data"));
  if (!files.ok()) return files.status();
  std::vector<MigrationStep> steps;
  if (files->empty()) return steps;
  absl::StatusOr<MigrationLock> lock = MigrationLock::Acquire(options);
  if (!lock.ok()) return lock.status();
  for (const DataFile& file : *files) {
    if (file.block.script.statements.empty()) continue;
    ScriptRun run;
    run.path = file.path;
    run.block = &file.block;
    absl::StatusOr<int64_t> duration = RunScriptLocked(options, &*lock, std::move(run));
    if (!duration.ok()) return duration.status();
    steps.push_back({MigrationStep::Action::kInitData, "", file.path, *duration});
    if (options.observer.step) options.observer.step(steps.back());
  }
  return steps;
}

absl::StatusOr<std::vector<MigrationStep>> PlanInitData(const MigratorOptions& options) {
  const absl::StatusOr<std::vector<DataFile>> files = ReadDataFiles(Cat(options.directory, "/init_data"));
  if (!files.ok()) return files.status();
  std::vector<MigrationStep> steps;
  for (const DataFile& file : *files) {
    if (file.block.script.statements.empty()) continue;
    steps.push_back({MigrationStep::Action::kInitData, "", file.path, 0});
  }
  return steps;
}

absl::StatusOr<std::vector<MigrationStep>> Bootstrap(const MigratorOptions& options) {
  absl::StatusOr<std::vector<MigrationStep>> steps = Migrator(options).Up();
  if (!steps.ok()) return steps;
  absl::StatusOr<std::vector<MigrationStep>> data = ApplyInitData(options);
  if (!data.ok()) return data;
  steps->insert(steps->end(), data->begin(), data->end());
  return steps;
}

absl::StatusOr<std::vector<MigrationStep>> PlanBootstrap(const MigratorOptions& options) {
  absl::StatusOr<std::vector<MigrationStep>> steps = Migrator(options).PlanUp();
  if (!steps.ok()) return steps;
  const absl::StatusOr<std::vector<MigrationStep>> data = PlanInitData(options);
  if (!data.ok()) return data;
  steps->insert(steps->end(), data->begin(), data->end());
  return steps;
}

}  // namespace rowkeeper::schema
