#include <CLI/CLI.hpp>

#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/signals.h"

namespace rowkeeper::app {
namespace {

int Main(int argc, char** argv) {
  BlockStopSignals();
  CLI::App root("rowkeeper serves annotated protobuf messages from PostgreSQL as typed gRPC repositories", "rowkeeper");
  root.require_subcommand(1);
  root.set_help_all_flag("--help-all", "Print the help of all commands");
  root.footer("Run `rowkeeper COMMAND --help` for the options and examples of a command.");
  Command command;
  AddServeCommand(&root, &command);
  AddCheckCommand(&root, &command);
  AddExplainCommand(&root, &command);
  AddCallCommand(&root, &command);
  AddGenerateCommand(&root, &command);
  AddMigrateCommand(&root, &command);
  AddVersionCommand(&root, &command);
  try {
    root.parse(argc, argv);
    for (CLI::App* parsed : root.get_subcommands()) ApplyConfigFile(parsed);
  } catch (const CLI::Error& error) {
    const int code = root.exit(error);
    return code == 0 ? kExitOk : kExitUsage;
  }
  return command();
}

}  // namespace
}  // namespace rowkeeper::app

int main(int argc, char** argv) { return rowkeeper::app::Main(argc, argv); }
