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

const std::vector<FieldLists>& Fields() {
  static const auto* const fields =
      new std::vector<FieldLists>{{"shop.v1.Item.id", 0, nullptr, nullptr, "it is of the key", "it is of the key"},
                                  {"shop.v1.Item.cost", 0, nullptr, nullptr, "", ""},
                                  {"shop.v1.Item.name", 0, nullptr, nullptr, "", ""},
                                  {"shop.v1.Order.note", 1, nullptr, nullptr, "", ""}};
  return *fields;
}

absl::StatusOr<PolicyFile> Parse(const std::string& text) {
  return PolicyFile::Parse("policy.toml", text, {Methods(), Fields()});
}

/// "role:a at policy.toml:2", or "none".
std::string Shown(const SharedRule& rule) {
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
           {"[method]\n", "1: there is no table \"method\"; write [methods], [features] and [fields]"},
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
           {"[fields]\n\"shop.v1.Item.prize\" = {read = []}\n",
            "2: the catalogue has no field \"shop.v1.Item.prize\"; write package.Entity.field in quotes"},
           {"[fields]\n\"shop.v1.*\" = {read = []}\n", "2: the catalogue has no field \"shop.v1.*\""},
           {"[fields]\n\"shop.v1.Item.cost\" = [\"role:a\"]\n",
            "2: \"shop.v1.Item.cost\" has no lists; write {read = [\"role:NAME\"], write = []}"},
           {"[fields]\n\"shop.v1.Item.cost\" = {see = []}\n", "2: \"see\" is no list of a field; write read or write"},
           {"[fields]\n\"shop.v1.Item.cost\" = {read = \"role:a\"}\n", "2: \"shop.v1.Item.cost\" is no list of texts"},
           {"[fields]\n\"shop.v1.Item.id\" = {read = []}\n",
            "2: \"shop.v1.Item.id\" can have no list for read: it is of the key"},
       }) {
    const auto file = Parse(c.text);
    ASSERT_FALSE(file.ok()) << c.text;
    EXPECT_THAT(std::string(file.status().message()), ::testing::StartsWith("--policy-file policy.toml:" + c.problem))
        << c.text;
  }
}

}  // namespace
}  // namespace rowkeeper::policy
