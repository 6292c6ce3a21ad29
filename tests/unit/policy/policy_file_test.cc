#include "server/policy/policy_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/text.h"

namespace rowkeeper::policy {
namespace {

const std::vector<std::string>& Methods() {
  static const auto* const methods =
      new std::vector<std::string>{"shop.v1.ItemRepository.Get", "shop.v1.ItemRepository.Purge", "shop.v1.Items.Get"};
  return *methods;
}

absl::StatusOr<PolicyFile> Parse(const std::string& text) { return PolicyFile::Parse("policy.toml", text, Methods()); }

/// "role:a at policy.toml:2", or "none".
std::string Shown(const PolicyFile::SharedRule& rule) {
  return rule == nullptr ? "none" : Cat(rule->list.ToString(), " at ", rule->place);
}

TEST(PolicyFileTest, TheNarrowestNameCounts) {
  const auto file = Parse(
      "[methods]\n"
      "\"*\" = [\"everyone\"]\n"
      "\"shop.v1.ItemRepository.*\" = [\"role:a\", \"caller:jwt:bob\"]\n"
      "\"shop.v1.ItemRepository.Purge\" = []\n"
      "[features]\n"
      "\"*\" = [\"authenticated\"]\n"
      "debug = [\"role:ops\"]\n");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(Shown(file->OfMethod("shop.v1.ItemRepository.Purge")), "nobody at policy.toml:4");
  EXPECT_EQ(Shown(file->OfMethod("shop.v1.ItemRepository.Get")), "role:a, caller:jwt:bob at policy.toml:3");
  EXPECT_EQ(Shown(file->OfMethod("shop.v1.Items.Get")), "everyone at policy.toml:2");
  EXPECT_EQ(Shown(file->OfFeature(Feature::kDebug)), "role:ops at policy.toml:7");
  EXPECT_EQ(Shown(file->OfFeature(Feature::kRun)), "authenticated at policy.toml:6");
}

TEST(PolicyFileTest, WhatItDoesNotNameHasNoList) {
  const auto file = Parse("[methods]\n\"shop.v1.Items.Get\" = [\"everyone\"]\n");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(Shown(file->OfMethod("shop.v1.ItemRepository.Get")), "none");
  EXPECT_EQ(Shown(file->OfFeature(Feature::kReflection)), "none");
}

TEST(PolicyFileTest, MistakesAreRefusedWithTheirLine) {
  struct Case {
    std::string text;
    std::string problem;
  };
  for (const Case& c : std::vector<Case>{
           {"[methods\n", "1: is not TOML"},
           {"[methods]\n\"*\" = [\"everyone\"]\n\"*\" = []\n", "3: is not TOML"},
           {"[method]\n", "1: there is no table \"method\"; write [methods] and [features]"},
           {"methods = 1\n", "1: methods is no table; write [methods]"},
           {"[methods]\n\n\"shop.v1.ItemRepository.Gt\" = []\n",
            "3: the catalogue has no method \"shop.v1.ItemRepository.Gt\"; write package.Service.Method, "
            "package.Service.* or *"},
           {"[methods]\n\"shop.v1.*\" = []\n", "2: the catalogue has no method \"shop.v1.*\""},
           {"[methods]\n\"rowkeeper.v1.UnitOfWork.Run\" = []\n", "2: the catalogue has no method"},
           {"[methods]\nshop.v1.Items.Get = []\n", "2: \"shop\" is a table; write names with dots in quotes"},
           {"[methods]\n\"*\" = \"everyone\"\n", "2: \"*\" is no list of texts; write [\"role:NAME\"]"},
           {"[methods]\n\"*\" = [1]\n", "2: \"*\" is no list of texts"},
           {"[methods]\n\"*\" = [\"rol:a\"]\n", "2: \"rol:a\" is no principal; write role:NAME, caller:jwt:SUBJECT"},
           {"[features]\nunits = []\n", "2: there is no feature \"units\"; the features are units_of_work, all_units"},
           {"[features]\nrun = [\"caller:alice\"]\n",
            "2: \"caller:alice\" is no principal: a caller's name begins with"},
       }) {
    const auto file = Parse(c.text);
    ASSERT_FALSE(file.ok()) << c.text;
    EXPECT_THAT(std::string(file.status().message()), ::testing::StartsWith("--policy-file policy.toml:" + c.problem))
        << c.text;
  }
}

}  // namespace
}  // namespace rowkeeper::policy
