#include "server/app/migrate_steps.h"

#include <cstdio>
#include <map>
#include <string>

#include "server/app/command_line.h"
#include "server/app/migration_plan_text.h"
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

/// What is to be done with files, by their paths.
using PlanTexts = std::map<std::string, std::string>;

int PrintSteps(const std::vector<MigrationStep>& steps, const PlanTexts& plans) {
  for (const MigrationStep& step : steps) {
    const auto plan = plans.find(step.path);
    std::printf("%s %s\n%s", WordsOf(step.action).planned, FileNameOf(step),
                plan == plans.end() ? "" : plan->second.c_str());
  }
  return steps.empty() ? kExitOk : kExitDifferent;
}

PlanTexts DescribeBlocks(const schema::ChosenBlocks& blocks) {
  PlanTexts texts;
  for (const schema::PlannedBlock& block : schema::PlanBlocks(blocks.files, blocks.chosen, blocks.direction)) {
    texts[block.path] = DescribePlan(block, blocks.direction);
  }
  return texts;
}

/// Before it is done: what others will notice.
void WarnOf(const schema::ChosenBlocks& blocks) {
  const auto action =
      blocks.direction == schema::Direction::kUp ? MigrationStep::Action::kApplied : MigrationStep::Action::kTakenDown;
  for (const schema::PlannedBlock& block : schema::PlanBlocks(blocks.files, blocks.chosen, blocks.direction)) {
    if (!IsWorthTelling(block)) continue;
    std::fprintf(stderr, "%s %s\n%s", WordsOf(action).planned, block.path.c_str(),
                 DescribePlan(block, blocks.direction).c_str());
  }
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
  PlanTexts plans;
  migrator->options.observer.plan = [&](const schema::ChosenBlocks& blocks) {
    options.dry_run ? plans.merge(DescribeBlocks(blocks)) : WarnOf(blocks);
  };
  const SteppedCommand::Steps steps = (options.dry_run ? command.plan : command.run)(migrator->options);
  if (!steps.ok()) return Fail(steps.status());
  if (steps->empty()) std::printf("nothing to do\n");
  return options.dry_run ? PrintSteps(*steps, plans) : kExitOk;
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

void AddServersOptions(CLI::App* command, MigrateOptions* options) {
  AddOption(command, "--wait-for-servers", &options->wait_for_servers_s,
            "Wait so long for servers that count on what a file takes away, seconds; then it is refused")
      ->check(CLI::Range(0, kLongestWait));
  AddSwitch(command, "--ignore-servers", &options->ignore_servers, "Take it away from them");
}

}  // namespace rowkeeper::app
