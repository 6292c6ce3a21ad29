#include "server/app/option_values.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/str_join.h"
#include "server/app/command_line.h"
#include "server/app/secrets.h"
#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

constexpr char kDefault[] = "default";
constexpr char kFlag[] = "flag";
constexpr char kEnvironment[] = "environment";
constexpr char kConfigurationFile[] = "configuration file";

/// Of all commands below `command` too.
std::vector<CLI::App*> CommandTree(CLI::App* command) {
  std::vector<CLI::App*> tree = {command};
  for (CLI::App* below : command->get_subcommands(nullptr)) {
    const std::vector<CLI::App*> more = CommandTree(below);
    tree.insert(tree.end(), more.begin(), more.end());
  }
  return tree;
}

std::string LongName(const CLI::Option& option) {
  return option.get_lnames().empty() ? std::string() : option.get_lnames().front();
}

CLI::Option* FindOption(CLI::App* command, const std::string& name) {
  if (name == "help" || name == "help-all") return nullptr;
  return command->get_option_no_throw("--" + name);
}

/// By line, each once.
using Mistakes = std::set<std::pair<int, std::string>>;

std::vector<std::string> Texts(const Mistakes& mistakes) {
  std::vector<std::string> texts;
  for (const auto& [line, text] : mistakes) texts.push_back(text);
  return texts;
}

/// While it lives, CLI11 does not look at the environment, so that it is known what flags said.
class HiddenEnvironment {
 public:
  explicit HiddenEnvironment(CLI::App* root) {
    for (CLI::App* command : CommandTree(root)) {
      for (CLI::Option* option : command->get_options()) {
        names_.emplace_back(option, option->get_envname());
        option->envname("");
      }
    }
  }
  ~HiddenEnvironment() {
    for (const auto& [option, name] : names_) option->envname(name);
  }
  HiddenEnvironment(const HiddenEnvironment&) = delete;
  HiddenEnvironment& operator=(const HiddenEnvironment&) = delete;

 private:
  std::vector<std::pair<CLI::Option*, std::string>> names_;
};

void ApplyEnvironment(CLI::App* command) {
  for (CLI::Option* option : command->get_options()) {
    if (option->count() > 0 || option->get_envname().empty()) continue;
    const char* value = std::getenv(option->get_envname().c_str());
    if (value == nullptr || *value == '\0') continue;
    option->add_result(value);
    option->run_callback();
  }
}

/// The section of a file for `command`: the name of the command below the root that it is part of. `config` is about
/// what `serve` does.
std::string SectionOf(const CLI::App& command) {
  const CLI::App* app = &command;
  while (app->get_parent() != nullptr && app->get_parent()->get_parent() != nullptr) app = app->get_parent();
  if (app->get_parent() == nullptr) return "";
  return app->get_name() == "config" ? "serve" : app->get_name();
}

void SetOption(const ConfigEntry& entry, CLI::Option* option) {
  const std::string usual = option->get_default_str();
  if (entry.values.empty() && (usual.empty() || usual == "[]")) return;  // an empty list is what it has anyway
  const bool flag = option->get_items_expected_max() == 0;
  for (const std::string& value : entry.values) {
    option->add_result(flag ? option->get_flag_value(entry.name, value) : value);
  }
  option->run_callback();
}

/// Fills what has no value yet; what a section says goes before what the top of the file says.
void ApplyFile(const ConfigFile& file, CLI::App* command, Mistakes* mistakes) {
  for (const std::string& section : {SectionOf(*command), std::string()}) {
    std::set<const CLI::Option*> before;
    for (const CLI::Option* option : command->get_options()) {
      if (option->count() > 0) before.insert(option);
    }
    for (const ConfigEntry& entry : file.entries) {
      CLI::Option* option = entry.section == section ? FindOption(command, entry.name) : nullptr;
      if (option == nullptr || before.count(option) != 0) continue;
      try {
        SetOption(entry, option);
      } catch (const CLI::Error& error) {
        mistakes->emplace(entry.line, Cat(file.Place(entry), ": ", std::string(error.what())));
      }
    }
  }
}

std::string DidYouMean(const std::string& name, const std::vector<std::string>& names) {
  const std::string nearest = NearestName(name, names);
  return nearest.empty() ? "" : Cat("; did you mean \"", nearest, "\"?");
}

/// Names that are options of no command, and sections that are no command. A name that only another command knows is no
/// mistake: one file may serve all commands.
Mistakes UnknownNames(CLI::App* root, const ConfigFile& file) {
  std::vector<std::string> sections;
  for (const CLI::App* command : root->get_subcommands(nullptr)) sections.push_back(command->get_name());
  Mistakes mistakes;
  for (const ConfigEntry& entry : file.entries) {
    if (!entry.section.empty() && std::find(sections.begin(), sections.end(), entry.section) == sections.end()) {
      mistakes.emplace(entry.line, Cat(file.Place(entry), ": stands below [", entry.section,
                                       "], which is no command; write it at the top of the file, or below [serve]",
                                       DidYouMean(entry.section, sections)));
      continue;
    }
    std::vector<std::string> names;
    for (CLI::App* command : CommandTree(root)) {
      if (!entry.section.empty() && SectionOf(*command) != entry.section) continue;
      for (const CLI::Option* option : command->get_options()) {
        if (FindOption(command, LongName(*option)) != nullptr) names.push_back(LongName(*option));
      }
    }
    if (std::find(names.begin(), names.end(), entry.name) != names.end()) continue;
    mistakes.emplace(entry.line, Cat(file.Place(entry), ": there is no option \"", entry.name, "\"",
                                     entry.section.empty() ? "" : Cat(" of rowkeeper ", entry.section),
                                     DidYouMean(entry.name, names)));
  }
  return mistakes;
}

