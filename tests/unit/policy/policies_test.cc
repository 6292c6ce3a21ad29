#include "server/policy/policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>

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
using ::testing::HasSubstr;

constexpr char kGet[] = "shop.v1.Items.Get";
constexpr char kPurge[] = "shop.v1.Items.Purge";

class PoliciesTest : public ::testing::Test {
 protected:
  void WriteFile(std::string_view text) { ReplaceTestFile(path_, text); }
  /// `file`: empty for none.
  void Open(CataloguePolicy catalogue, const std::string& file) {
    auto opened = Policies::Open({std::move(catalogue), file}, &clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    policies_ = *std::move(opened);
  }
  static CataloguePolicy WithoutLists() {
    CataloguePolicy catalogue;
    catalogue.methods = {{kGet, std::nullopt}, {kPurge, std::nullopt}};
    return catalogue;
  }
  static CataloguePolicy WithListOfGet(const std::vector<std::string>& list) {
    CataloguePolicy catalogue = WithoutLists();
    catalogue.methods.front().second = RuleOf(list);
    return catalogue;
  }
  bool Allows(const char* method, const Identity* caller) const {
    return policies_->Allows(policies_->Of(method), caller);
  }
  bool Allows(Feature feature, const Identity* caller) const {
    return policies_->Allows(policies_->Of(feature), caller);
  }
  /// Lets a second pass, and what is looked at every second be looked at.
  bool LaterIs(const std::function<bool()>& happened) {
    return clock_.AdvanceUntil(happened, std::chrono::minutes(1), std::chrono::milliseconds(100));
  }

  const TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/policy.toml";
  FakeClock clock_;
  std::unique_ptr<Policies> policies_;
  const Identity alice_ = TokenOf("alice", {"billing"});
  const Identity bob_ = TokenOf("bob");
};

TEST_F(PoliciesTest, WithoutListsAndFileThereIsNothingToDecide) {
  Open(WithoutLists(), "");
  EXPECT_EQ(policies_, nullptr);
}

TEST_F(PoliciesTest, OneListMakesEverythingElseForNobody) {
  Open(WithListOfGet({"role:billing"}), "");
  ASSERT_NE(policies_, nullptr);
  EXPECT_TRUE(Allows(kGet, &alice_));
  EXPECT_FALSE(Allows(kGet, &bob_));
  EXPECT_FALSE(Allows(kGet, nullptr));
  EXPECT_FALSE(Allows(kPurge, &alice_));
  for (size_t i = 0; i < kFeatures; ++i) EXPECT_FALSE(Allows(static_cast<Feature>(i), &alice_)) << i;
}

TEST_F(PoliciesTest, ListOfAFeatureMakesMethodsForNobody) {
  CataloguePolicy catalogue = WithoutLists();
  catalogue.features[static_cast<size_t>(Feature::kDebug)] = RuleOf({"everyone"});
  Open(std::move(catalogue), "");
  ASSERT_NE(policies_, nullptr);
  EXPECT_TRUE(Allows(Feature::kDebug, &alice_));
  EXPECT_FALSE(Allows(Feature::kRun, &alice_));
  EXPECT_FALSE(Allows(kGet, &alice_));
}

TEST_F(PoliciesTest, AMethodThatIsNotKnownIsForNobody) {
  Open(WithListOfGet({"everyone"}), "");
  EXPECT_FALSE(Allows("shop.v1.Items.Drop", &alice_));
  EXPECT_FALSE(policies_->Allows(Subject(), &alice_));
  EXPECT_FALSE(policies_->Decide(Subject(), &alice_).allowed());
  EXPECT_EQ(policies_->ReachOf(Subject()), Reach::kNobody);
}

TEST_F(PoliciesTest, AFileAloneDecidesForACatalogueWithoutLists) {
  WriteFile("[methods]\n\"shop.v1.Items.Get\" = [\"caller:jwt:bob\"]\n");
  Open(WithoutLists(), path_);
  ASSERT_NE(policies_, nullptr);
  EXPECT_TRUE(Allows(kGet, &bob_));
  EXPECT_FALSE(Allows(kGet, &alice_));
  EXPECT_FALSE(Allows(kPurge, &bob_)) << "the file does not name it";
  EXPECT_FALSE(Allows(Feature::kReflection, &bob_));
}

TEST_F(PoliciesTest, AFileNarrowsAndNeverWidens) {
  WriteFile("[methods]\n\"*\" = [\"caller:jwt:bob\", \"anonymous\"]\n[features]\n\"*\" = [\"everyone\"]\n");
  Open(WithListOfGet({"authenticated"}), path_);
  EXPECT_TRUE(Allows(kGet, &bob_)) << "both allow it";
  EXPECT_FALSE(Allows(kGet, &alice_)) << "the file does not";
  EXPECT_FALSE(Allows(kGet, nullptr)) << "the catalogue does not";
  EXPECT_FALSE(Allows(kPurge, &bob_)) << "the catalogue has no list";
  EXPECT_FALSE(Allows(Feature::kDebug, &bob_)) << "the catalogue has no list";
}

TEST_F(PoliciesTest, EveryoneInTheFileLeavesItToTheCatalogue) {
  WriteFile("[methods]\n\"*\" = [\"everyone\"]\n");
  Open(WithListOfGet({"role:billing"}), path_);
  EXPECT_TRUE(Allows(kGet, &alice_));
  EXPECT_FALSE(Allows(kGet, &bob_));
}

TEST_F(PoliciesTest, AChangedFileIsTakenAndABadOneIsNot) {
  WriteFile("[methods]\n\"*\" = [\"everyone\"]\n");
  Open(WithListOfGet({"authenticated"}), path_);
  EXPECT_TRUE(Allows(kGet, &bob_));
  WriteFile("[methods]\n\"*\" = [\"caller:jwt:alice\"]\n");
  EXPECT_TRUE(LaterIs([&] { return !Allows(kGet, &bob_); }));
  EXPECT_TRUE(Allows(kGet, &alice_));
  EXPECT_EQ(policies_->stats().loads_total, 2U);

  WriteFile("[methods]\n\"*\" = [\"evryone\"]\n");
  EXPECT_TRUE(LaterIs([&] { return policies_->stats().load_failures_total == 1; }));
  EXPECT_TRUE(Allows(kGet, &alice_)) << "the last good file is in use";
  EXPECT_FALSE(Allows(kGet, &bob_)) << "the last good file is in use";
  std::filesystem::remove(path_);
  EXPECT_TRUE(LaterIs([&] { return policies_->stats().load_failures_total == 2; }));
  EXPECT_FALSE(Allows(kGet, &bob_)) << "a file that is gone opens nothing";
  WriteFile("[methods]\n\"*\" = [\"caller:jwt:bob\"]\n");
  EXPECT_TRUE(LaterIs([&] { return Allows(kGet, &bob_); }));
  EXPECT_FALSE(Allows(kGet, &alice_));
}

TEST_F(PoliciesTest, AtStartABadFileIsAnError) {
  const auto missing = Policies::Open({WithoutLists(), path_}, &clock_);
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("--policy-file " + path_ + " cannot be read"));
  WriteFile("[methods]\n\"shop.v1.Items.Drop\" = []\n");
  const auto unknown = Policies::Open({WithoutLists(), path_}, &clock_);
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(std::string(unknown.status().message()), HasSubstr(path_ + ":2: the catalogue has no method"));
}

