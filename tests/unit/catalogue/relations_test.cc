#include "server/catalogue/relations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "tests/unit/catalogue/mistakes.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

using ::testing::ElementsAre;

/// A field that holds the key of `entity`.
std::string Reference(const std::string& field, const std::string& entity) {
  return absl::StrCat("string ", field, " [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: \"shop.v1.",
                      entity, "\"}];");
}

class RelationsTest : public ::testing::Test {
 protected:
  const Entity& Compile(const std::string& body) {
    compiled_ = CompileText(ShopFile(body));
    if (compiled_.catalogue == nullptr) throw std::runtime_error(compiled_.diagnostics);
    return *compiled_.catalogue->FindEntity("shop.v1.Item");
  }

  /// "children: many shop.v1.Item.parent_id by name, id limit 5": how a relation's rows are found.
  static std::string Text(const Relation& relation) {
    std::string text = absl::StrCat(relation.field->name(), relation.to_many ? ": many " : ": one ");
    const auto field = [](const Entity& entity, int column) { return entity.columns[column].field->full_name(); };
    switch (relation.kind) {
      case Relation::Kind::kReference:
        return absl::StrCat(text, "of own ", relation.column, " to ", relation.target->full_name);
      case Relation::Kind::kInverse:
        absl::StrAppend(&text, field(*relation.target, relation.target_column));
        break;
      case Relation::Kind::kThrough:
        absl::StrAppend(&text, field(*relation.through, relation.through_column), " ",
                        field(*relation.through, relation.through_target_column));
        break;
    }
    if (!relation.to_many) return text;
    absl::StrAppend(&text, " by");
    for (const OrderTerm& term : relation.order) {
      absl::StrAppend(&text, " ", relation.target->columns[term.column].field->name(), term.descending ? " desc" : "",
                      term.nulls_moved ? " moved" : "");
    }
    return absl::StrCat(text, " limit ", relation.limit, relation.filter.empty() ? "" : " where ", relation.filter);
  }

  static std::vector<std::string> Texts(const Entity& entity) {
    std::vector<std::string> texts;
    for (const Relation& relation : entity.relations) texts.push_back(Text(relation));
    return texts;
  }

  Compiled compiled_;
};

TEST_F(RelationsTest, ToOneIsFoundByTheOnlyReferenceOrTheOneOfItsName) {
  const Entity& item = Compile(EntityText("Owner", "", "") +
                               ItemText(Reference("owner_id = 2", "Owner") + Reference("maker_id = 3", "Owner") +
                                        Reference("twin_id = 4", "Item") +
                                        "Owner owner = 10; Owner seller = 11 [(rowkeeper.v1.relation).field = "
                                        "\"maker_id\"]; Item double = 12;"));
  EXPECT_THAT(Texts(item), ElementsAre("owner: one of own 1 to shop.v1.Owner", "seller: one of own 2 to shop.v1.Owner",
                                       "double: one of own 3 to shop.v1.Item"));
}

TEST_F(RelationsTest, ARelationIsNoColumn) {
  const Entity& item =
      Compile(ItemText("string name = 2; repeated Item children = 3; " + Reference("up_id = 4", "Item")));
  EXPECT_EQ(item.columns.size(), 3u);
  EXPECT_EQ(item.FindField("children"), nullptr);
  EXPECT_NE(item.FindRelation("children"), nullptr);
  EXPECT_EQ(item.FindRelation("name"), nullptr);
}

TEST_F(RelationsTest, ToManyIsFoundByTheOnlyReferenceOfTheOtherAndHasItsOrderAndAHundredRows) {
  const Entity& item = Compile(
      EntityText("Part", "default_order_by: \"name desc\"", "string name = 2; " + Reference("item_id = 3", "Item")) +
      ItemText("repeated Part parts = 2;"));
  EXPECT_THAT(Texts(item), ElementsAre("parts: many shop.v1.Part.item_id by name desc id desc limit 100"));
}