ConfigFile ReadOrThrow(const std::string& path) {
  absl::StatusOr<ConfigFile> file = ReadConfigFile(path);
  if (!file.ok()) throw CLI::ConfigError(std::string(file.status().message()));
  return *std::move(file);
}

void ApplyConfigFile(CLI::App* root, CLI::App* command) {
  CLI::Option* config = command->get_option_no_throw(kConfigOption);
  if (config == nullptr || config->count() == 0) return;
  const ConfigFile file = ReadOrThrow(config->as<std::string>());
  Mistakes mistakes = UnknownNames(root, file);
  ApplyFile(file, command, &mistakes);
  if (!mistakes.empty()) throw CLI::ConfigError(absl::StrJoin(Texts(mistakes), "\nrowkeeper: "));
}

/// One line end at the end of the file is not part of the value.
std::string ReadSecret(const std::string& option, const std::string& path) {
  std::ifstream file(path);
  if (!file || std::filesystem::is_directory(path)) {
    throw CLI::FileError(Cat("--", option, ": ", path, " cannot be read"));
  }
  std::string value{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!value.empty() && value.back() == '\n') value.pop_back();
  if (!value.empty() && value.back() == '\r') value.pop_back();
  if (value.empty()) throw CLI::FileError(Cat("--", option, ": ", path, " is empty"));
  return value;
}

/// Gives --NAME the value that --NAME-file names, unless it has one from what goes before.
void ReadSecretFiles(CLI::App* command, ValueSources* sources) {
  for (CLI::Option* file : command->get_options()) {
    const std::string name = LongName(*file);
    const std::string suffix = kFileSuffix;
    if (file->count() == 0 || name.size() <= suffix.size() || file->as<std::string>().empty()) continue;
    CLI::Option* secret = FindOption(command, name.substr(0, name.size() - suffix.size()));
    if (secret == nullptr || name != LongName(*secret) + suffix) continue;
    const std::string source = sources->Of(*file);
    if (secret->count() > 0) {
      if (sources->Of(*secret) == source) {
        throw CLI::ConfigError(
            Cat("--", LongName(*secret), " and --", name, " are both given (", source, "); give one of them"));
      }
      continue;
    }
    secret->add_result(ReadSecret(name, file->as<std::string>()));
    secret->run_callback();
    sources->Note(*command, Cat("file of --", name, " (", source, ")"));
  }
}

}  // namespace

std::string ValueSources::Of(const CLI::Option& option) const {
  const auto found = sources_.find(&option);
  return found == sources_.end() ? kDefault : found->second;
}

void ValueSources::Note(const CLI::App& command, const std::string& source) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->count() > 0) sources_.emplace(option, source);
  }
}

CLI::App* ParsedSubcommand(const CLI::App& command) {
  const std::vector<CLI::App*> parsed = command.get_subcommands();
  return parsed.empty() ? nullptr : parsed.front();
}

void ParseOptions(CLI::App* root, const std::vector<std::string>& arguments, ValueSources* sources) {
  {
    const HiddenEnvironment hidden(root);
    root->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // the last one first
  }
  for (CLI::App* command = root; command != nullptr; command = ParsedSubcommand(*command)) {
    const auto note = [&](const char* source) {
      sources->Note(*command, source);
      ReadSecretFiles(command, sources);
    };
    note(kFlag);
    ApplyEnvironment(command);
    note(kEnvironment);
    ApplyConfigFile(root, command);
    note(kConfigurationFile);
  }
}

absl::StatusOr<std::map<std::string, ReloadedValue>> ReloadedValues(CLI::App& command, const ValueSources& sources,
                                                                    const std::vector<std::string>& names) {
  std::map<std::string, ReloadedValue> values;
  const CLI::Option* config = command.get_option_no_throw(kConfigOption);
  if (config == nullptr || config->count() == 0) return values;
  const absl::StatusOr<ConfigFile> file = ReadConfigFile(config->as<std::string>());
  if (!file.ok()) return file.status();
  CLI::App* root = &command;
  while (root->get_parent() != nullptr) root = root->get_parent();
  const std::vector<std::string> unknown = Texts(UnknownNames(root, *file));
  if (!unknown.empty()) return InvalidField("config", unknown.front());
  for (const std::string& name : names) {
    const CLI::Option* option = command.get_option_no_throw("--" + name);
    const std::string source = option == nullptr ? kFlag : sources.Of(*option);
    if (source != kFlag && source != kEnvironment) values[name] = {option->get_default_str(), kDefault};
  }
  for (const std::string& section : {std::string(), SectionOf(command)}) {
    for (const ConfigEntry& entry : file->entries) {
      const auto value = entry.section == section ? values.find(entry.name) : values.end();
      if (value == values.end()) continue;
      if (entry.values.size() != 1) return InvalidField(entry.name, Cat(file->Place(entry), ": is not one value"));
      value->second = {entry.values.front(), kConfigurationFile};
    }
  }
  return values;
}

std::vector<std::string> FileMistakes(CLI::App* root, const ConfigFile& file) {
  Mistakes mistakes = UnknownNames(root, file);
  for (CLI::App* command : CommandTree(root)) ApplyFile(file, command, &mistakes);
  return Texts(mistakes);
}

}  // namespace rowkeeper::app
