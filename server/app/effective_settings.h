#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "server/app/option_values.h"

namespace rowkeeper::app {

/// The value of one option, for people. What is secret in it is masked.
struct EffectiveSetting {
  enum class Kind { kText, kNumber, kSwitch };

  /// As in a configuration file: "pool-size".
  std::string name;
  /// What help puts it under: "Pool".
  std::string group;
  std::string help;
  /// Empty when there is none.
  std::string environment;
  /// See ValueSources::Of.
  std::string source;
  Kind kind = Kind::kText;
  /// It may be given several times.
  bool list = false;
  /// None where there is no value and no default.
  std::vector<std::string> values;
};

/// Of all options of `command` that a configuration file may set, in the order of its help.
std::vector<EffectiveSetting> EffectiveSettings(const CLI::App& command, const ValueSources& sources);

/// {"pool-size": {"value": 20, "source": "default"}, …}
std::string ToJson(const std::vector<EffectiveSetting>& settings);
/// `pool-size = 20  # default`, a line each.
std::string ToToml(const std::vector<EffectiveSetting>& settings);
/// A configuration file with each setting by its default, turned off, after its help.
std::string ToExample(const std::vector<EffectiveSetting>& settings);
/// deploy/rowkeeper.toml: all settings of `serve`, and the database that migrations use.
std::string ExampleConfiguration();

}  // namespace rowkeeper::app
