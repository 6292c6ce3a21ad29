#include "server/app/tenant_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/random_catalogue.h"
#include "tests/support/tenant_catalogue.h"

namespace rowkeeper::app {
namespace {

using ::testing::HasSubstr;

class TenantSettingsTest : public ::testing::Test {
 protected:
  static absl::Status Check(const ServeSettings& settings) { return CheckTenantSettings(*catalogue_, settings); }

  static void SetUpTestSuite() { catalogue_ = testing::WithTenants(*testing::CompileExample("planner/v1")).release(); }
  static void TearDownTestSuite() { delete catalogue_; }
  void SetUp() override { ASSERT_NE(catalogue_, nullptr); }

  static inline const catalogue::Catalogue* catalogue_ = nullptr;
};

TEST_F(TenantSettingsTest, SomeCallerHasToHaveATenant) {
  ServeSettings settings;
  EXPECT_THAT(Check(settings).message(), HasSubstr("--jwt-tenant-claim"));
  settings.identity.jwt_tenant_claim = "tenant";
  EXPECT_FALSE(Check(settings).ok()) << "no token is looked at";
  settings.identity.jwt_keys = "keys";
  EXPECT_TRUE(Check(settings).ok());
  settings.identity = {};
  settings.identity.spiffe_tenant = "spiffe://example.org/{tenant}";
  EXPECT_TRUE(Check(settings).ok());
  settings.identity = {};
  settings.identity.tenant_proxies = {"role:gateway"};
  EXPECT_TRUE(Check(settings).ok());
}

TEST_F(TenantSettingsTest, NobodyIsShownPlans) {
  ServeSettings settings;
  settings.identity.spiffe_tenant = "spiffe://example.org/{tenant}";
  settings.debug_header = "plan";
  EXPECT_THAT(Check(settings).message(), HasSubstr("--debug-header=plan"));
  settings.debug_header = "cost";
  EXPECT_TRUE(Check(settings).ok());
}

TEST_F(TenantSettingsTest, WithoutTenantsThereIsNothingToSay) {
  ServeSettings settings;
  settings.debug_header = "plan";
  const auto without = testing::CompileExample("planner/v1");
  EXPECT_TRUE(CheckTenantSettings(*without, settings).ok());
  EXPECT_FALSE(HasTenants(*without));
  EXPECT_TRUE(TenantRules(*without).empty());
}

TEST_F(TenantSettingsTest, EachTableHasItsRule) {
  EXPECT_TRUE(HasTenants(*catalogue_));
  const std::set<std::string> rules = TenantRules(*catalogue_);
  EXPECT_EQ(rules.size(), catalogue_->entities().size());
  EXPECT_EQ(rules.count("todos.tenant_id is the tenant"), 1U) << *rules.begin();
}

}  // namespace
}  // namespace rowkeeper::app
