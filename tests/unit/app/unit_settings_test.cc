#include "server/app/unit_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/error_details.h"

namespace rowkeeper::app {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

int Capacity(double share, int pool_size, int max_overflow) {
  UnitSettings units;
  units.share = share;
  PoolSettings pool;
  pool.pool_size = pool_size;
  pool.max_overflow = max_overflow;
  const auto options = ToUnitOptions(units, pool);
  EXPECT_TRUE(options.ok()) << options.status();
  return options.ok() ? options->capacity : -1;
}

TEST(UnitSettingsTest, ByDefaultUnitsMayHoldHalfOfThePool) {
  const auto options = ToUnitOptions(UnitSettings(), PoolSettings());
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->capacity, 15) << "of 20 and 10 in overflow";
  EXPECT_EQ(options->per_caller, 10);
  EXPECT_EQ(options->idle_limit, milliseconds(10000));
  EXPECT_EQ(options->total_limit, milliseconds(60000));
}

TEST(UnitSettingsTest, AShareIsRoundedDownAndLeavesAConnectionToOthers) {
  EXPECT_EQ(Capacity(0.5, 3, 0), 1);
  EXPECT_EQ(Capacity(0.5, 3, 1), 2);
  EXPECT_EQ(Capacity(0.5, 1, 0), 0);
  EXPECT_EQ(Capacity(0.99, 10, 0), 9);
  EXPECT_EQ(Capacity(1.0, 20, 10), 29);
  EXPECT_EQ(Capacity(1.0, 1, 0), 0);
  EXPECT_EQ(Capacity(0.0, 20, 10), 0);
}

TEST(UnitSettingsTest, LimitsAboveTheirMaximumAreRefusedTogether) {
  UnitSettings units;
  units.idle_limit_s = units.max_idle_limit_s + 1;
  units.total_limit_s = units.max_total_limit_s + 1;
  const auto options = ToUnitOptions(units, PoolSettings());
  EXPECT_EQ(ErrorReason(options.status()), "INVALID_FIELD");
  EXPECT_THAT(std::string(options.status().message()), HasSubstr("--unit-idle-limit"));
  EXPECT_THAT(std::string(options.status().message()), HasSubstr("--unit-total-limit"));
}

TEST(UnitSettingsTest, TheAdvertisedAddressMustFitIntoAHandle) {
  EXPECT_TRUE(CheckAdvertisedAddress("").ok()) << "the one that is listened on";
  EXPECT_TRUE(CheckAdvertisedAddress("rows-1.internal:443").ok());
  EXPECT_TRUE(CheckAdvertisedAddress(std::string(255, 'a')).ok());
  for (const std::string& address : {std::string(256, 'a'), std::string("a b"), std::string("b\xC3\xBC:1")}) {
    EXPECT_EQ(ErrorReason(CheckAdvertisedAddress(address)), "INVALID_FIELD") << address;
  }
}

TEST(UnitSettingsTest, TheTimeToEndFollowsFromTheLimitsOfStatementsAndCommits) {
  db::ConnectionOptions connection;
  connection.statement_timeout_ms = 30000;
  UnitSettings units;
  units.in_doubt_limit_s = 0;
  EXPECT_EQ(TeardownLimit(connection, units), milliseconds(35000));
  units.in_doubt_limit_s = 100;
  EXPECT_GT(TeardownLimit(connection, units), milliseconds(100000));
  units.in_doubt_limit_s = 0;
  connection.statement_timeout_ms = 0;
  EXPECT_LE(TeardownLimit(connection, units), milliseconds(60000)) << "a statement without limit is not waited for";
}

}  // namespace
}  // namespace rowkeeper::app
