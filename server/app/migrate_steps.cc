#include "server/app/migrate_steps.h"

#include <cstdio>
#include <string>

#include "server/app/command_line.h"
#include "server/schema/migration_session.h"

namespace rowkeeper::app {
namespace {

using schema::MigrationStep;

constexpr int kLongestWait = 86400;

/// What was done, and what is to be done.
struct StepWords {
  const char* done;
  const char* planned;
};

StepWords WordsOf(MigrationStep::Action action) {
  switch (action) {
    case MigrationStep::Action::kApplied:
      return {"applied", "to apply"};
    case MigrationStep::Action::kTakenDown:
      return {"taken down", "to take down"};
    case MigrationStep::Action::kStamped:
      return {"recorded", "to record"};
    case MigrationStep::Action::kUnstamped:
      return {"forgot", "to forget"};
    case MigrationStep::Action::kForgotten:
      return {"forgot the interruption of", "to forget the interruption of"};
    case MigrationStep::Action::kInitData:
      return {"loaded", "to load"};
  }
  return {"", ""};
}

const char* FileNameOf(const MigrationStep& step) {
  return step.path.empty() ? step.version.c_str() : step.path.c_str();
}

void PrintStep(const MigrationStep& step) {
  std::printf("%s %s (%lld ms)\n", WordsOf(step.action).done, FileNameOf(step),
              static_cast<long long>(step.duration_ms));
  std::fflush(stdout);
}

int PrintSteps(const std::vector<MigrationStep>& steps) {
  for (const MigrationStep& step : steps) std::printf("%s %s\n", WordsOf(step.action).planned, FileNameOf(step));
  return steps.empty() ? kExitOk : kExitDifferent;
}

absl::Status Await(const schema::MigratorOptions& migrator, int seconds) {
  return seconds == 0 ? absl::OkStatus() : schema::WaitForDatabase(migrator, std::chrono::seconds(seconds));
}

}  // namespace

int RunSteps(const MigrateOptions& options, const SteppedCommand& command) {
  auto migrator = OpenMigratorDatabase(options);
  if (!migrator.ok()) return Fail(migrator.status());
  if (absl::Status status = Await(migrator->options, options.wait_s); !status.ok()) return Fail(status);
  migrator->options.observer.step = PrintStep;
  const SteppedCommand::Steps steps = (options.dry_run ? command.plan : command.run)(migrator->options);
  if (!steps.ok()) return Fail(steps.status());
  if (steps->empty()) std::printf("nothing to do\n");
  return options.dry_run ? PrintSteps(*steps) : kExitOk;
}

void AddDryRunOption(CLI::App* command, MigrateOptions* options) {
  AddSwitch(command, "--dry-run", &options->dry_run,
            "Change nothing, and print what there is to do; exit with 3 when there is something");
}

void AddWaitOption(CLI::App* command, MigrateOptions* options) {
  AddOption(command, "--wait", &options->wait_s,
            "Wait so long for a database that does not answer, does not exist, or has no connection free, seconds")
      ->check(CLI::Range(0, kLongestWait));
}

}  // namespace rowkeeper::app
