#include "server/app/config_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <optional>
#include <sstream>
#include <string_view>

#include "absl/strings/str_join.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

std::string NumberText(double value) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.17g", value);
  return text;
}

/// As the command line has it; none for what no option takes.
std::optional<std::string> ScalarText(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* number = node.as_floating_point()) return NumberText(number->get());
  if (const auto* truth = node.as_boolean()) return std::string(truth->get() ? "true" : "false");
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(const std::string& path) { file_.path = path; }

  void ReadTable(const toml::table& table, const std::string& section) {
    for (const auto& [key, node] : table) {
      ConfigEntry entry;
      entry.section = section;
      entry.name = std::string(key.str());
      entry.line = static_cast<int>(node.source().begin.line);
      if (const auto* below = node.as_table()) {
        ReadSection(*below, entry);
      } else {
        ReadValue(node, std::move(entry));
      }
    }
  }

  absl::StatusOr<ConfigFile> Result() {
    if (!mistakes_.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes_, "\n"));
    const auto by_line = [](const ConfigEntry& a, const ConfigEntry& b) { return a.line < b.line; };
    std::stable_sort(file_.entries.begin(), file_.entries.end(), by_line);
    return std::move(file_);
  }

 private:
  void ReadSection(const toml::table& table, const ConfigEntry& entry) {
    if (entry.section.empty()) return ReadTable(table, entry.name);
    mistakes_.push_back(
        Cat(file_.Place(entry), ": a table inside a table; write its values below [", entry.section, "]"));
  }

  void ReadValue(const toml::node& node, ConfigEntry entry) {
    const toml::array* list = node.as_array();
    const size_t count = list == nullptr ? 1 : list->size();
    for (size_t i = 0; i < count; ++i) {
      std::optional<std::string> text = ScalarText(list == nullptr ? node : *list->get(i));
      if (!text) {
        mistakes_.push_back(Cat(file_.Place(entry), ": is no text, number, true, false or array of these"));
        return;
      }
      entry.values.push_back(*std::move(text));
    }
    file_.entries.push_back(std::move(entry));
  }

  ConfigFile file_;
  std::vector<std::string> mistakes_;
};

std::string LineOf(const std::string& text, size_t number) {
  std::istringstream lines(text);
  std::string line;
  for (size_t i = 0; i < number && std::getline(lines, line); ++i) {
  }
  return line;
}

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// For `log-format = json`, which files could have before they were TOML.
std::string QuotesHint(const std::string& line) {
  const size_t equals = line.find('=');
  if (equals == std::string::npos) return "write name = value, for example pool-size = 20";
  const std::string_view name = Trim(std::string_view(line).substr(0, equals));
  std::string_view value = std::string_view(line).substr(equals + 1);
  value = Trim(value.substr(0, value.find('#')));
  if (value.empty() || value.find_first_of("\"'[{") != std::string_view::npos) return "";
  return Cat("text needs quotes: ", name, " = \"", value, "\"");
}

size_t Distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string ConfigFile::Place(const ConfigEntry& entry) const { return Cat(path, ":", entry.line, ": ", entry.name); }

absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path) {
  std::ifstream stream(path);
  if (!stream || std::filesystem::is_directory(path)) {
    return absl::InvalidArgumentError(ToAbsl(Cat("configuration file ", path, " cannot be read; check --config")));
  }
  std::stringstream text;
  text << stream.rdbuf();
  try {
    Reader reader(path);
    reader.ReadTable(toml::parse(text.str(), path), "");
    return reader.Result();
  } catch (const toml::parse_error& error) {
    const auto line = static_cast<size_t>(error.source().begin.line);
    const std::string hint = QuotesHint(LineOf(text.str(), line));
    return absl::InvalidArgumentError(ToAbsl(
        Cat(path, ":", line, ": is not TOML: ", std::string(error.description()), hint.empty() ? "" : "; ", hint)));
  }
}

std::string NearestName(const std::string& name, const std::vector<std::string>& names) {
  std::string nearest;
  size_t least = std::max<size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : names) {
    const size_t distance = Distance(name, candidate);
    if (distance >= least) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace rowkeeper::app
