#include "server/policy/allow_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/policy/reach.h"
#include "tests/unit/policy/policy_fixture.h"

namespace rowkeeper::policy {
namespace {

using identity::Identity;
using ::testing::HasSubstr;

TEST(PrincipalTest, NamesTheCallersThatItSaysAndNoOthers) {
  const Identity alice = TokenOf("alice"), bob = TokenOf("bob", {"admin", "billing"});
  const Identity shop = CertificateOf("spiffe://example.org/shop"),
                 till = CertificateOf("spiffe://example.org/shop/till");
  const Identity shopping = CertificateOf("spiffe://example.org/shopping");
  const Identity abroad = CertificateOf("spiffe://example.com/shop/till");
  const std::vector<const Identity*> callers = {nullptr, &alice, &bob, &shop, &till, &shopping, &abroad};
  struct Case {
    std::string principal;
    /// Of each caller.
    std::vector<bool> named;
  };
  for (const Case& c : std::vector<Case>{
           {"everyone", {true, true, true, true, true, true, true}},
           {"authenticated", {false, true, true, true, true, true, true}},
           {"anonymous", {true, false, false, false, false, false, false}},
           {"role:billing", {false, false, true, false, false, false, false}},
           {"role:bill", {false, false, false, false, false, false, false}},
           {"caller:jwt:alice", {false, true, false, false, false, false, false}},
           {"caller:spiffe://example.org/shop", {false, false, false, true, false, false, false}},
           {"caller:spiffe://example.org/shop/*", {false, false, false, false, true, false, false}},
           {"caller:spiffe://example.org/*", {false, false, false, true, true, true, false}},
       }) {
    const auto principal = Principal::Parse(c.principal);
    ASSERT_TRUE(principal.ok()) << principal.status();
    EXPECT_EQ(principal->text(), c.principal);
    for (size_t i = 0; i < callers.size(); ++i) {
      EXPECT_EQ(principal->Names(callers[i]), c.named[i])
          << c.principal << " and " << (callers[i] == nullptr ? "anonymous" : callers[i]->name);
    }
  }
}

TEST(PrincipalTest, ATokenIsNeverTakenForACertificateOfTheSameText) {
  const auto by_id = Principal::Parse("caller:spiffe://example.org/shop");
  const auto below = Principal::Parse("caller:spiffe://example.org/*");
  ASSERT_TRUE(by_id.ok() && below.ok());
  const Identity imitation = TokenOf("spiffe://example.org/shop");
  EXPECT_FALSE(by_id->Names(&imitation));
  EXPECT_FALSE(below->Names(&imitation));
}

TEST(PrincipalTest, OtherTextsAreRefused) {
  for (const std::string& bad : {std::string(),
                                 std::string("billing"),
                                 std::string("rol:billing"),
                                 std::string("Role:billing"),
                                 std::string("role:"),
                                 std::string("role:*"),
                                 std::string("role:a\nb"),
                                 "role:" + std::string(129, 'x'),
                                 std::string(" everyone"),
                                 std::string("Everyone"),
                                 std::string("nobody"),
                                 std::string("*"),
                                 std::string("caller:"),
                                 std::string("caller:alice"),
                                 std::string("caller:jwt:"),
                                 std::string("caller:jwt:*"),
                                 "caller:jwt:" + std::string(256, 'x'),
                                 std::string("caller:ipv4:10.0.0.7"),
                                 std::string("caller:spiffe://"),
                                 std::string("caller:spiffe:///*"),
                                 std::string("caller:spiffe://*"),
                                 std::string("caller:spiffe://a/b*"),
                                 std::string("caller:spiffe://a/*/b"),
                                 std::string("caller:spiffe://a//*"),
                                 std::string("caller:spiffe:/*"),
                                 std::string("caller:/*")}) {
    const auto principal = Principal::Parse(bad);
    ASSERT_FALSE(principal.ok()) << bad;
    EXPECT_THAT(std::string(principal.status().message()), HasSubstr("\"" + bad + "\" is no principal"));
  }
  EXPECT_TRUE(Principal::Parse("role:" + std::string(128, 'x')).ok());
  EXPECT_TRUE(Principal::Parse("caller:jwt:" + std::string(255, 'x')).ok());
  EXPECT_TRUE(Principal::Parse("role:two words").ok()) << "a list of roles may have such a one";
}

TEST(AllowListTest, OneOfItsPrincipalsIsEnough) {
  const AllowList list = ListOf({"role:admin", "caller:jwt:alice"});
  const Identity alice = TokenOf("alice"), admin = TokenOf("carol", {"admin"}), bob = TokenOf("bob");
  ASSERT_NE(list.Find(&alice), nullptr);
  EXPECT_EQ(list.Find(&alice)->text(), "caller:jwt:alice");
  ASSERT_NE(list.Find(&admin), nullptr);
  EXPECT_EQ(list.Find(&admin)->text(), "role:admin");
  EXPECT_FALSE(list.Admits(&bob));
  EXPECT_FALSE(list.Admits(nullptr));
  EXPECT_EQ(list.ToString(), "role:admin, caller:jwt:alice");
}

TEST(AllowListTest, AnEmptyListIsForNobody) {
  const Identity alice = TokenOf("alice");
  EXPECT_FALSE(AllowList().Admits(&alice));
  EXPECT_FALSE(AllowList().Admits(nullptr));
  EXPECT_EQ(AllowList().ToString(), "nobody");
}

TEST(ReachTest, SaysWhetherAllListsTogetherAdmitAnybody) {
  struct Case {
    std::vector<std::vector<std::string>> lists;
    Reach reach;
  };
  for (const Case& c : std::vector<Case>{
           {{}, Reach::kEveryone},
           {{{"everyone"}}, Reach::kEveryone},
           {{{"anonymous", "authenticated"}}, Reach::kEveryone},
           {{{"everyone"}, {"authenticated", "anonymous"}}, Reach::kEveryone},
           {{{"authenticated"}}, Reach::kSome},
           {{{"anonymous"}}, Reach::kSome},
           {{{}}, Reach::kNobody},
           {{{"everyone"}, {}}, Reach::kNobody},
           {{{"anonymous"}, {"authenticated"}}, Reach::kNobody},
           {{{"anonymous"}, {"role:a", "caller:jwt:alice"}}, Reach::kNobody},
           {{{"role:a"}, {"role:b"}}, Reach::kSome},
           {{{"role:a"}, {"caller:jwt:alice"}}, Reach::kSome},
           {{{"role:a"}, {"caller:spiffe://example.org/shop"}}, Reach::kNobody},
           {{{"caller:jwt:alice"}, {"caller:jwt:bob"}}, Reach::kNobody},
           {{{"caller:jwt:alice", "role:a"}, {"caller:jwt:bob"}}, Reach::kSome},
           {{{"caller:spiffe://example.org/*"}, {"caller:spiffe://example.org/shop/*"}}, Reach::kSome},
           {{{"caller:spiffe://example.org/shop/*"}, {"caller:spiffe://example.org/shop"}}, Reach::kNobody},
           {{{"caller:spiffe://example.org/*"}, {"caller:spiffe://example.org/shop"}}, Reach::kSome},
           {{{"caller:spiffe://example.org/*"}, {"authenticated"}}, Reach::kSome},
       }) {
    std::vector<AllowList> lists;
    for (const auto& texts : c.lists) lists.push_back(ListOf(texts));
    std::vector<const AllowList*> all;
    std::string shown;
    for (const AllowList& list : lists) {
      all.push_back(&list);
      shown += "[" + list.ToString() + "]";
    }
    EXPECT_EQ(ReachOfAll(all), c.reach) << shown;
  }
}

}  // namespace
}  // namespace rowkeeper::policy
