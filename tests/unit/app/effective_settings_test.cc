#include "server/app/effective_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>

#include "server/app/command_line.h"
#include "server/app/config_file.h"

namespace rowkeeper::app {
namespace {

constexpr char kExample[] = "deploy/rowkeeper.toml";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The program writes the file, so it has every setting of `serve` with its default.
TEST(ExampleConfigurationTest, TheFileIsWhatTheProgramWrites) {
  if (std::getenv("ROWKEEPER_UPDATE_GOLDEN") != nullptr) std::ofstream(kExample) << ExampleConfiguration();
  EXPECT_EQ(ReadFile(kExample), ExampleConfiguration())
      << "write it anew with ROWKEEPER_UPDATE_GOLDEN=1, or with `rowkeeper config example`";
}

TEST(ExampleConfigurationTest, ItsLinesAreTomlAndGiveTheDefaults) {
  const std::string path = ::testing::TempDir() + "rk_example.toml";
  std::ofstream(path) << std::regex_replace(ReadFile(kExample), std::regex("\n#([a-z-]+ = )"), "\n$1");
  const auto file = ReadConfigFile(path);
  ASSERT_TRUE(file.ok()) << file.status();
  std::map<std::string, std::vector<std::string>> lines;
  for (const ConfigEntry& entry : file->entries) lines[entry.name] = entry.values;

  CLI::App serve;
  ServeOptions options;
  AddAllServeOptions(&serve, &options);
  size_t compared = 0;
  for (const EffectiveSetting& setting : EffectiveSettings(serve, ValueSources())) {
    ASSERT_EQ(lines.count(setting.name), 1U) << setting.name << " is not in the file";
    std::vector<std::string> expected = setting.values;
    if (expected.empty() && !setting.list) expected = {""};
    if (setting.kind == EffectiveSetting::Kind::kNumber) {
      EXPECT_EQ(std::stod(lines[setting.name].front()), std::stod(expected.front())) << setting.name;
    } else {
      EXPECT_EQ(lines[setting.name], expected) << setting.name;
    }
    ++compared;
  }
  EXPECT_GT(compared, 40U);
  const size_t of_migrations = 2;  // --migrations-database-url and its file
  EXPECT_EQ(lines.size(), compared + of_migrations) << "the file has names that serve does not know";
}

/// Each default that is shown is the one that the program uses.
TEST(EffectiveSettingsTest, DefaultsAreThoseOfTheSettings) {
  CLI::App serve;
  ServeOptions options;
  options.pool.pool_size = 77;
  options.pool.pool_pre_ping = false;
  options.serve.listen = {"a:1", "b:2"};
  options.serve.units.share = 0.25;
  AddAllServeOptions(&serve, &options);
  const std::string json = ToJson(EffectiveSettings(serve, ValueSources()));
  EXPECT_THAT(json, ::testing::HasSubstr("\"pool-size\": {\n    \"value\": 77,\n    \"source\": \"default\""));
  EXPECT_THAT(json, ::testing::HasSubstr("\"pool-pre-ping\": {\n    \"value\": false"));
  EXPECT_THAT(json, ::testing::HasSubstr("\"a:1\",\n      \"b:2\""));
  EXPECT_THAT(json, ::testing::HasSubstr("\"unit-share\": {\n    \"value\": 0.25"));
}

TEST(LiveSettingsTest, WhatChangesIsShownWithItsSource) {
  CLI::App serve;
  ServeOptions options;
  AddAllServeOptions(&serve, &options);
  LiveSettings settings(EffectiveSettings(serve, ValueSources()));
  const std::string before = settings.Json();
  EXPECT_EQ(before, ToJson(EffectiveSettings(serve, ValueSources())));
  settings.Change({{"log-calls", {"all", "configuration file"}}, {"slow-call-ms", {"20", "configuration file"}}});
  EXPECT_THAT(settings.Json(), ::testing::HasSubstr("\"log-calls\": {\n    \"value\": \"all\",\n    \"source\": "
                                                    "\"configuration file\""));
  EXPECT_THAT(settings.Json(), ::testing::HasSubstr("\"slow-call-ms\": {\n    \"value\": 20,"));
  settings.Change({{"log-calls", {"errors,slow", "default"}}, {"slow-call-ms", {"500", "default"}}});
  EXPECT_EQ(settings.Json(), before);
}

}  // namespace
}  // namespace rowkeeper::app
