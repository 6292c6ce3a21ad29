#include <gtest/gtest.h>

#include "tests/unit/catalogue/mistakes.h"

namespace rowkeeper::catalogue {
namespace {

constexpr char kOwnerId[] =
    "string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: \"shop.v1.Owner\"}];";
constexpr char kMakerId[] =
    "string maker_id = 3 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: \"shop.v1.Owner\"}];";
constexpr char kItemId[] =
    "string item_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: \"shop.v1.Item\"}];";

/// An Owner without anything, then an Item with `field` on line 11, after a reference to the owner.
std::string WithOwner(const std::string& field) {
  return EntityText("Owner", "", "") + ItemText(std::string(kOwnerId) + "\n  " + field);
}

/// A Part that references the item, then an Item with `field` on line 11.
std::string WithPart(const std::string& field) {
  return EntityText("Part", "", std::string(kItemId) + " repeated string names = 3;") + ItemText(field);
}

INSTANTIATE_TEST_SUITE_P(
    Relations, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"ColumnOption",
         WithOwner("Owner owner = 10 [(rowkeeper.v1.column).name = \"boss\"];"),
         {"shop.proto:11: shop.v1.Item.owner: the field holds rows of shop.v1.Owner, so (rowkeeper.v1.column) has no "
          "effect; remove it, or write (rowkeeper.v1.relation)"}},
        {"RelationOptionOnAColumn",
         ItemText("string name = 2 [(rowkeeper.v1.relation).limit = 3];"),
         {"shop.proto:6: shop.v1.Item.name: (rowkeeper.v1.relation) is for fields that hold an entity; remove it, or "
          "change the field's type"}},
        {"RelationOptionOutsideAnEntity",
         "message Box { string name = 1 [(rowkeeper.v1.relation).limit = 3]; }\n" + ItemText(""),
         {"shop.proto:3: shop.v1.Box.name: (rowkeeper.v1.relation) has no effect in a message that is not an entity; "
          "add `option (rowkeeper.v1.entity) = {};` to the message, or remove the option"}},
        {"MemberOfAOneof",
         WithOwner("oneof who { Owner owner = 10; string other = 11; }"),
         {"shop.proto:11: shop.v1.Item.owner: a relation cannot be a member of a oneof; move the field out of the "
          "oneof"}},
        {"NoReference",
         EntityText("Owner", "", "") + ItemText("Owner owner = 2;"),
         {"shop.proto:10: shop.v1.Item.owner: no field of shop.v1.Item references shop.v1.Owner; add one with "
          "`references: \"shop.v1.Owner\"`, or write `repeated` if rows of that entity reference this one"}},
        {"NoReferenceOfTheOther",
         EntityText("Owner", "", "") + ItemText("repeated Owner owners = 2;"),
         {"shop.proto:10: shop.v1.Item.owners: no field of shop.v1.Owner references shop.v1.Item; add one with "
          "`references: \"shop.v1.Item\"`"}},
        {"SeveralReferences",
         EntityText("Owner", "", "") + ItemText(std::string(kOwnerId) + std::string(kMakerId) + "\n  Owner boss = 10;"),
         {"shop.proto:11: shop.v1.Item.boss: several fields of shop.v1.Item reference shop.v1.Owner; name one of them "
          "as `field`: owner_id, maker_id"}},
        {"SeveralReferencesOfTheOther",
         EntityText("Owner", "", "repeated Item items = 2;") + ItemText(std::string(kOwnerId) + std::string(kMakerId)),
         {"shop.proto:6: shop.v1.Owner.items: several fields of shop.v1.Item reference shop.v1.Owner; name one of them "
          "as `inverse_field`: owner_id, maker_id"}},
        {"FieldThatIsNoReference",
         WithOwner("Owner owner = 10 [(rowkeeper.v1.relation).field = \"id\"];"),
         {"shop.proto:11: shop.v1.Item.owner: `field` names \"id\", which is no field of shop.v1.Item that references "
          "shop.v1.Owner; write owner_id"}},
        {"InverseFieldThatDoesNotExist",
         WithPart("repeated Part parts = 10 [(rowkeeper.v1.relation).inverse_field = \"itm\"];"),
         {"shop.proto:11: shop.v1.Item.parts: `inverse_field` names \"itm\", which is no field of shop.v1.Part that "
          "references shop.v1.Item; write item_id"}},
        {"InverseFieldThatIsNotUnique",
         WithPart("Part part = 10 [(rowkeeper.v1.relation).inverse_field = \"item_id\"];"),
         {"shop.proto:11: shop.v1.Item.part: several rows of shop.v1.Part can have the same item_id; write `repeated`, "
          "or make item_id unique"}},
        {"FieldOfARepeatedRelation",
         WithPart("repeated Part parts = 10 [(rowkeeper.v1.relation).field = \"id\"];"),
         {"shop.proto:11: shop.v1.Item.parts: `field` is for fields that are not repeated; the rows of a repeated one "
          "hold this entity's key; remove `field`"}},
        {"FieldAndInverseField",
         WithOwner("Owner owner = 10 [(rowkeeper.v1.relation) = {field: \"owner_id\", inverse_field: \"id\"}];"),
         {"shop.proto:11: shop.v1.Item.owner: `inverse_field` says that the other row holds the key, and `field` that "
          "this one does; remove `inverse_field`"}},
        {"ListOptionsOfAToOne",
         WithOwner("Owner owner = 10 [(rowkeeper.v1.relation) = {order_by: \"id\", filter: \"id = 1\", limit: 2}];"),
         {"shop.proto:11: shop.v1.Item.owner: `order_by` is for repeated fields only; remove `order_by`",
          "shop.proto:11: shop.v1.Item.owner: `filter` is for repeated fields only; remove `filter`",
          "shop.proto:11: shop.v1.Item.owner: `limit` is for repeated fields only; remove `limit`"}},
        {"ThroughOfAToOne",
         WithOwner("Owner owner = 10 [(rowkeeper.v1.relation).through = \"shop.v1.Owner\"];"),
         {"shop.proto:11: shop.v1.Item.owner: `through` is for repeated fields only; remove `through`"}},
        {"ThroughFieldWithoutThrough",
         WithPart("repeated Part parts = 10 [(rowkeeper.v1.relation).through_field = \"item_id\"];"),
         {"shop.proto:11: shop.v1.Item.parts: `through_field` needs `through`; remove `through_field`"}},
        {"ThroughWhatIsNoEntity",
         WithPart("repeated Part parts = 10 [(rowkeeper.v1.relation).through = \"Part\"];"),
         {"shop.proto:11: shop.v1.Item.parts: `through` names \"Part\", which is not an entity; write "
          "\"shop.v1.Part\""}},
        {"ThroughWithoutReferenceToTheOther",
         WithPart("repeated Part parts = 10 [(rowkeeper.v1.relation).through = \"shop.v1.Part\"];"),
         {"shop.proto:11: shop.v1.Item.parts: no field of shop.v1.Part references shop.v1.Part; add one with "
          "`references: \"shop.v1.Part\"`"}},
        {"ThroughTheSameFieldTwice",
         EntityText("Link", "", std::string(kItemId)) +
             ItemText("repeated Item linked = 10 [(rowkeeper.v1.relation).through = \"shop.v1.Link\"];"),
         {"shop.proto:11: shop.v1.Item.linked: the same field of shop.v1.Link cannot hold both keys; name two of "
          "item_id as inverse_field and through_field"}},
        {"LimitTooLarge",
         WithPart("repeated Part parts = 10 [(rowkeeper.v1.relation).limit = 1001];"),
         {"shop.proto:11: shop.v1.Item.parts: limit 1001 is out of range; write 1 to 1000, or nothing for 100"}},
        {"LimitNegative",
         WithPart("repeated Part parts = 10 [(rowkeeper.v1.relation).limit = -1];"),
         {"shop.proto:11: shop.v1.Item.parts: limit -1 is out of range; write 1 to 1000, or nothing for 100"}},
        {"OrderByUnknownField",
         WithPart("repeated Part parts = 10 [(rowkeeper.v1.relation).order_by = \"size desc\"];"),
         {"shop.proto:11: shop.v1.Item.parts: order_by names \"size\", which is no field of shop.v1.Part; write one of "
          "id, item_id"}},
        {"OrderByWhatHasNoOrder",
         WithPart("repeated Part parts = 10 [(rowkeeper.v1.relation).order_by = \"names\"];"),
         {"shop.proto:11: shop.v1.Item.parts: order_by names \"names\", which has no order, of shop.v1.Part; write one "
          "of id, item_id"}},
        {"OrderByTwice",
         WithPart("repeated Part parts = 10 [(rowkeeper.v1.relation).order_by = \"id, id desc\"];"),
         {"shop.proto:11: shop.v1.Item.parts: order_by names \"id\" twice; name it once"}},
        {"OrderByNonsense",
         WithPart("repeated Part parts = 10 [(rowkeeper.v1.relation).order_by = \"id; DROP TABLE parts\"];"),
         {"shop.proto:11: shop.v1.Item.parts: order_by has \"id; DROP TABLE parts\", which is no order; write fields, "
          "separated by commas, each with ` desc` and ` nulls first` or ` nulls last` behind it where wanted"}},
        {"DefaultOrderByARelation",
         EntityText("Owner", "", "") +
             EntityText("Item", "default_order_by: \"owner\"", std::string(kOwnerId) + " Owner owner = 10;"),
         {"shop.proto:7: shop.v1.Item: default_order_by names the field \"owner\", which is a relation and no column; "
          "write one of id, owner_id"}},
    }),
    MistakeName);

}  // namespace
}  // namespace rowkeeper::catalogue
