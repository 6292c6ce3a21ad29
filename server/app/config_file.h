#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rowkeeper::app {

/// One `name = value` of a configuration file.
struct ConfigEntry {
  /// The table it stands in, without brackets; empty at the top of the file.
  std::string section;
  std::string name;
  /// As they would be written on the command line; several for an array.
  std::vector<std::string> values;
  /// Counted from 1.
  int line = 0;
};

/// A configuration file in TOML. Scalars and arrays of scalars; tables are one level deep.
struct ConfigFile {
  std::string path;
  std::vector<ConfigEntry> entries;

  /// "rowkeeper.toml:7: pool-size" for messages.
  std::string Place(const ConfigEntry& entry) const;
};

/// Errors: INVALID_ARGUMENT, one line each for all mistakes, with file, line, name, and what to write.
absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path);

/// The one of `names` that is most like `name`, or empty when none is.
std::string NearestName(const std::string& name, const std::vector<std::string>& names);

}  // namespace rowkeeper::app
