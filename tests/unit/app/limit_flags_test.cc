#include <gtest/gtest.h>

#include <string>

#include "server/app/command_line.h"
#include "server/base/limits.h"

namespace rowkeeper::app {
namespace {

TEST(LimitFlagsTest, EveryLimitIsSetByTheFlagOfItsNameUnlessItIsFixed) {
  CLI::App serve;
  ServeSettings settings;
  PoolSettings pool;
  AddServeOptions(&serve, &settings);
  AddPoolOptions(&serve, &pool);
  for (size_t number = 0; number < kLimitCount; ++number) {
    const auto limit = static_cast<Limit>(number);
    const std::string flag = "--" + std::string(LimitName(limit));
    EXPECT_EQ(serve.get_option_no_throw(flag) == nullptr, IsFixed(limit)) << flag;
  }
}

}  // namespace
}  // namespace rowkeeper::app
