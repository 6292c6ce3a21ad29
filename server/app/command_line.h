#pragma once

#include <CLI/CLI.hpp>

#include <string>

#include "absl/status/status.h"
#include "server/app/settings.h"

namespace rowkeeper::app {

/// Exit codes of the program.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;

/// Prints `status` for the person at the terminal; gives kExitFailure.
int Fail(const absl::Status& status);

// Each adds one family of options to a command. Every option can also be given as ROWKEEPER_<NAME> in the environment
// or as `name = value` in the configuration file; a flag wins over the environment, the environment over the file.
void AddConfigOption(CLI::App* command);
void AddCatalogueOptions(CLI::App* command, CatalogueSettings* settings);
void AddDatabaseOptions(CLI::App* command, DatabaseSettings* settings);
/// Those of AddDatabaseOptions that say where the private PostgreSQL is.
void AddPrivateDatabaseOptions(CLI::App* command, DatabaseSettings* settings);
/// AddDatabaseOptions for a command that needs a session of its own.
void AddSessionDatabaseOptions(CLI::App* command, DatabaseSettings* settings);
void AddPoolOptions(CLI::App* command, PoolSettings* settings);
void AddServeOptions(CLI::App* command, ServeSettings* settings);
/// All of those that `serve` has.
void AddAllServeOptions(CLI::App* command, ServeOptions* options);

/// One option with its environment variable, for example `--pool-size` and ROWKEEPER_POOL_SIZE.
template <typename T>
CLI::Option* AddOption(CLI::App* command, const std::string& name, T* value, const std::string& help);

/// An option with a secret in it, and NAME-file, which names a file that holds its value.
struct SecretOption {
  std::string name;
  /// What of the value is secret: see secrets.h.
  std::string type;
  std::string group;
  std::string help;
};
void AddSecretOption(CLI::App* command, const SecretOption& option, std::string* value);

CLI::Option* AddSwitch(CLI::App* command, const std::string& name, bool* value, const std::string& help);

/// The option that names the configuration file.
inline constexpr char kConfigOption[] = "--config";

/// The environment variable of an option: "--pool-size" is ROWKEEPER_POOL_SIZE.
std::string EnvironmentName(const std::string& option);

template <typename T>
CLI::Option* AddOption(CLI::App* command, const std::string& name, T* value, const std::string& help) {
  CLI::Option* const option = command->add_option(name, *value, help);
  option->envname(EnvironmentName(name))->capture_default_str();
  if (option->get_default_str() == "{}") option->default_str("[]");  // an empty list, as CLI11 2.4 writes it
  return option;
}

}  // namespace rowkeeper::app
