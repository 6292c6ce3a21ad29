// A catalogue that is reloaded while serving has tenants, and the one before had none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pg/server/policy_fixture.h"
#include "tests/pg/server/reload_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const PolicyIssuer& Issuer() {
  static const auto* const issuer = new PolicyIssuer();
  return *issuer;
}

/// Items belong to tenants; it can also be said that they belong to nobody.
ItemVersion WithOwners(const std::string& role) {
  ItemVersion version = FirstVersion();
  version.fields = Cat("  string tenant_id = 12 [(rowkeeper.v1.column) = {", role, "}];");
  return version;
}

/// The items of two tenants are there, and the catalogue that is served knows of no tenants.
class ReloadWithTenantsTest : public ReloadTest {
 protected:
  explicit ReloadWithTenantsTest(const InProcessServer::Options& options = ServedToTenants())
      : ReloadTest(options),
        tenants_(Compile(WithOwners("role: ROLE_TENANT"))),
        owners_(Compile(WithOwners("max_length: 20"))) {}

  static InProcessServer::Options ServedToTenants() {
    InProcessServer::Options options = SmallMessages();
    Issuer().Configure(&options.serve.identity);
    return options;
  }

  void SetUp() override {
    ReloadTest::SetUp();
    ASSERT_TRUE(tenants_ != nullptr && owners_ != nullptr);
    server_.database().Run("DROP TABLE items");
    CreateSchema(*tenants_->catalogue, &server_.database());
    // The catalogue before asks for rows by their ids alone.
    server_.database().Run(
        "ALTER TABLE items ADD UNIQUE (id); INSERT INTO items (tenant_id, id, name) VALUES ('acme', 1, 'of acme'), "
        "('globex', 2, 'of globex')");
    Serve(owners_);
    ASSERT_THAT(List(Nobody()), HasSubstr("of globex"));
  }

  static CallOptions Acme() { return Issuer().Of("acme"); }
  static CallOptions Globex() { return Issuer().Of("globex"); }
  static CallOptions Nobody() { return Issuer().As("alice"); }

  /// The items that are shown, or the reason why none are.
  std::string List(const CallOptions& as) {
    const auto answer = Call(owners_, "ItemRepository.List", Json::object(), as);
    return answer.ok() ? answer->dump() : ReasonOf(answer);
  }
  std::string Units(const CallOptions& as) { return server_.MustCall("UnitOfWork.List", Json::object(), as).dump(); }

  const SharedCatalogue tenants_;
  /// The same, but for the role.
  const SharedCatalogue owners_;
};

TEST_F(ReloadWithTenantsTest, RowsAreTheirTenantsFromThenOn) {
  Serve(tenants_);
  EXPECT_THAT(List(Acme()), HasSubstr("of acme"));
  EXPECT_THAT(List(Acme()), Not(HasSubstr("of globex")));
  EXPECT_EQ(List(Nobody()), "TENANT_REQUIRED");
}

TEST_F(ReloadWithTenantsTest, UnitsOfOthersAreHiddenFromThenOn) {
  const Unit unit(&server_, {{"label", "secret of acme"}}, Acme());
  EXPECT_THAT(Units(Globex()), HasSubstr("secret of acme"));
  Serve(tenants_);
  EXPECT_THAT(Units(Acme()), HasSubstr("secret of acme"));
  EXPECT_THAT(Units(Globex()), Not(HasSubstr("acme")));
  EXPECT_TRUE(unit.Rollback().ok());
}

/// A unit goes on with the catalogue that it began with, but for that.
TEST_F(ReloadWithTenantsTest, AnOpenUnitThatBeganBeforeKeepsToTenants) {
  const Unit acmes(&server_, Json::object(), Acme());
  const Unit nobodys(&server_, Json::object(), Nobody());
  EXPECT_THAT(List(acmes.Inside()), HasSubstr("of globex"));
  Serve(tenants_);
  EXPECT_THAT(List(acmes.Inside()), HasSubstr("of acme"));
  EXPECT_THAT(List(acmes.Inside()), Not(HasSubstr("of globex")));
  EXPECT_EQ(List(nobodys.Inside()), "TENANT_REQUIRED");
  EXPECT_EQ(ReasonOf(Call(owners_, "ItemRepository.GetById", {{"id", "2"}}, acmes.Inside())), "ROW_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Call(owners_, "ItemRepository.Delete", {{"id", "2"}}, acmes.Inside())), "ROW_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Call(owners_, "ItemRepository.Delete", {{"id", "1"}}, acmes.Inside())), "OK");
  EXPECT_TRUE(acmes.Commit().ok());
  EXPECT_TRUE(nobodys.Rollback().ok());
  EXPECT_EQ(server_.database().Value("SELECT string_agg(name, ',') FROM items"), "of globex");
}

TEST_F(ReloadWithTenantsTest, TenantsAreTakenAwayByANewStartAlone) {
  Serve(tenants_);
  const absl::Status refused = catalogue().Offer(owners_);
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("(items.tenant_id is the tenant)"));
  EXPECT_EQ(catalogue().Offered(), nullptr);
  EXPECT_EQ(List(Nobody()), "TENANT_REQUIRED");
}

class ReloadWithTenantsAndPlansTest : public ReloadWithTenantsTest {
 protected:
  static InProcessServer::Options ShowingPlans() {
    InProcessServer::Options options = ServedToTenants();
    options.serve.debug_header = "plan";
    return options;
  }
  ReloadWithTenantsAndPlansTest() : ReloadWithTenantsTest(ShowingPlans()) {}
};

TEST_F(ReloadWithTenantsAndPlansTest, TenantsAreRefusedWhereCallersAreShownPlans) {
  const absl::Status refused = catalogue().Offer(tenants_);
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("--debug-header=plan"));
  EXPECT_EQ(catalogue().Offered(), nullptr);
  EXPECT_THAT(List(Nobody()), HasSubstr("of globex")) << "what was served goes on";
}

class ReloadWithTenantsOfNobodyTest : public ReloadWithTenantsTest {
 protected:
  static InProcessServer::Options WithoutClaim() {
    InProcessServer::Options options = ServedToTenants();
    options.serve.identity.jwt_tenant_claim.clear();
    return options;
  }
  ReloadWithTenantsOfNobodyTest() : ReloadWithTenantsTest(WithoutClaim()) {}
};

TEST_F(ReloadWithTenantsOfNobodyTest, TenantsAreRefusedWhereNoCallerCanHaveOne) {
  const absl::Status refused = catalogue().Offer(tenants_);
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("--jwt-tenant-claim"));
  EXPECT_EQ(catalogue().Offered(), nullptr);
}

}  // namespace
}  // namespace rowkeeper::testing
