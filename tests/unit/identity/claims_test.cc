#include "server/identity/claims.h"

#include <gtest/gtest.h>

#include "server/base/text.h"

namespace rowkeeper::identity {
namespace {

using nlohmann::json;

class ClaimsTest : public ::testing::Test {
 protected:
  ClaimsTest() {
    rules_.issuer = "https://issuer";
    rules_.audiences = {"rows", "lines"};
    rules_.tenant_claim = "tid";
  }
  static json Good() { return json::parse(R"({"iss":"https://issuer","aud":"rows","sub":"alice","exp":2000000000})"); }
  /// "ok", or the problem of a token with another value; a discarded one removes the member.
  std::string With(const std::string& name, const json& value) {
    json claims = Good();
    claims[name] = value;
    return Read(claims);
  }
  std::string Without(const std::string& name) {
    json claims = Good();
    claims.erase(name);
    return Read(claims);
  }
  std::string Read(const json& claims) {
    TokenProblem problem{};
    facts_ = ReadClaims(claims, rules_, &problem);
    return facts_.has_value() ? "ok" : std::string(TokenProblemName(problem));
  }

  TokenRules rules_;
  std::optional<TokenFacts> facts_;
};

TEST_F(ClaimsTest, TheIssuerIsComparedLetterByLetter) {
  EXPECT_EQ(Read(Good()), "ok");
  for (const json& value : {json("https://issuer/"), json("HTTPS://issuer"), json(""), json(nullptr), json(7),
                            json::array({"https://issuer"})}) {
    EXPECT_EQ(With("iss", value), "issuer") << value;
  }
  EXPECT_EQ(Without("iss"), "issuer");
}

TEST_F(ClaimsTest, OneAudienceHasToBeExpected) {
  EXPECT_EQ(With("aud", "lines"), "ok");
  EXPECT_EQ(With("aud", json::array({"others", "rows"})), "ok");
  for (const json& value : {json("Rows"), json(""), json(nullptr), json(true), json::array(), json::array({"others"}),
                            json::array({"rows", 7}), json::array({json::array({"rows"})}), json{{"rows", "rows"}}}) {
    EXPECT_EQ(With("aud", value), "audience") << value;
  }
  EXPECT_EQ(Without("aud"), "audience") << "a token for nobody is not one for everybody";
}

TEST_F(ClaimsTest, TimesAreNumbersOfTheYearsThatThereAre) {
  EXPECT_EQ(With("exp", 2000000000.75), "ok");
  EXPECT_EQ(facts_->expires, 2000000000);
  EXPECT_EQ(With("exp", 253402300799), "ok");
  for (const char* const name : {"exp", "nbf", "iat"}) {
    for (const json& value : {json("2000000000"), json(nullptr), json(true), json(-1), json(-1.5), json(1e308),
                              json(253402300800), json(18446744073709551615ull), json::array({2000000000})}) {
      EXPECT_EQ(With(name, value), "claims") << name << " " << value;
    }
  }
  EXPECT_EQ(Without("exp"), "claims");
  EXPECT_EQ(With("nbf", 1900000000), "ok");
  EXPECT_EQ(facts_->begins, 1900000000);
}

TEST_F(ClaimsTest, TheSubjectIsANameForLogsAndTables) {
  EXPECT_EQ(With("sub", std::string(255, 'a')), "ok");
  EXPECT_EQ(With("sub", "spiffe://example.org/billing"), "ok");
  EXPECT_EQ(facts_->identity->name, "jwt:spiffe://example.org/billing") << "and not whom a certificate shows";
  for (const json& value : {json(""), json(nullptr), json(7), json(std::string(256, 'a')), json("a\nb"), json("a\tb"),
                            json(std::string("a\0b", 3)), json("a\x7f"), json("a\xc2\x9bm")}) {
    EXPECT_EQ(With("sub", value), "claims") << value;
  }
  EXPECT_EQ(Without("sub"), "claims");
}

TEST_F(ClaimsTest, NoNameHidesWhatItIs) {
  for (const char* const character :
       {"\xc2\x80", "\xc2\x9f", "\xc2\xad", "\xd8\x9c", "\xe1\x85\xa0", "\xe1\xa0\x8e", "\xe2\x80\x8b", "\xe2\x80\x8f",
        "\xe2\x80\xa8", "\xe2\x80\xae", "\xe2\x81\xa0", "\xe2\x81\xa9", "\xe3\x85\xa4", "\xef\xb8\x8f", "\xef\xbb\xbf",
        "\xef\xbe\xa0", "\xef\xbf\xbb", "\xf3\xa0\x81\x81", "\xf3\xa0\x84\x80"}) {
    for (const std::string& name : {Cat(character, "alice"), Cat("al", character, "ice"), Cat("alice", character)}) {
      EXPECT_EQ(With("sub", name), "claims") << json(name).dump(-1, ' ', true);
      EXPECT_EQ(With("roles", json::array({name})), "claims");
      EXPECT_EQ(With("tid", name), "claims");
    }
  }
  for (const char* const name :
       {"Zo\xc3\xab", "\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0", "\xe5\xb1\xb1\xe7\x94\xb0 \xe8\x8a\xb1", "\xf0\x9f\x99\x82",
        "\xf4\x8f\xbf\xbd", "auth0|5f7c8ec7c33c6c004bbafe82"}) {
    EXPECT_EQ(With("sub", name), "ok") << name;
    EXPECT_EQ(facts_->identity->name, Cat("jwt:", name));
  }
}

TEST_F(ClaimsTest, RolesAreAListOrWords) {
  EXPECT_EQ(With("roles", json::array({"b", "a", "b"})), "ok");
  EXPECT_EQ(facts_->identity->roles, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(With("roles", " b  a"), "ok");
  EXPECT_EQ(facts_->identity->roles, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(With("roles", ""), "ok");
  EXPECT_EQ(Read(Good()), "ok");
  EXPECT_TRUE(facts_->identity->roles.empty());
  json many = json::array();
  for (int i = 0; i < 101; ++i) many.push_back(Cat("role", i));
  for (const json& value : {json(7), json(nullptr), json{{"a", true}}, json::array({"a", 7}), json::array({""}), many,
                            json::array({std::string(129, 'r')})}) {
    EXPECT_EQ(With("roles", value), "claims") << value;
  }
}

TEST_F(ClaimsTest, TheTenantIsOneText) {
  EXPECT_EQ(With("tid", "north"), "ok");
  EXPECT_EQ(facts_->identity->tenant, "north");
  EXPECT_EQ(Read(Good()), "ok");
  EXPECT_EQ(facts_->identity->tenant, "");
  for (const json& value : {json(""), json(7), json(nullptr), json::array({"north"}), json("a\nb")}) {
    EXPECT_EQ(With("tid", value), "claims") << value;
  }
}

TEST_F(ClaimsTest, ATokenThatIsBoundToAKeyIsNoneForWhoeverHasIt) {
  for (const json& value : {json{{"jkt", "x"}}, json{{"x5t#S256", "x"}}, json::object(), json(nullptr), json("x")}) {
    EXPECT_EQ(With("cnf", value), "claims") << value;
  }
}

TEST_F(ClaimsTest, APointerLeadsThroughObjects) {
  rules_.roles_claim = "/a~1b/c~0d";
  EXPECT_EQ(With("a/b", json{{"c~d", "x"}}), "ok");
  EXPECT_EQ(facts_->identity->roles, std::vector<std::string>{"x"});
  EXPECT_EQ(With("a/b", json::array({"x"})), "ok");
  EXPECT_TRUE(facts_->identity->roles.empty());
  rules_.roles_claim = "/a/99999999999999999999";
  EXPECT_EQ(With("a", json::array({"x"})), "ok");
  EXPECT_TRUE(IsClaimName("/a~1b/c~0d") && IsClaimName("https://example.org/roles"));
  EXPECT_FALSE(IsClaimName("") || IsClaimName("/") || IsClaimName("/a~") || IsClaimName("/a~2b"));
}

}  // namespace
}  // namespace rowkeeper::identity
