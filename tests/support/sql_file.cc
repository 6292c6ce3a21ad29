#include "tests/support/sql_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace rowkeeper::testing {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) ADD_FAILURE() << "cannot read " << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> SqlFiles(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".sql") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<MigrationHalves> ReadMigrations(const std::string& folder) {
  std::vector<MigrationHalves> migrations;
  for (const std::string& path : SqlFiles(folder)) {
    const std::string text = ReadFile(path);
    const size_t up = text.find("-- migrate:up");
    const size_t down = text.find("-- migrate:down");
    if (up == std::string::npos || down == std::string::npos || down < up) {
      ADD_FAILURE() << path << " lacks `-- migrate:up` or `-- migrate:down`";
      continue;
    }
    migrations.push_back(
        {std::filesystem::path(path).filename().string(), text.substr(up, down - up), text.substr(down)});
  }
  return migrations;
}

}  // namespace rowkeeper::testing
