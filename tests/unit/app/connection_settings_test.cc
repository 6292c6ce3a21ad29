#include "server/app/connection_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "server/app/command_line.h"
#include "server/base/text.h"
#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ConnectionSettingsTest, AsManyAsTheFlagSaysWhereFilesHoldThem) {
  const absl::StatusOr<int> fitting = FitConnections({}, {}, 1048576);
  ASSERT_TRUE(fitting.ok()) << fitting.status();
  EXPECT_EQ(*fitting, 2000);
}

TEST(ConnectionSettingsTest, FewerWhereFilesHoldFewer) {
  const absl::StatusOr<int> fitting = FitConnections({}, {}, 1024);
  ASSERT_TRUE(fitting.ok()) << fitting.status();
  EXPECT_GT(*fitting, 300) << "the usual soft limit serves, too";
  EXPECT_LT(*fitting, 512) << "each takes two";
}

TEST(ConnectionSettingsTest, NoneIsAnErrorThatSaysWhatToRaise) {
  const absl::StatusOr<int> fitting = FitConnections({}, {}, 200);
  ASSERT_FALSE(fitting.ok());
  EXPECT_THAT(std::string(fitting.status().message()), AllOf(HasSubstr("is 200"), HasSubstr("ulimit -n")));
}

TEST(ConnectionSettingsTest, TheServerRaisesTheLimitOfFilesAndSaysWhatItCanHold) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit low{std::min<rlim_t>(limit.rlim_max, 600), limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  ::testing::internal::CaptureStderr();
  observe::StartLog({});
  wire::ServerOptions options;
  const absl::Status status = SetConnectionLimits({}, {}, &options);
  observe::StopLog();
  const std::string log = ::testing::internal::GetCapturedStderr();
  ASSERT_TRUE(status.ok()) << status;
  rlimit raised{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &raised), 0);
  EXPECT_EQ(raised.rlim_cur, limit.rlim_max);
  EXPECT_THAT(log, AllOf(HasSubstr(Cat("max_connections=", options.connections.max_connections)),
                         HasSubstr(Cat("open_files=", raised.rlim_cur))));
}

TEST(ConnectionSettingsTest, EveryFlagAndReasonStandsInTheReference) {
  std::ifstream file("proto/reference/connections.md");
  std::stringstream page;
  page << file.rdbuf();
  CLI::App serve;
  CallerConnectionSettings settings;
  AddConnectionOptions(&serve, &settings);
  int flags = 0;
  for (const CLI::Option* option : serve.get_options()) {
    if (option->get_group() != "Connections") continue;
    EXPECT_THAT(page.str(), HasSubstr(Cat("| `", option->get_name(), "` |"))) << option->get_name();
    ++flags;
  }
  EXPECT_EQ(flags, 8);
  for (size_t i = 0; i < net::kRefusals; ++i) {
    const std::string_view name = net::RefusalName(static_cast<net::Refusal>(i));
    const bool is_flag = serve.get_option_no_throw(Cat("--", name)) != nullptr;
    EXPECT_TRUE(is_flag || name == "open-files" || name == "distrust") << name;
    EXPECT_THAT(page.str(), HasSubstr(Cat("`", is_flag ? "--" : "", name, "`"))) << name;
  }
  for (size_t i = 0; i < net::kAbortCauses; ++i) {
    EXPECT_THAT(page.str(), HasSubstr(Cat("| `", net::AbortCauseName(static_cast<net::AbortCause>(i)), "` |")));
  }
}

}  // namespace
}  // namespace rowkeeper::app
