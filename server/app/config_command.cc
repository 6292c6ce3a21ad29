#include <cstdio>
#include <memory>

#include "server/app/admin_pages.h"
#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/effective_settings.h"
#include "server/app/identity_settings.h"
#include "server/app/operator_actions.h"
#include "server/app/tls_settings.h"
#include "server/app/trace_settings.h"
#include "server/app/unit_settings.h"
#include "server/base/listen_address.h"

namespace rowkeeper::app {
namespace {

/// What the options of one of these commands were read into; they are those of `serve`.
struct ConfigOptions {
  ServeOptions serve;
  const CLI::App* command = nullptr;
};

/// Rules that are more than the range of one option.
std::vector<absl::Status> CheckRules(const ServeOptions& options) {
  std::vector<absl::Status> checked;
  for (const std::string& text : options.serve.listen) {
    ListenAddress address;
    checked.push_back(ParseListenAddress(text, &address));
  }
  checked.push_back(CheckAdminAddress(options.serve.admin_listen));
  checked.push_back(CheckAdminToken(options.serve.admin_token));
  checked.push_back(CheckAdvertisedAddress(options.serve.advertise_address));
  checked.push_back(CheckTlsSettings(options.serve.tls));
  checked.push_back(CheckIdentitySettings(options.serve.identity, options.serve.tls));
  checked.push_back(CheckTraceSettings(options.serve.traces));
  checked.push_back(ToUnitOptions(options.serve.units, options.pool).status());
  return checked;
}

int CheckConfiguration(CLI::App* root, const ConfigOptions& options) {
  int mistakes = 0;
  for (const absl::Status& status : CheckRules(options.serve)) {
    if (status.ok()) continue;
    ++mistakes;
    Fail(status);
  }
  const CLI::Option* config = options.command->get_option_no_throw(kConfigOption);
  const std::string path = config->count() > 0 ? config->as<std::string>() : std::string();
  if (!path.empty()) {
    const absl::StatusOr<ConfigFile> file = ReadConfigFile(path);
    if (!file.ok()) return Fail(file.status());
    for (const std::string& mistake : FileMistakes(root, *file)) {
      ++mistakes;
      std::fprintf(stderr, "rowkeeper: %s\n", mistake.c_str());
    }
  }
  if (mistakes > 0) return kExitUsage;
  std::printf("%s: no mistakes\n", path.empty() ? "the configuration" : path.c_str());
  return kExitOk;
}

std::shared_ptr<ConfigOptions> AddConfigSubcommand(CLI::App* command) {
  auto options = std::make_shared<ConfigOptions>();
  options->command = command;
  AddAllServeOptions(command, &options->serve);
  return options;
}

}  // namespace

void AddConfigCommand(CLI::App* root, Command* command, const ValueSources* sources) {
  CLI::App* config = root->add_subcommand("config", "Check or show the configuration of `serve`; needs no database");
  config->require_subcommand(1);

  CLI::App* check = config->add_subcommand("check", "Check flags, environment and configuration file");
  const auto checked = AddConfigSubcommand(check);
  check->footer(
      "Exit codes: 0 without mistakes, 2 with them.\n\nExample:\n  rowkeeper config check --config rowkeeper.toml");
  check->callback([=] { *command = [=] { return CheckConfiguration(root, *checked); }; });

  CLI::App* show =
      config->add_subcommand("show", "Print the configuration as `serve` would use it, and where each value came from");
  const auto shown = AddConfigSubcommand(show);
  show->footer("Secrets are masked.\n\nExample:\n  rowkeeper config show --config rowkeeper.toml");
  show->callback([=] {
    *command = [=] {
      std::fputs(ToToml(EffectiveSettings(*shown->command, *sources)).c_str(), stdout);
      return kExitOk;
    };
  });

  CLI::App* example =
      config->add_subcommand("example", "Print a configuration file with every setting, its meaning and its default");
  example->footer("Example:\n  rowkeeper config example > rowkeeper.toml");
  example->callback([=] {
    *command = [=] {
      std::fputs(ExampleConfiguration().c_str(), stdout);
      return kExitOk;
    };
  });
}

}  // namespace rowkeeper::app
