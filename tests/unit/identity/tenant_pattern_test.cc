#include "server/identity/tenant_pattern.h"

#include <gtest/gtest.h>

#include "server/identity/identity.h"

namespace rowkeeper::identity {
namespace {

std::string TenantBy(std::string_view pattern, std::string_view id) {
  const auto parsed = TenantPattern::Parse(pattern);
  EXPECT_TRUE(parsed.has_value()) << pattern;
  return parsed.has_value() ? parsed->TenantOf(id) : "";
}

TEST(TenantPatternTest, TheTenantIsThePartThatItStandsFor) {
  EXPECT_EQ(TenantBy("spiffe://example.org/{tenant}", "spiffe://example.org/acme"), "acme");
  EXPECT_EQ(TenantBy("spiffe://example.org/tenants/{tenant}/*", "spiffe://example.org/tenants/acme/till"), "acme");
  EXPECT_EQ(TenantBy("spiffe://example.org/tenants/{tenant}/**", "spiffe://example.org/tenants/acme/shop/till"),
            "acme");
  EXPECT_EQ(TenantBy("spiffe://example.org/tenants/{tenant}/**", "spiffe://example.org/tenants/acme"), "acme");
  EXPECT_EQ(TenantBy("spiffe://example.org/*/{tenant}", "spiffe://example.org/shop/acme"), "acme");
}

TEST(TenantPatternTest, AnIdThatDoesNotMatchHasNone) {
  const std::string_view pattern = "spiffe://example.org/tenants/{tenant}/till";
  for (const char* id :
       {"spiffe://example.org/tenants/acme", "spiffe://example.org/tenants/acme/till/2",
        "spiffe://example.org/tenants/acme/tills", "spiffe://example.com/tenants/acme/till",
        "spiffe://example.org/tenant/acme/till", "spiffe://example.org/x/tenants/acme/till", "spiffe://example.org"}) {
    EXPECT_EQ(TenantBy(pattern, id), "") << id;
  }
  EXPECT_EQ(TenantBy("spiffe://example.org/{tenant}", "spiffe://example.org/acme/till"), "");
}

TEST(TenantPatternTest, ATextThatIsNoPatternIsRefused) {
  for (const char* text :
       {"", "acme", "{tenant}", "spiffe://example.org/acme", "spiffe://{tenant}/acme", "spiffe://*/{tenant}",
        "spiffe://example.org/{tenant}/{tenant}", "spiffe://example.org/t-{tenant}", "spiffe://example.org/**/{tenant}",
        "https://example.org/{tenant}", "spiffe://example.org//{tenant}", "spiffe://example.org/{tenant}/"}) {
    EXPECT_FALSE(TenantPattern::Parse(text).has_value()) << text;
  }
}

TEST(CallerNameTest, NoTwoCallersHaveTheSame) {
  const auto name = [](std::string tenant, std::string subject) {
    return CallerName({Identity::Source::kToken, std::move(subject), {}, std::move(tenant)});
  };
  EXPECT_EQ(name("", "jwt:alice"), "jwt:alice");
  EXPECT_EQ(name("acme", "jwt:alice"), "tenant:acme jwt:alice");
  EXPECT_NE(name("acme jwt:bob", "jwt:alice"), name("acme", "jwt:bob jwt:alice"));
  EXPECT_NE(name("acme jwt:bob", "jwt:alice"), name("acme%20jwt:bob", "jwt:alice"));
  EXPECT_NE(name("", "jwt:tenant:acme jwt:alice"), name("acme", "jwt:alice"));
}

}  // namespace
}  // namespace rowkeeper::identity
