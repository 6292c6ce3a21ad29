#include <google/protobuf/stubs/logging.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/lock_checks.h"
#include "server/app/option_values.h"
#include "server/app/secrets.h"
#include "server/app/signals.h"
#include "server/base/clock.h"
#include "server/db/run_detached.h"
#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

/// An option that may be repeated takes one value each time, so that `--header "a: b" List '{}'` does not swallow what
/// stands behind it.
void TakeOneValueEachTime(CLI::App* command) {
  for (CLI::Option* option : command->get_options()) {
    if (!option->get_positional() && option->get_items_expected_max() > 1) option->allow_extra_args(false);
  }
  for (CLI::App* below : command->get_subcommands(nullptr)) TakeOneValueEachTime(below);
}

/// One line, such as "rowkeeper: --pool-size: Value 0 not in range [1 - 1000]; see rowkeeper serve --help".
std::string ExplainMistake(const CLI::App* root, const CLI::Error& error) {
  std::string command = "rowkeeper";
  for (const CLI::App* app = ParsedSubcommand(*root); app != nullptr; app = ParsedSubcommand(*app)) {
    command += " " + app->get_name();
  }
  return std::string("rowkeeper: ") + error.what() + "; see " + command + " --help\n";
}

/// protobuf writes to standard error, where a command's explanations go. What it dies of comes as an exception.
void SendLinesOfProtobufToTheLog() {
  google::protobuf::SetLogHandler([](google::protobuf::LogLevel level, const char*, int, const std::string& text) {
    if (level == google::protobuf::LOGLEVEL_FATAL) return;
    const bool failed = level == google::protobuf::LOGLEVEL_ERROR;
    observe::Log(failed ? observe::LogLevel::kError : observe::LogLevel::kDebug, "protobuf", {{"text", text}});
  });
}

/// A mistake of this program ends a command with words, not with a signal.
int Run(const Command& command) {
  try {
    return command();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rowkeeper: internal error: %s; please report it with what was asked for\n", error.what());
    return kExitFailure;
  }
}

int Main(int argc, char** argv) {
  SetUpSignals();
  SendLinesOfProtobufToTheLog();
  ChooseLockChecks();
  observe::StopLog();  // until `serve` starts it, lines of spdlog's default logger go to standard error directly
  CLI::App root("rowkeeper serves annotated protobuf messages from PostgreSQL as typed gRPC repositories", "rowkeeper");
  root.require_subcommand(1);
  root.set_help_all_flag("--help-all", "Print the help of all commands");
  root.footer("Run `rowkeeper COMMAND --help` for the options and examples of a command.");
  root.failure_message(ExplainMistake);
  Command command;
  ValueSources sources;
  AddCommands(&root, &command, &sources);
  TakeOneValueEachTime(&root);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  HideSecrets(root, argc, argv);
  try {
    ParseOptions(&root, arguments, &sources);
  } catch (const CLI::Error& error) {
    const int code = root.exit(error);
    return code == 0 ? kExitOk : kExitUsage;
  }
  return Run(command);
}

}  // namespace
}  // namespace rowkeeper::app

int main(int argc, char** argv) {
  const int code = rowkeeper::app::Main(argc, argv);
  if (rowkeeper::db::AwaitDetached(rowkeeper::Clock::duration::zero())) return code;
  std::fflush(nullptr);
  std::_Exit(code);
}
