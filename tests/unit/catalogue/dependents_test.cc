#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "server/catalogue/catalogue.h"
#include "tests/unit/catalogue/mistakes.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kUuid[] = "type: COLUMN_TYPE_UUID";

std::string Reference(const std::string& entity, const std::string& action) {
  return " [(rowkeeper.v1.column) = {" + std::string(kUuid) + ", references: \"shop.v1." + entity +
         "\", on_delete: ON_DELETE_" + action + "}];\n";
}

constexpr char kGone[] =
    "optional google.protobuf.Timestamp deleted_at = 9 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];";
constexpr char kFlag[] = "bool is_deleted = 10 [(rowkeeper.v1.column).role = ROLE_DELETED_FLAG];";

std::vector<std::string> DependentsOf(const Catalogue& catalogue, const char* name) {
  std::vector<std::string> names;
  for (const Dependent& dependent : catalogue.FindEntity(name)->dependents) {
    names.push_back(dependent.entity->full_name + "." + dependent.entity->columns[dependent.column].name);
  }
  return names;
}

TEST(DependentsTest, EveryReferenceToAnEntityIsSeenFromThere) {
  const Compiled compiled = CompileText(
      ShopFile(EntityText("Part", "",
                          "string item_id = 2" + Reference("Item", "CASCADE") + "optional string spare_id = 3" +
                              Reference("Item", "SET_NULL") + "string shelf_id = 4" + Reference("Shelf", "RESTRICT")) +
               EntityText("Item", "", "optional string parent_id = 2" + Reference("Item", "CASCADE")) +
               EntityText("Shelf", "", "")));
  ASSERT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
  EXPECT_THAT(DependentsOf(*compiled.catalogue, "shop.v1.Item"),
              ElementsAre("shop.v1.Part.item_id", "shop.v1.Part.spare_id", "shop.v1.Item.parent_id"));
  EXPECT_THAT(DependentsOf(*compiled.catalogue, "shop.v1.Shelf"), ElementsAre("shop.v1.Part.shelf_id"));
  EXPECT_THAT(DependentsOf(*compiled.catalogue, "shop.v1.Part"), IsEmpty());
}

/// The warnings about an item under a parent that are deleted as their last lines say.
std::string WarningsOf(const std::string& item, const std::string& parent, const std::string& action = "CASCADE") {
  const Compiled compiled =
      CompileText(ShopFile(EntityText("Item", "", "string parent_id = 2" + Reference("Parent", action) + item) +
                           EntityText("Parent", "", parent)));
  EXPECT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
  return compiled.diagnostics;
}

TEST(DependentsTest, ACascadeWithoutTimesIsWarnedOf) {
  EXPECT_EQ(WarningsOf(kGone, kGone), "");
  EXPECT_EQ(WarningsOf("", kGone), "");
  EXPECT_EQ(WarningsOf(kFlag, ""), "");
  EXPECT_EQ(WarningsOf(kFlag, kGone, "RESTRICT"), "");
  EXPECT_EQ(WarningsOf(std::string(kGone) + kFlag, kGone), "");
  EXPECT_EQ(WarningsOf(kFlag, kGone),
            "shop.proto:6: warning: shop.v1.Item.parent_id: restoring a shop.v1.Parent restores all of its deleted "
            "shop.v1.Item rows, for shop.v1.Item does not keep when a row was deleted; add an optional Timestamp with "
            "ROLE_DELETED_AT to shop.v1.Item\n");
  EXPECT_EQ(
      WarningsOf(kGone, kFlag),
      "shop.proto:6: warning: shop.v1.Item.parent_id: restoring a shop.v1.Parent restores all of its deleted "
      "shop.v1.Item rows, for shop.v1.Parent does not keep when a row was deleted; add an optional Timestamp with "
      "ROLE_DELETED_AT to shop.v1.Parent\n");
}

}  // namespace
}  // namespace rowkeeper::catalogue
