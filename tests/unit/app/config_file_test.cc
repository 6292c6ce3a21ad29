#include "server/app/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConfigFileTest : public ::testing::Test {
 protected:
  absl::StatusOr<ConfigFile> Read(const std::string& text) {
    std::ofstream(path_) << text;
    return ReadConfigFile(path_);
  }
  std::string Mistakes(const std::string& text) { return std::string(Read(text).status().message()); }
  void TearDown() override { unlink(path_.c_str()); }

  const std::string path_ = Cat("/tmp/rk_config_", static_cast<int>(getpid()), ".toml");
};

TEST_F(ConfigFileTest, ValuesAreWrittenAsOnTheCommandLine) {
  const auto file = Read(
      "pool-size = 20 # a comment\n"
      "\"unit-share\" = 0.25\n"
      "echo = true\n"
      "page-token-key = 'C:\\no # comment'\n"
      "listen = [\n  \"127.0.0.1:0\",\n  \"unix:/x\",\n]\n"
      "proto-file = []\n"
      "[serve]\nlog-level = \"\"\"info\"\"\"\n");
  ASSERT_TRUE(file.ok()) << file.status();
  std::vector<std::string> entries;
  for (const ConfigEntry& entry : file->entries) {
    std::string text = Cat(entry.line, " ", entry.section, ".", entry.name);
    for (const std::string& value : entry.values) text += Cat(" <", value, ">");
    entries.push_back(text);
  }
  EXPECT_THAT(entries, ElementsAre("1 .pool-size <20>", "2 .unit-share <0.25>", "3 .echo <true>",
                                   "4 .page-token-key <C:\\no # comment>", "5 .listen <127.0.0.1:0> <unix:/x>",
                                   "9 .proto-file", "11 serve.log-level <info>"));
  EXPECT_EQ(file->Place(file->entries[1]), path_ + ":2: unit-share");
}

TEST_F(ConfigFileTest, AnEmptyFileSaysNothing) {
  const auto file = Read("");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(file->entries, IsEmpty());
}

TEST_F(ConfigFileTest, MistakesNameTheLineAndWhatToWrite) {
  EXPECT_THAT(Mistakes("a = 1\nlog-format = json # x\n"),
              AllOf(HasSubstr(path_ + ":2: "), HasSubstr("log-format = \"json\"")));
  EXPECT_THAT(Mistakes("log-format = 'json\n"), HasSubstr(path_ + ":1: "));
  EXPECT_THAT(Mistakes("a = 1\na = 2\n"), HasSubstr(path_ + ":2: "));
  EXPECT_THAT(Mistakes("[serve]\n[serve.pool]\nsize = 1\n"), HasSubstr("a table inside a table"));
  EXPECT_THAT(Mistakes("when = 1979-05-27\nlist = [[1]]\n"),
              AllOf(HasSubstr(":1: when: is no text"), HasSubstr(":2: list: is no text")));
  EXPECT_THAT(std::string(ReadConfigFile("/nowhere.toml").status().message()), HasSubstr("cannot be read"));
  EXPECT_THAT(std::string(ReadConfigFile("/tmp").status().message()), HasSubstr("cannot be read"));
}

TEST(NearestNameTest, WhatIsLikeAnotherNameIsFound) {
  const std::vector<std::string> names = {"pool-size", "pool-timeout", "listen", "echo"};
  EXPECT_EQ(NearestName("pool-sise", names), "pool-size");
  EXPECT_EQ(NearestName("pool_size", names), "pool-size");
  EXPECT_EQ(NearestName("lisen", names), "listen");
  EXPECT_EQ(NearestName("temperature", names), "");
}

}  // namespace
}  // namespace rowkeeper::app
