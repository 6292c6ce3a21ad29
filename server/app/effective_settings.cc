#include "server/app/effective_settings.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/app/command_line.h"
#include "server/app/secrets.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

using SettingsJson = nlohmann::ordered_json;

constexpr size_t kExampleWidth = 118;

EffectiveSetting::Kind KindOf(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return EffectiveSetting::Kind::kSwitch;
  const std::string type = option.get_type_name();
  const bool number = HasPrefix(type, "INT") || HasPrefix(type, "UINT") || HasPrefix(type, "FLOAT");
  return number ? EffectiveSetting::Kind::kNumber : EffectiveSetting::Kind::kText;
}

/// CLI11 writes the default of a list "[a,b]".
std::vector<std::string> Defaults(const CLI::Option& option, bool list) {
  std::string text = option.get_default_str();
  if (list && text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  if (text.empty()) return {};
  return list ? std::vector<std::string>(absl::StrSplit(text, ',')) : std::vector<std::string>{text};
}

/// As JSON and TOML both write it.
SettingsJson ScalarJson(EffectiveSetting::Kind kind, const std::string& text) {
  if (kind == EffectiveSetting::Kind::kSwitch) return text == "true";
  if (kind == EffectiveSetting::Kind::kNumber) {
    SettingsJson number = SettingsJson::parse(text, nullptr, /*allow_exceptions=*/false);
    if (number.is_number()) return number;
  }
  return text;
}

SettingsJson ValueJson(const EffectiveSetting& setting) {
  if (!setting.list && setting.values.empty()) return nullptr;
  if (!setting.list) return ScalarJson(setting.kind, setting.values.back());
  SettingsJson values = SettingsJson::array();
  for (const std::string& value : setting.values) values.push_back(ScalarJson(setting.kind, value));
  return values;
}

std::string Dump(const SettingsJson& json, int indent = -1) {
  return json.dump(indent, ' ', false, SettingsJson::error_handler_t::replace);
}

std::string TomlValue(const EffectiveSetting& setting) {
  const SettingsJson value = ValueJson(setting);
  if (value.is_null()) return "\"\"";
  if (!value.is_array()) return Dump(value);
  std::vector<std::string> items;
  for (const SettingsJson& item : value) items.push_back(Dump(item));
  return Cat("[", absl::StrJoin(items, ", "), "]");
}

/// `text` in lines of comments.
std::string Comment(const std::string& text) {
  std::istringstream words(text);
  std::string lines = "#";
  size_t width = 1;
  for (std::string word; words >> word;) {
    if (width + 1 + word.size() > kExampleWidth) {
      lines += "\n#";
      width = 1;
    }
    lines += Cat(" ", word);
    width += 1 + word.size();
  }
  return lines + "\n";
}

}  // namespace

std::vector<EffectiveSetting> EffectiveSettings(const CLI::App& command, const ValueSources& sources) {
  std::vector<EffectiveSetting> settings;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_lnames().empty() || option->get_envname().empty()) continue;
    EffectiveSetting setting;
    setting.name = option->get_lnames().front();
    if ("--" + setting.name == kConfigOption) continue;
    setting.group = option->get_group();
    setting.help = option->get_description();
    setting.environment = option->get_envname();
    setting.source = sources.Of(*option);
    setting.kind = KindOf(*option);
    setting.list = option->get_items_expected_max() > 1;
    const bool given = option->count() > 0;
    setting.values = given ? option->reduced_results() : Defaults(*option, setting.list);
    for (std::string& value : setting.values) value = Masked(option->get_type_name(), value);
    settings.push_back(std::move(setting));
  }
  return settings;
}

std::string ToJson(const std::vector<EffectiveSetting>& settings) {
  SettingsJson json = SettingsJson::object();
  for (const EffectiveSetting& setting : settings) {
    json[setting.name] = SettingsJson{{"value", ValueJson(setting)}, {"source", setting.source}};
  }
  return Dump(json, 2) + "\n";
}

void LiveSettings::Change(const std::map<std::string, ReloadedValue>& values) {
  const absl::MutexLock lock(&mutex_);
  for (EffectiveSetting& setting : settings_) {
    const auto found = values.find(setting.name);
    if (found == values.end()) continue;
    setting.values = {found->second.text};
    setting.source = found->second.source;
  }
}

std::string LiveSettings::Json() const {
  const absl::MutexLock lock(&mutex_);
  return ToJson(settings_);
}

std::vector<EffectiveSetting> LiveSettings::Settings() const {
  const absl::MutexLock lock(&mutex_);
  return settings_;
}

std::string ToToml(const std::vector<EffectiveSetting>& settings) {
  std::string text;
  for (const EffectiveSetting& setting : settings) {
    const bool unset = setting.values.empty() && setting.source == "default";
    text += Cat(unset ? "# " : "", setting.name, " = ", TomlValue(setting), "  # ", setting.source, "\n");
  }
  return text;
}

std::string ToExample(const std::vector<EffectiveSetting>& settings) {
  std::string text;
  std::string group;
  for (const EffectiveSetting& setting : settings) {
    if (setting.group != group) {
      group = setting.group;
      text += Cat("\n# ---- ", group, "\n");
    }
    text += Cat("\n", Comment(Cat(setting.help, ". ", setting.environment)));
    text += Cat("#", setting.name, " = ", TomlValue(setting), "\n");
  }
  return text;
}

std::string ExampleConfiguration() {
  CLI::App commands;
  ServeOptions options;
  AddServeOptions(&commands, &options.serve);
  AddCatalogueOptions(&commands, &options.catalogue);
  AddSessionDatabaseOptions(&commands, &options.database);
  AddPoolOptions(&commands, &options.pool);
  return Cat(
      "# Configuration of rowkeeper, read with --config or ROWKEEPER_CONFIG. Every setting with its meaning, its\n"
      "# environment variable and its default; take the # away to set it. A flag wins over the environment, that over\n"
      "# this file. A setting that a command does not have is passed over, so one file serves all commands; below\n"
      "# [serve], [check] or another command's name, at the end of the file, stands what is for that command only.\n"
      "# `rowkeeper config check --config FILE` finds mistakes, `rowkeeper config show --config FILE` what is in "
      "force.\n",
      ToExample(EffectiveSettings(commands, ValueSources())));
}

}  // namespace rowkeeper::app
