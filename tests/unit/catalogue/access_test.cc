// Who may call and use what, as the annotations say it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/catalogue/catalogue.h"
#include "tests/unit/catalogue/mistakes.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

using policy::Feature;
using ::testing::ElementsAre;

constexpr char kMessages[] = "message GetRequest { string id = 1; }\n";

std::string Service(const std::string& options, const std::string& methods) {
  return "service ItemRepository {\n  option (rowkeeper.v1.repository) = {entity: \"shop.v1.Item\" " + options +
         "};\n" + methods + "}\n";
}

std::string Rpc(const std::string& name, const std::string& allow) {
  const std::string option = allow.empty() ? "" : "option (rowkeeper.v1.method) = {" + allow + "};";
  return "  rpc " + name + "(GetRequest) returns (Item) { " + option + " }\n";
}

policy::CataloguePolicy PolicyOf(const std::string& body) {
  const Compiled compiled = CompileText(ShopFile(body));
  EXPECT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
  return compiled.catalogue == nullptr ? policy::CataloguePolicy() : compiled.catalogue->policy();
}

/// "shop.v1.ItemRepository.GetById: role:a at shop.proto:9", or ": none".
std::vector<std::string> Shown(const policy::CataloguePolicy& policy) {
  std::vector<std::string> lines;
  for (const auto& [name, rule] : policy.methods) {
    lines.push_back(name + ": " + (rule.has_value() ? rule->list.ToString() + " at " + rule->place : "none"));
  }
  return lines;
}

TEST(AccessTest, AMethodsListStandsInPlaceOfItsRepositorys) {
  const auto policy = PolicyOf(kMessages + ItemText("") +
                               Service("allow: \"role:a\" allow: \"caller:jwt:bob\"",
                                       Rpc("GetById", "") + Rpc("Get", "allow: \"everyone\"") + Rpc("GetIt", "")));
  EXPECT_TRUE(policy.any());
  EXPECT_THAT(Shown(policy), ElementsAre("shop.v1.ItemRepository.GetById: role:a, caller:jwt:bob at shop.proto:8",
                                         "shop.v1.ItemRepository.Get: everyone at shop.proto:11",
                                         "shop.v1.ItemRepository.GetIt: role:a, caller:jwt:bob at shop.proto:8"));
}

TEST(AccessTest, AMethodOfARepositoryWithoutListHasNoneUnlessItSaysSo) {
  const auto policy =
      PolicyOf(kMessages + ItemText("") + Service("", Rpc("GetById", "") + Rpc("Get", "allow: \"authenticated\"")));
  EXPECT_TRUE(policy.any());
  EXPECT_THAT(Shown(policy), ElementsAre("shop.v1.ItemRepository.GetById: none",
                                         "shop.v1.ItemRepository.Get: authenticated at shop.proto:11"));
}

TEST(AccessTest, ACatalogueWithoutListsHasNothingToDecide) {
  EXPECT_FALSE(PolicyOf(kMessages + ItemText("") + Service("", Rpc("GetById", ""))).any());
}

TEST(AccessTest, EachFeatureHasItsOwnList) {
  const auto policy = PolicyOf(
      "option (rowkeeper.v1.access) = {units_of_work: \"role:a\" all_units: \"role:b\" run: \"role:c\"\n"
      "  idempotency_keys: \"role:d\" debug: [\"role:e\", \"role:f\"]};\n" +
      ItemText(""));
  EXPECT_TRUE(policy.any());
  const auto list_of = [&policy](Feature feature) {
    const auto& rule = policy.features[static_cast<size_t>(feature)];
    return rule.has_value() ? rule->list.ToString() : "none";
  };
  EXPECT_EQ(list_of(Feature::kUnitsOfWork), "role:a");
  EXPECT_EQ(list_of(Feature::kAllUnits), "role:b");
  EXPECT_EQ(list_of(Feature::kRun), "role:c");
  EXPECT_EQ(list_of(Feature::kIdempotencyKeys), "role:d");
  EXPECT_EQ(list_of(Feature::kDebug), "role:e, role:f");
  EXPECT_EQ(list_of(Feature::kReflection), "none");
}

TEST(AccessTest, TheListOfAFeatureIsInOneFile) {
  TemporaryProtos protos;
  const auto file = [&protos](const std::string& name, const std::string& body) {
    protos.Write(name, "syntax = \"proto3\"; package shop.v1; import \"rowkeeper/v1/annotations.proto\";\n" + body);
  };
  file("a.proto", "option (rowkeeper.v1.access) = {run: \"role:a\"};\n" + ItemText(""));
  file("b.proto", "option (rowkeeper.v1.access) = {debug: \"role:a\", run: \"role:b\"};\n");
  SourceOptions options;
  options.proto_paths = {protos.path()};
  const Compiled compiled = CompileSource(options);
  EXPECT_EQ(compiled.catalogue, nullptr);
  EXPECT_THAT(compiled.diagnostics,
              ::testing::HasSubstr("b.proto: (rowkeeper.v1.access).run is in a.proto too; write the list in one file, "
                                   "with all who may\n"));
}

TEST(AccessTest, ATextThatIsNoPrincipalIsRefusedWithItsPlace) {
  const std::string remedy =
      "; write role:NAME, caller:jwt:SUBJECT, caller:spiffe://DOMAIN/PATH, authenticated, anonymous or everyone";
  EXPECT_THAT(ErrorsOf(kMessages + ItemText("") + Service("allow: \"rol:a\"", Rpc("GetById", ""))),
              ElementsAre("shop.proto:8: shop.v1.ItemRepository: allow: \"rol:a\" is no principal" + remedy));
  EXPECT_THAT(
      ErrorsOf(kMessages + ItemText("") + Service("", Rpc("GetById", "allow: \"role:a\" allow: \"caller:alice\""))),
      ElementsAre("shop.proto:10: shop.v1.ItemRepository.GetById: allow: \"caller:alice\" is no principal: a "
                  "caller's name begins with jwt: or spiffe://" +
                  remedy));
  EXPECT_THAT(ErrorsOf("option (rowkeeper.v1.access) = {debug: \"ops\"};\n" + ItemText("")),
              ElementsAre("shop.proto: (rowkeeper.v1.access).debug: \"ops\" is no principal" + remedy));
}

}  // namespace
}  // namespace rowkeeper::catalogue
