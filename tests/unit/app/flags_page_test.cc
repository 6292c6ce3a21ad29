#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "server/app/commands.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

constexpr char kFlagsPage[] = "proto/reference/flags.md";

/// One flag as all commands have it that say the same of it.
struct FlagRow {
  std::vector<std::string> commands;
  std::string value;
  std::string preset;
};
/// By name and what help says.
using FlagRows = std::map<std::pair<std::string, std::string>, FlagRow>;

/// "migrate", whichever of its commands this is.
std::string CommandName(const CLI::App& command) {
  const CLI::App* const parent = command.get_parent();
  return parent == nullptr || parent->get_parent() == nullptr ? command.get_name() : CommandName(*parent);
}

void AddFlags(CLI::App* command, FlagRows* rows) {
  for (const CLI::Option* option : command->get_options()) {
    if (option->get_lnames().empty()) continue;
    const std::string name = "--" + option->get_lnames().front();
    if (name == "--help" || name == "--help-all") continue;
    FlagRow& row = (*rows)[{name, option->get_description()}];
    const std::string of = CommandName(*command);
    if (std::find(row.commands.begin(), row.commands.end(), of) == row.commands.end()) row.commands.push_back(of);
    row.preset = option->get_default_str() == "[]" ? "" : option->get_default_str();
    if (option->get_items_expected_max() > 0) row.value = option->get_type_name();
  }
  for (CLI::App* below : command->get_subcommands(nullptr)) AddFlags(below, rows);
}

/// A cell of a table.
std::string AsCell(const std::string& text) { return absl::StrReplaceAll(text, {{"|", "\\|"}, {"\n", " "}}); }
std::string AsCode(const std::string& text) { return text.empty() ? "" : Cat("`", AsCell(text), "`"); }

/// "1728000" for "1.728e+06".
std::string AsNumber(const std::string& text) {
  double number = 0;
  EXPECT_TRUE(absl::SimpleAtod(text, &number)) << text;
  return absl::StrFormat("%.10g", number);
}

/// What help calls "INT:INT in [1 - 20]", "TEXT:{text,json}" or "DIR".
std::string InWords(const std::string& type) {
  static const std::map<std::string, std::string> kWords = {{"", ""},
                                                            {"INT", "whole number"},
                                                            {"FLOAT", "number"},
                                                            {"UID", "number of a user"},
                                                            {"TEXT", "text"},
                                                            {"TEXT:WORDS", "words with commas between them"},
                                                            {"DIR", "directory"},
                                                            {"FILE", "file"},
                                                            {"ADDRESS", "address"},
                                                            {"CALLER", "caller"},
                                                            {"URL", "URL"},
                                                            {"SQL", "SQL"},
                                                            {"SECRET", "secret"},
                                                            {"PATH", "file or directory"},
                                                            {"PATH|URL", "file, directory or URL"},
                                                            {"CLAIM", "claim"},
                                                            {"PATTERN", "pattern"},
                                                            {"NAME", "name"},
                                                            {"NAME=VALUE", "name and value"},
                                                            {"VERSION", "version"},
                                                            {"OLD", "protos"},
                                                            {"HEADER", "header"}};
  static const std::regex kRange(R"((\w+):\w+ in \[(\S+) - (\S+)\])");
  static const std::regex kChoice(R"(TEXT:\{(.*)\})");
  std::smatch match;
  if (std::regex_match(type, match, kRange)) {
    return Cat(InWords(match[1].str()), ", ", AsNumber(match[2].str()), " to ", AsNumber(match[3].str()));
  }
  if (std::regex_match(type, match, kChoice)) {
    const std::vector<std::string> choices = absl::StrSplit(match[1].str(), ',');
    return absl::StrJoin(choices, ", ",
                         [](std::string* out, const std::string& choice) { out->append(AsCode(choice)); });
  }
  const auto found = kWords.find(type);
  EXPECT_NE(found, kWords.end()) << "there are no words for " << type;
  return found == kWords.end() ? type : found->second;
}

std::string FlagsPage() {
  CLI::App root("", "rowkeeper");
  Command command;
  ValueSources sources;
  AddCommands(&root, &command, &sources);
  FlagRows rows;
  AddFlags(&root, &rows);
  std::string page =
      "# All flags\n\n"
      "Every flag of every command. The program writes this page. [Configuration](configuration.md) says how flags,\n"
      "environment variables and the configuration file go together, and what the numbers mean.\n\n"
      "| flag | value | default | commands | |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& [key, row] : rows) {
    page += Cat("| `", key.first, "` | ", AsCell(InWords(row.value)), " | ", AsCode(row.preset), " | ",
                absl::StrJoin(row.commands, ", "), " | ", AsCell(key.second), " |\n");
  }
  return page;
}

TEST(FlagsPageTest, HasEveryFlagOfTheProgramAndNoOther) {
  if (std::getenv("ROWKEEPER_UPDATE_GOLDEN") != nullptr) std::ofstream(kFlagsPage) << FlagsPage();
  std::ifstream file(kFlagsPage);
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_GT(std::count(page.begin(), page.end(), '\n'), 100);
  EXPECT_EQ(page, FlagsPage()) << "write it anew: ROWKEEPER_UPDATE_GOLDEN=1 with this test";
}

}  // namespace
}  // namespace rowkeeper::app
