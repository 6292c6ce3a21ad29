#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/app/config_file.h"

namespace rowkeeper::app {

/// Where the values of the options that were given come from. Not thread-safe while it is filled.
class ValueSources {
 public:
  /// "flag", "environment", "configuration file", the same with "the file named by" before it, or "default".
  std::string Of(const CLI::Option& option) const;
  /// What of `command` has a value by now and is not noted yet, came from `source`.
  void Note(const CLI::App& command, const std::string& source);

 private:
  std::map<const CLI::Option*, std::string> sources_;
};

/// Parses the arguments of the process, its name left out, and then fills the options of the commands that they name
/// from the environment and the configuration file: a flag wins over the environment, that over the file. An option
/// --NAME whose value is in a file comes from --NAME-file. Throws CLI::Error, which CLI::App::exit turns into lines of
/// explanation and a non-zero exit, for what cannot be understood; of the file it names all mistakes.
void ParseOptions(CLI::App* root, const std::vector<std::string>& arguments, ValueSources* sources);

/// The command that was parsed below `command`, or nullptr.
CLI::App* ParsedSubcommand(const CLI::App& command);

struct ReloadedValue {
  std::string text;
  /// As ValueSources::Of gives it.
  std::string source;
};

/// What holds by now of `names`, for settings that change while the server runs: of each that neither a flag nor the
/// environment gave, what stands in the configuration file of `command`, or the default if it does not stand there.
/// Values are not checked. Empty when there is no file. Errors: those of ReadConfigFile; INVALID_ARGUMENT for a list,
/// and for a name that no command has.
absl::StatusOr<std::map<std::string, ReloadedValue>> ReloadedValues(CLI::App& command, const ValueSources& sources,
                                                                    const std::vector<std::string>& names);

/// What is wrong in `file` for any command below `root`, each as "FILE:LINE: NAME: …": unknown names, values that the
/// option refuses. Fills options, so it is for a `root` whose commands are not run.
std::vector<std::string> FileMistakes(CLI::App* root, const ConfigFile& file);

}  // namespace rowkeeper::app
