// Who may read and write which fields, as the annotations say it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/catalogue/catalogue.h"
#include "tests/unit/catalogue/mistakes.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

using ::testing::ElementsAre;

/// "shop.v1.Item.cost: role:a at shop.proto:9, none": readers, writers.
std::vector<std::string> ListsIn(const std::string& body) {
  const Compiled compiled = CompileText(ShopFile(body));
  EXPECT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
  if (compiled.catalogue == nullptr) return {};
  const auto shown = [](const policy::SharedRule& rule) {
    return rule == nullptr ? "none" : rule->list.ToString() + " at " + rule->place;
  };
  std::vector<std::string> lines;
  for (const policy::FieldLists& field : compiled.catalogue->policy().fields) {
    lines.push_back(field.name + ": " + shown(field.read) + ", " + shown(field.write));
  }
  return lines;
}

TEST(FieldListsTest, AreBesideTheColumn) {
  EXPECT_THAT(ListsIn(ItemText(R"(
  string cost = 2 [(rowkeeper.v1.column) = {read: ["role:hr", "caller:jwt:bob"], write: "role:boss"}];
  string name = 3 [(rowkeeper.v1.column).write = "authenticated"];)")),
              ElementsAre("shop.v1.Item.id: none, none",
                          "shop.v1.Item.cost: role:hr, caller:jwt:bob at shop.proto:7, role:boss at shop.proto:7",
                          "shop.v1.Item.name: none, authenticated at shop.proto:8"));
}

TEST(FieldListsTest, CloseNothingElse) {
  const Compiled compiled =
      CompileText(ShopFile(ItemText(R"(string cost = 2 [(rowkeeper.v1.column).read = "role:hr"];)")));
  ASSERT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
  EXPECT_FALSE(compiled.catalogue->policy().any());
  EXPECT_TRUE(compiled.catalogue->policy().any_of_fields());
}

INSTANTIATE_TEST_SUITE_P(
    FieldLists, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"NoPrincipal",
         ItemText(R"(string cost = 2 [(rowkeeper.v1.column).read = "hr"];)"),
         {"shop.proto:6: shop.v1.Item.cost: read: \"hr\" is no principal; write role:NAME, caller:jwt:SUBJECT, "
          "caller:spiffe://DOMAIN/PATH, authenticated, anonymous or everyone"}},
        {"ReadersOfTheKey",
         KeyedText(R"(string id = 1 [(rowkeeper.v1.column) = {primary_key: true, read: "role:a"}];)"),
         {"shop.proto:5: shop.v1.Item.id: the field can have no list for `read`: it is of the key, by which rows are "
          "named; remove the list"}},
        {"WritersOfTheKey",
         KeyedText(R"(string id = 1 [(rowkeeper.v1.column) = {primary_key: true, write: "role:a"}];)"),
         {"shop.proto:5: shop.v1.Item.id: the field can have no list for `write`: it is of the key, by which rows are "
          "named; remove the list"}},
        {"ReadersOfTheVersion",
         ItemText(R"(int64 version = 2 [(rowkeeper.v1.column) = {role: ROLE_VERSION, read: "role:a"}];)"),
         {"shop.proto:6: shop.v1.Item.version: the field can have no list for `read`: callers send the version of the "
          "row that they change; remove the list"}},
        {"WritersOfWhatTheDatabaseWrites",
         ItemText(R"(string cost = 2 [(rowkeeper.v1.column) = {output_only: true, write: "role:a"}];)"),
         {"shop.proto:6: shop.v1.Item.cost: the field can have no list for `write`: callers never write it; remove the "
          "list"}},
        {"ReadersOfDeletedAt",
         ItemText(
             R"(optional google.protobuf.Timestamp gone = 2 [(rowkeeper.v1.column) = {role: ROLE_DELETED_AT, read: "role:a"}];)"),
         {"shop.proto:6: shop.v1.Item.gone: the field can have no list for `read`: requests and answers show which "
          "rows "
          "are deleted; remove the list"}},
    }),
    MistakeName);

std::string WarningsIn(const std::string& body) { return CompileText(ShopFile(body)).diagnostics; }

TEST(FieldListsTest, WarnOfWhatGivesAValueAway) {
  EXPECT_THAT(WarningsIn(ItemText(R"(string badge = 2 [(rowkeeper.v1.column) = {unique: true, read: "role:hr"}];)")),
              ::testing::HasSubstr("whoever may write it is told whether another row has a value"));
  EXPECT_EQ(WarningsIn(ItemText(
                R"(string badge = 2 [(rowkeeper.v1.column) = {unique: true, read: "role:hr", write: "role:hr"}];)")),
            "");
}

}  // namespace
}  // namespace rowkeeper::catalogue
