#include "server/app/commands.h"

namespace rowkeeper::app {

void AddCommands(CLI::App* root, Command* command, const ValueSources* sources) {
  AddServeCommand(root, command, sources);
  AddCheckCommand(root, command);
  AddExplainCommand(root, command);
  AddCallCommand(root, command);
  AddGenerateCommand(root, command);
  AddMigrateCommand(root, command);
  AddDatabaseCommand(root, command);
  AddPolicyCommand(root, command);
  AddConfigCommand(root, command, sources);
  AddVersionCommand(root, command);
}

}  // namespace rowkeeper::app
