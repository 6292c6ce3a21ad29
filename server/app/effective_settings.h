#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
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

/// The settings of a server that runs, a few of which change. Thread-safe.
class LiveSettings {
 public:
  explicit LiveSettings(std::vector<EffectiveSetting> settings) : settings_(std::move(settings)) {}

  /// What `values` has holds from now on. No secrets: they are not masked.
  void Change(const std::map<std::string, ReloadedValue>& values);
  /// See ToJson above.
  std::string Json() const;
  std::vector<EffectiveSetting> Settings() const;

 private:
  mutable absl::Mutex mutex_;
  std::vector<EffectiveSetting> settings_ ABSL_GUARDED_BY(mutex_);
};

/// `pool-size = 20  # default`, a line each.
std::string ToToml(const std::vector<EffectiveSetting>& settings);
/// A configuration file with each setting by its default, turned off, after its help.
std::string ToExample(const std::vector<EffectiveSetting>& settings);
/// deploy/rowkeeper.toml: all settings of `serve`, and the database that migrations use.
std::string ExampleConfiguration();

}  // namespace rowkeeper::app
