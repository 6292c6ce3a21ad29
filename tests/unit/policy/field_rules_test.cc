#include "server/policy/field_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/policy/policies.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_issuer.h"
#include "tests/unit/policy/policy_fixture.h"

namespace rowkeeper::policy {
namespace {

using identity::Identity;
using rowkeeper::testing::FakeClock;
using rowkeeper::testing::ReplaceTestFile;
using rowkeeper::testing::TemporaryDirectory;

constexpr int kId = 0, kCost = 1, kName = 2, kNote = 3;

SharedRule Shared(const std::vector<std::string>& principals) {
  return std::make_shared<const Rule>(RuleOf(principals));
}

class FieldRulesTest : public ::testing::Test {
 protected:
  static CataloguePolicy Catalogue(SharedRule read = nullptr, SharedRule write = nullptr) {
    CataloguePolicy catalogue;
    catalogue.methods = {{"shop.v1.Items.Get", std::nullopt}};
    catalogue.fields = {{"shop.v1.Item.id", 0, nullptr, nullptr, "it is of the key", "it is of the key"},
                        {"shop.v1.Item.cost", 0, std::move(read), std::move(write), "", ""},
                        {"shop.v1.Item.name", 0, nullptr, nullptr, "", ""},
                        {"shop.v1.Order.note", 1, nullptr, nullptr, "", ""}};
    return catalogue;
  }
  void Open(CataloguePolicy catalogue, const std::string& file_text = "") {
    const std::string path = file_text.empty() ? "" : directory_.path() + "/policy.toml";
    if (!path.empty()) ReplaceTestFile(path, file_text);
    auto opened = Policies::Open({std::move(catalogue), path, Policies::Options::Watch::kNever}, &clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    policies_ = *std::move(opened);
  }
  FieldAccess Of(const Identity& caller) const { return policies_->FieldsOf(std::make_shared<const Identity>(caller)); }

  const TemporaryDirectory directory_;
  FakeClock clock_;
  std::unique_ptr<Policies> policies_;
  const Identity alice_ = TokenOf("alice", {"hr"});
  const Identity bob_ = TokenOf("bob");
};

TEST_F(FieldRulesTest, AListOfAFieldClosesThisFieldAndNothingElse) {
  Open(Catalogue(Shared({"role:hr"})));
  ASSERT_NE(policies_, nullptr);
  EXPECT_FALSE(policies_->decides_calls());
  EXPECT_TRUE(policies_->Allows(policies_->Of("shop.v1.Items.Get"), &bob_));
  EXPECT_TRUE(policies_->Allows(policies_->Of(Feature::kRun), nullptr));
  EXPECT_TRUE(Of(alice_).MayRead(kCost));
  EXPECT_FALSE(Of(bob_).MayRead(kCost));
  EXPECT_FALSE(policies_->FieldsOf(nullptr).MayRead(kCost));
  EXPECT_TRUE(Of(bob_).MayWrite(kCost));
  EXPECT_TRUE(Of(bob_).MayRead(kName));
  EXPECT_TRUE(Of(bob_).Restricts(0));
  EXPECT_FALSE(Of(bob_).Restricts(1));
  EXPECT_TRUE(Of(bob_).MayRead(-1)) << "a column of no entity";
  EXPECT_FALSE(Of(bob_).MayRead("shop.v1.Item.cost"));
  EXPECT_TRUE(Of(bob_).MayRead("shop.v1.Item.other"));
}

TEST_F(FieldRulesTest, ListsOfMethodsSayNothingOfFields) {
  CataloguePolicy catalogue = Catalogue();
  catalogue.methods.front().second = RuleOf({"role:hr"});
  Open(std::move(catalogue));
  EXPECT_FALSE(Of(bob_).restricts());
  EXPECT_TRUE(Of(bob_).MayRead(kCost));
}

TEST_F(FieldRulesTest, WithoutListsEverythingIsOpen) {
  const FieldAccess access;
  EXPECT_FALSE(access.restricts());
  EXPECT_FALSE(access.Restricts(0));
  EXPECT_TRUE(access.MayRead(kCost) && access.MayWrite(kCost) && access.MayRead("shop.v1.Item.cost"));
}

TEST_F(FieldRulesTest, BothSidesHaveToAdmit) {
  Open(Catalogue(Shared({"role:hr", "caller:jwt:bob"})), "[fields]\n\"shop.v1.Item.cost\" = {read = [\"role:hr\"]}\n");
  EXPECT_TRUE(Of(alice_).MayRead(kCost));
  EXPECT_FALSE(Of(bob_).MayRead(kCost));
  EXPECT_FALSE(policies_->DecideField(FieldUse::kRead, kCost, &bob_).allowed());
  EXPECT_TRUE(policies_->DecideField(FieldUse::kRead, kCost, &bob_).catalogue.admits);
}

TEST_F(FieldRulesTest, TheNarrowestNameOfTheFileCounts) {
  Open(Catalogue(),
       "[fields]\n\"*\" = {read = [], write = [\"role:hr\"]}\n\"shop.v1.Item.*\" = {read = [\"role:hr\"]}\n"
       "\"shop.v1.Item.name\" = {read = [\"everyone\"]}\n");
  EXPECT_TRUE(Of(alice_).MayRead(kCost));
  EXPECT_FALSE(Of(bob_).MayRead(kCost));
  EXPECT_TRUE(Of(bob_).MayRead(kName));
  EXPECT_FALSE(Of(alice_).MayRead(kNote));
  EXPECT_TRUE(Of(bob_).MayRead(kId) && Of(bob_).MayWrite(kId)) << "which can have no list";
  EXPECT_FALSE(Of(bob_).MayWrite(kName));
  EXPECT_TRUE(Of(alice_).MayWrite(kNote));
}

TEST_F(FieldRulesTest, ReachIsThatOfBothLists) {
  Open(Catalogue(Shared({"role:hr"}), Shared({"role:boss"})),
       "[fields]\n\"shop.v1.Item.cost\" = {write = [\"anonymous\"]}\n\"shop.v1.Item.name\" = {read = []}\n");
  EXPECT_EQ(policies_->ReachOfField(FieldUse::kRead, kCost), Reach::kSome);
  EXPECT_EQ(policies_->ReachOfField(FieldUse::kWrite, kCost), Reach::kNobody);
  EXPECT_EQ(policies_->ReachOfField(FieldUse::kRead, kName), Reach::kNobody);
  EXPECT_EQ(policies_->ReachOfField(FieldUse::kWrite, kName), Reach::kEveryone);
}

}  // namespace
}  // namespace rowkeeper::policy
