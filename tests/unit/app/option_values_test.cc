#include "server/app/option_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "server/app/command_line.h"

namespace rowkeeper::app {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

MATCHER_P2(Reloaded, text, source, "") { return arg.text == text && arg.source == source; }

class OptionValuesTest : public ::testing::Test {
 protected:
  OptionValuesTest() {
    root_.require_subcommand(1);
    AddAllServeOptions(serve_, &options_);
  }
  void WriteFile(const std::string& text) { std::ofstream(path_) << text; }
  void Parse(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"serve", "--config", path_});
    ParseOptions(&root_, flags, &sources_);
  }
  std::string Source(const std::string& name) { return sources_.Of(*serve_->get_option("--" + name)); }

  const std::string path_ = ::testing::TempDir() + "rk_option_values.toml";
  CLI::App root_{"", "rowkeeper"};
  CLI::App* serve_ = root_.add_subcommand("serve");
  ServeOptions options_;
  ValueSources sources_;
};

TEST_F(OptionValuesTest, FlagsGoBeforeTheEnvironmentAndThatBeforeTheFile) {
  WriteFile("pool-size = 3\nmax-overflow = 3\nqueue-limit = 3\nlisten = ['a:1', 'b:2']\n[serve]\nmax-skip = 3\n");
  setenv("ROWKEEPER_POOL_SIZE", "2", 1);
  setenv("ROWKEEPER_MAX_OVERFLOW", "2", 1);
  Parse({"--pool-size", "1"});
  unsetenv("ROWKEEPER_POOL_SIZE");
  unsetenv("ROWKEEPER_MAX_OVERFLOW");
  EXPECT_EQ(options_.pool.pool_size, 1);
  EXPECT_EQ(Source("pool-size"), "flag");
  EXPECT_EQ(options_.pool.max_overflow, 2);
  EXPECT_EQ(Source("max-overflow"), "environment");
  EXPECT_EQ(options_.serve.queue_limit, 3);
  EXPECT_EQ(options_.serve.max_skip, 3);
  EXPECT_THAT(options_.serve.listen, ElementsAre("a:1", "b:2"));
  EXPECT_EQ(Source("queue-limit"), "configuration file");
  EXPECT_EQ(Source("lock-timeout"), "default");
}

TEST_F(OptionValuesTest, HelpStillNamesTheEnvironment) {
  WriteFile("");
  Parse({});
  EXPECT_EQ(serve_->get_option("--pool-size")->get_envname(), "ROWKEEPER_POOL_SIZE");
}

TEST_F(OptionValuesTest, OnlyWhatTheFileDecidedIsReadAgain) {
  WriteFile("log-level = 'info'\n");
  Parse({"--pool-size", "1"});
  WriteFile("pool-size = 9\nqueue-limit = 9\nlog-format = 'json'\nlog-level = 'error'\n[serve]\nlog-level = 'debug'\n");
  const auto values = ReloadedValues(*serve_, sources_, {"log-level", "log-format", "pool-size"});
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_THAT(*values, ElementsAre(Pair("log-format", Reloaded("json", "configuration file")),
                                   Pair("log-level", Reloaded("debug", "configuration file"))));
  WriteFile("log-level = debug\n");
  EXPECT_FALSE(ReloadedValues(*serve_, sources_, {"log-level"}).ok());
  WriteFile("log-level = ['debug', 'info']\n");
  EXPECT_FALSE(ReloadedValues(*serve_, sources_, {"log-level"}).ok());
}

TEST_F(OptionValuesTest, WhatLeavesTheFileGoesBackToItsDefault) {
  WriteFile("log-level = 'debug'\nlog-format = 'json'\n");
  Parse({"--log-format", "json"});
  WriteFile("");
  const auto values = ReloadedValues(*serve_, sources_, {"log-level", "log-format", "slow-call-ms"});
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_THAT(*values, ElementsAre(Pair("log-level", Reloaded("info", "default")),
                                   Pair("slow-call-ms", Reloaded("500", "default"))));
}

}  // namespace
}  // namespace rowkeeper::app
