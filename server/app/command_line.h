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
/// AddDatabaseOptions for a command that needs a session of its own.
void AddSessionDatabaseOptions(CLI::App* command, DatabaseSettings* settings);
void AddPoolOptions(CLI::App* command, PoolSettings* settings);
void AddServeOptions(CLI::App* command, ServeSettings* settings);

/// One option with its environment variable, for example `--pool-size` and ROWKEEPER_POOL_SIZE.
template <typename T>
CLI::Option* AddOption(CLI::App* command, const std::string& name, T* value, const std::string& help);
CLI::Option* AddSwitch(CLI::App* command, const std::string& name, bool* value, const std::string& help);

/// The environment variable of an option: "--pool-size" is ROWKEEPER_POOL_SIZE.
std::string EnvironmentName(const std::string& option);

/// Fills options that no flag gave from the environment. Throws CLI::Error for a bad value. CLI11 does it as well while
/// it parses, but from its version 2.4 on passes over a value that an option's check refuses.
void ApplyEnvironment(CLI::App* command);

/// Fills options that neither a flag nor the environment gave from the file that --config names. Throws CLI::Error
/// (which CLI::App::exit turns into one line and a non-zero exit) for an unreadable file, an unknown name or a bad
/// value.
void ApplyConfigFile(CLI::App* command);

template <typename T>
CLI::Option* AddOption(CLI::App* command, const std::string& name, T* value, const std::string& help) {
  return command->add_option(name, *value, help)->envname(EnvironmentName(name))->capture_default_str();
}

}  // namespace rowkeeper::app
