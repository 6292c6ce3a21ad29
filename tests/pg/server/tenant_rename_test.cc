// Where there are tenants, a table that has another name than declared is not served: see sql/live_names.h.

#include "tests/pg/server/policy_fixture.h"
#include "tests/pg/server/rename_fixture.h"
#include "tests/support/tenant_catalogue.h"

namespace rowkeeper::testing {
namespace {

class TenantRenameTest : public ::testing::Test {
 protected:
  explicit TenantRenameTest(InProcessServer::Options::Time time = InProcessServer::Options::Time::kStill)
      : server_(WithTenants(*PlannerWith({})), OptionsFor(time)) {}

  static const PolicyIssuer& Tokens() {
    static const auto* const issuer = new PolicyIssuer();
    return *issuer;
  }
  static InProcessServer::Options OptionsFor(InProcessServer::Options::Time time) {
    InProcessServer::Options options;
    options.time = time;
    Tokens().Configure(&options.serve.identity);
    return options;
  }

  void SetUp() override {
    ASSERT_TRUE(server_.ok());
    const Json profile = {{"email", "a@example.org"}, {"handle", "ada"}, {"display_name", "Ada"}};
    owner_ = server_.MustCall("ProfileRepository.Create", {{"profile", profile}}, Acme()).value("id", "");
    EXPECT_EQ(Read(), "Ada");
  }

  static CallOptions Acme() { return Tokens().Of("acme"); }
  void Run(const std::string& sql) { server_.database().Run(sql); }
  /// The name of the profile, or why there is no answer.
  std::string Read() {
    const auto profile = server_.Call("ProfileRepository.GetById", {{"id", owner_}}, Acme());
    return profile.ok() ? profile->value("display_name", "") : Summary(profile);
  }

  InProcessServer server_;
  std::string owner_;
};

class UnnoticedTenantRenameTest : public TenantRenameTest {
 protected:
  UnnoticedTenantRenameTest() : TenantRenameTest(InProcessServer::Options::Time::kPasses) {}
};

TEST_F(TenantRenameTest, ARenamedTableIsNotFollowed) {
  Run("ALTER TABLE profiles RENAME TO people");
  EXPECT_EQ(Read(), "FAILED_PRECONDITION SCHEMA_MISMATCH");
  EXPECT_EQ(ReasonOf(server_.Call("ProfileRepository.Delete", {{"id", owner_}}, Acme())), "SCHEMA_MISMATCH");
  Run("ALTER TABLE people RENAME TO profiles");
  EXPECT_TRUE(Eventually([this] { return Read() == "Ada"; }));
}

TEST_F(TenantRenameTest, NorIsARenamedColumn) {
  Run("ALTER TABLE profiles RENAME display_name TO called");
  EXPECT_EQ(Read(), "FAILED_PRECONDITION SCHEMA_MISMATCH");
  Run("ALTER TABLE profiles RENAME called TO display_name; ALTER TABLE profiles RENAME tenant_id TO customer_id");
  EXPECT_EQ(Read(), "FAILED_PRECONDITION SCHEMA_MISMATCH");
  Run("ALTER TABLE profiles RENAME customer_id TO tenant_id");
  EXPECT_TRUE(Eventually([this] { return Read() == "Ada"; }));
}

TEST_F(UnnoticedTenantRenameTest, TablesThatSwappedNamesAreRefusedFromTheNextLookOn) {
  Run("BEGIN; ALTER TABLE todos RENAME TO swapped; ALTER TABLE profiles RENAME TO todos; "
      "ALTER TABLE swapped RENAME TO profiles; COMMIT");
  std::string said;
  EXPECT_TRUE(Eventually([&] {
    said = std::string(server_.Call("ProfileRepository.GetById", {{"id", owner_}}, Acme()).status().message());
    return said.find("table \"profiles\" is not used for planner.v1.Profile") != std::string::npos;
  })) << said;
  EXPECT_EQ(Read(), "FAILED_PRECONDITION SCHEMA_MISMATCH");
  EXPECT_EQ(ReasonOf(server_.Call("TodoRepository.GetById", {{"id", owner_}}, Acme())), "SCHEMA_MISMATCH");
}

constexpr char kInvoices[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Invoice {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string tenant_id = 2 [(rowkeeper.v1.column).role = ROLE_TENANT];
  string region = 3 [(rowkeeper.v1.column).max_length = 20];
  string words = 4 [(rowkeeper.v1.column).max_length = 20];
}
message NewInvoice { Invoice invoice = 1; }
message Mine {}
message Words { string words = 1; }
message AllWords { repeated Words words = 1; }
service InvoiceRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Invoice";
  rpc Create(NewInvoice) returns (Invoice);
  rpc ListMine(Mine) returns (AllWords) {
    option (rowkeeper.v1.method).sql = "SELECT i.words FROM invoices i WHERE i.tenant_id = :caller.tenant";
  }
}
)";

/// acme says that its invoice is of the region globex.
TEST(TenantRename, AQueryIsRefusedWhereAnotherColumnHasTheNameOfTheTenants) {
  const PolicyIssuer issuer;
  InProcessServer::Options options;
  options.time = InProcessServer::Options::Time::kPasses;
  issuer.Configure(&options.serve.identity);
  InProcessServer server(CompileProtoText(kInvoices), options);
  ASSERT_TRUE(server.ok());
  server.MustCall("InvoiceRepository.Create", {{"invoice", {{"region", "globex"}, {"words", "secret"}}}},
                  issuer.Of("acme"));
  const auto read = [&] { return server.Call("InvoiceRepository.ListMine", Json::object(), issuer.Of("globex")); };
  EXPECT_EQ(read().value().dump(), "{}");
  server.database().Run(
      "BEGIN; ALTER TABLE invoices RENAME tenant_id TO other; ALTER TABLE invoices RENAME region TO tenant_id; "
      "ALTER TABLE invoices RENAME other TO region; COMMIT");
  EXPECT_TRUE(Eventually([&] { return ReasonOf(read()) == "SCHEMA_MISMATCH"; }));
}

TEST_F(UnnoticedTenantRenameTest, SoIsATableThatWasMovedAsideAndOneWithItsName) {
  Run("BEGIN; ALTER TABLE profiles RENAME TO profiles_old; CREATE TABLE profiles (LIKE profiles_old INCLUDING ALL); "
      "COMMIT");
  EXPECT_TRUE(Eventually([this] { return Read() == "FAILED_PRECONDITION SCHEMA_MISMATCH"; }));
  Run("DROP TABLE profiles");
  EXPECT_TRUE(Eventually([this] { return Read() == "FAILED_PRECONDITION SCHEMA_MISMATCH"; }));
  Run("ALTER TABLE profiles_old RENAME TO profiles");
  EXPECT_TRUE(Eventually([this] { return Read() == "Ada"; }));
}

}  // namespace
}  // namespace rowkeeper::testing