TEST_F(PoliciesTest, ADecisionSaysWhichListItComesFrom) {
  WriteFile("[methods]\n\"shop.v1.Items.*\" = [\"authenticated\"]\n");
  Open(WithListOfGet({"role:billing", "role:admin"}), path_);
  const Decision yes = policies_->Decide(policies_->Of(kGet), &alice_);
  EXPECT_TRUE(yes.allowed());
  EXPECT_EQ(yes.catalogue.why, "shop.proto:7 allows role:billing");
  EXPECT_EQ(yes.file.why, path_ + ":2 allows authenticated");
  const Decision no = policies_->Decide(policies_->Of(kGet), &bob_);
  EXPECT_FALSE(no.allowed());
  EXPECT_EQ(no.catalogue.why, "shop.proto:7 allows role:billing, role:admin only");
  EXPECT_TRUE(no.file.admits);
  EXPECT_EQ(policies_->Decide(policies_->Of(kPurge), &alice_).catalogue.why,
            "the catalogue has no list for it, so nobody may");
  EXPECT_EQ(policies_->Decide(policies_->Of(Feature::kRun), &alice_).file.why,
            path_ + " has no list for it, so nobody may");
}

TEST_F(PoliciesTest, ADecisionWithReasonsIsTheOneThatCounts) {
  WriteFile("[methods]\n\"*\" = [\"role:billing\", \"anonymous\"]\n[features]\n\"*\" = [\"authenticated\"]\n");
  CataloguePolicy catalogue = WithListOfGet({"everyone"});
  catalogue.features[static_cast<size_t>(Feature::kRun)] = RuleOf({"role:billing"});
  Open(std::move(catalogue), path_);
  std::vector<Subject> subjects = {Subject(), policies_->Of(kGet), policies_->Of(kPurge)};
  for (size_t i = 0; i < kFeatures; ++i) subjects.push_back(policies_->Of(static_cast<Feature>(i)));
  int allowed = 0;
  for (const Subject subject : subjects) {
    for (const Identity* caller : {static_cast<const Identity*>(nullptr), &alice_, &bob_}) {
      EXPECT_EQ(policies_->Decide(subject, caller).allowed(), policies_->Allows(subject, caller));
      allowed += policies_->Allows(subject, caller) ? 1 : 0;
    }
  }
  EXPECT_EQ(allowed, 3) << "Get for alice and the anonymous, Run for alice";
}

}  // namespace
}  // namespace rowkeeper::policy