TEST_F(RelationsTest, ToManyHasItsOwnOrderFilterAndLimit) {
  const Entity& item =
      Compile(EntityText("Part", "", "optional string name = 2; int32 place = 4; " + Reference("item_id = 3", "Item")) +
              ItemText("repeated Part parts = 2 [(rowkeeper.v1.relation) = {order_by: \"place, name DESC nulls last\", "
                       "filter: \"place > 1\", limit: 5}];"));
  EXPECT_THAT(Texts(item),
              ElementsAre("parts: many shop.v1.Part.item_id by place name desc moved id desc limit 5 where place > 1"));
}

TEST_F(RelationsTest, NullsOfAColumnWithoutNullsAreNotMoved) {
  const Entity& item =
      Compile(EntityText("Part", "", "int32 place = 4; " + Reference("item_id = 3", "Item")) +
              ItemText("repeated Part parts = 2 [(rowkeeper.v1.relation).order_by = \"place nulls first\"];"));
  EXPECT_THAT(Texts(item), ElementsAre("parts: many shop.v1.Part.item_id by place id limit 100"));
}

TEST_F(RelationsTest, SelfReferenceGivesParentAndChildren) {
  const Entity& item = Compile(
      ItemText("optional " + Reference("parent_id = 2", "Item") + "Item parent = 3; repeated Item children = 4;"));
  EXPECT_THAT(Texts(item), ElementsAre("parent: one of own 1 to shop.v1.Item",
                                       "children: many shop.v1.Item.parent_id by id limit 100"));
}

TEST_F(RelationsTest, AUniqueReferenceOfTheOtherIsToOne) {
  const Entity& item = Compile(EntityText("Label", "",
                                          "string item_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, "
                                          "references: \"shop.v1.Item\", unique: true}];") +
                               ItemText("Label label = 2;"));
  EXPECT_THAT(Texts(item), ElementsAre("label: one shop.v1.Label.item_id"));
}

TEST_F(RelationsTest, AKeyThatIsAReferenceIsToOneToo) {
  const Entity& item = Compile(
      "message Extra { option (rowkeeper.v1.entity) = {}; string item_id = 1 [(rowkeeper.v1.column) = {type: "
      "COLUMN_TYPE_UUID, primary_key: true, references: \"shop.v1.Item\"}]; }\n" +
      ItemText("Extra extra = 2 [(rowkeeper.v1.relation).inverse_field = \"item_id\"];"));
  EXPECT_THAT(Texts(item), ElementsAre("extra: one shop.v1.Extra.item_id"));
}

TEST_F(RelationsTest, JoinEntityIsFoundByItsReferences) {
  const Entity& item =
      Compile(EntityText("Tag", "", "") +
              EntityText("ItemTag", "", Reference("item_id = 2", "Item") + Reference("tag_id = 3", "Tag")) +
              ItemText("repeated Tag tags = 2 [(rowkeeper.v1.relation).through = \"shop.v1.ItemTag\"];"));
  EXPECT_THAT(Texts(item), ElementsAre("tags: many shop.v1.ItemTag.item_id shop.v1.ItemTag.tag_id by id limit 100"));
}

TEST_F(RelationsTest, JoinEntityOfAnEntityWithItselfNeedsItsFieldsNamed) {
  const Entity& item = Compile(
      EntityText("Link", "", Reference("from_id = 2", "Item") + Reference("to_id = 3", "Item")) +
      ItemText("repeated Item linked = 2 [(rowkeeper.v1.relation) = {through: \".shop.v1.Link\", inverse_field: "
               "\"to_id\", through_field: \"from_id\"}];"));
  EXPECT_THAT(Texts(item), ElementsAre("linked: many shop.v1.Link.to_id shop.v1.Link.from_id by id limit 100"));
}

}  // namespace
}  // namespace rowkeeper::catalogue
