#include "server/catalogue/entity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "tests/unit/catalogue/mistakes.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const char kDeletedAt[] =
    "optional google.protobuf.Timestamp deleted_at = 90 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];\n";

class EntityTest : public ::testing::Test {
 protected:
  const Entity& Compile(const std::string& body) {
    compiled_ = CompileText(ShopFile(body));
    if (compiled_.catalogue == nullptr) throw std::runtime_error(compiled_.diagnostics);
    return *compiled_.catalogue->FindEntity("shop.v1.Item");
  }

  static std::vector<std::string> IndexesOf(const Entity& entity) {
    std::vector<std::string> texts;
    for (const Index& index : entity.indexes) {
      std::string text = absl::StrCat(index.name, " ", index.method, index.unique ? " unique" : "");
      for (const IndexTerm& term : index.terms) {
        absl::StrAppend(&text, " ", entity.columns[term.column].name, term.descending ? " desc" : "");
      }
      absl::StrAppend(&text, index.live_only ? " live" : "", index.where.empty() ? "" : " where ", index.where);
      texts.push_back(text);
    }
    return texts;
  }

  static std::vector<std::string> UniqueKeysOf(const Entity& entity) {
    std::vector<std::string> texts;
    for (const UniqueKey& key : entity.unique_keys) {
      std::string text = key.name;
      for (const int column : key.columns) absl::StrAppend(&text, " ", entity.columns[column].name);
      texts.push_back(absl::StrCat(text, key.live_only ? " live" : ""));
    }
    return texts;
  }

  static std::vector<std::string> OrderOf(const Entity& entity) {
    std::vector<std::string> texts;
    for (const OrderTerm& term : entity.default_order) {
      texts.push_back(absl::StrCat(entity.columns[term.column].name, term.descending ? " desc" : ""));
    }
    return texts;
  }

  Compiled compiled_;
};

TEST_F(EntityTest, SingleKeysAreFilledByTheDatabase) {
  const auto default_of = [&](const std::string& key) {
    return Compile(KeyedText(absl::StrCat(key, " [(rowkeeper.v1.column).primary_key = true];")))
        .columns[0]
        .default_kind;
  };
  EXPECT_EQ(Compile(ItemText("")).columns[0].default_kind, DefaultKind::kUuid);
  EXPECT_EQ(default_of("int32 id = 1"), DefaultKind::kIdentity);
  EXPECT_EQ(default_of("int64 id = 1"), DefaultKind::kIdentity);
  EXPECT_EQ(default_of("uint32 id = 1"), DefaultKind::kIdentity);
  EXPECT_EQ(default_of("uint64 id = 1"), DefaultKind::kNone);
  EXPECT_EQ(default_of("string id = 1"), DefaultKind::kNone);
}

TEST_F(EntityTest, CompositeAndReferencingKeysAreGiven) {
  const Entity& item =
      Compile(EntityText("Person", "", "") +
              KeyedText("string person_id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true, "
                        "references: \"shop.v1.Person\"}];"));
  EXPECT_EQ(item.columns[0].default_kind, DefaultKind::kNone);
  EXPECT_THAT(item.indexes, IsEmpty());
  const Entity& pair =
      Compile(KeyedText("int64 a_id = 1 [(rowkeeper.v1.column).primary_key = true];\n"
                        "int64 b_id = 2 [(rowkeeper.v1.column).primary_key = true];"));
  EXPECT_THAT(pair.key, ElementsAre(0, 1));
  EXPECT_EQ(pair.columns[0].default_kind, DefaultKind::kNone);
  EXPECT_THAT(OrderOf(pair), ElementsAre("a_id", "b_id"));
}

TEST_F(EntityTest, AnInternalIdMakesTheKeyUnique) {
  const Entity& item = Compile(EntityText("Item", "internal_id: \"row_id\"", kDeletedAt));
  EXPECT_EQ(item.internal_id, "row_id");
  EXPECT_EQ(item.primary_key_name, "pk_items");
  EXPECT_THAT(UniqueKeysOf(item), ElementsAre("uq_items_id id"));
  EXPECT_THAT(item.key, ElementsAre(0));
}

TEST_F(EntityTest, SelfReferencesAndCyclesAreFine) {
  const Entity& item =
      Compile(EntityText("Other", "",
                         "optional string item_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "
                         "\"shop.v1.Item\"}];") +
              ItemText("optional string parent_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "
                       "\"shop.v1.Item\", on_delete: ON_DELETE_SET_NULL}];\n"
                       "string other_id = 3 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "
                       "\".shop.v1.Other\", on_delete: ON_DELETE_CASCADE}];"));
  EXPECT_EQ(item.FindField("parent_id")->reference->entity, &item);
  EXPECT_EQ(item.FindField("parent_id")->reference->on_delete, OnDelete::kSetNull);
  EXPECT_EQ(item.FindField("parent_id")->reference->constraint, "fk_items_parent_id_items");
  EXPECT_EQ(item.FindField("other_id")->reference->on_delete, OnDelete::kCascade);
  EXPECT_THAT(IndexesOf(item), ElementsAre("ix_items_parent_id btree parent_id", "ix_items_other_id btree other_id"));
}

TEST_F(EntityTest, AForeignKeyIsIndexedUnlessAnIndexLeadsWithIt) {
  const std::string owner =
      "string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: \"shop.v1.Item\"}];\n"
      "string name = 3;\n";
  const auto indexes = [&](const std::string& options) {
    return IndexesOf(Compile(EntityText("Item", options, owner)));
  };
  EXPECT_THAT(indexes(""), ElementsAre("ix_items_owner_id btree owner_id"));
  EXPECT_THAT(indexes("indexes: [{fields: [\"owner_id\", \"name\"]}]"),
              ElementsAre("ix_items_owner_id_name btree owner_id name"));
  EXPECT_THAT(indexes("unique_keys: [{fields: [\"owner_id\", \"name\"]}]"), IsEmpty());
  EXPECT_THAT(indexes("indexes: [{fields: [\"owner_id\"], where: \"name <> ''\", name: \"i\"}]"),
              ElementsAre("i btree owner_id where name <> ''", "ix_items_owner_id btree owner_id"));
}

TEST_F(EntityTest, AForeignKeyOfASoftDeletableEntityIsIndexedForAllRows) {
  const std::string owner = absl::StrCat(
      "string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "
      "\"shop.v1.Item\"}];\nstring name = 3;\n",
      kDeletedAt);
  const auto indexes = [&](const std::string& options) {
    return IndexesOf(Compile(EntityText("Item", options, owner)));
  };
  const std::string full = "ix_items_owner_id btree owner_id";
  EXPECT_THAT(indexes(""), ElementsAre(full));
  EXPECT_THAT(indexes("indexes: [{fields: [\"owner_id\", \"name\"]}]"),
              ElementsAre("ix_items_owner_id_name btree owner_id name live", full));
  EXPECT_THAT(indexes("unique_keys: [{fields: [\"owner_id\", \"name\"]}]"), ElementsAre(full));
  EXPECT_THAT(indexes("unique_keys: [{fields: [\"owner_id\"]}]"), ElementsAre(full));
  EXPECT_THAT(indexes("indexes: [{fields: [\"owner_id\", \"name\"], include_deleted: true}]"),
              ElementsAre("ix_items_owner_id_name btree owner_id name"));
  EXPECT_THAT(indexes("indexes: [{fields: [\"owner_id\"]}]"), ElementsAre(full + " live")) << "as it was declared";
}

TEST_F(EntityTest, IndexesOfSoftDeletableEntitiesHoldLiveRowsUnlessDeclared) {
  const std::string fields = absl::StrCat("string name = 2 [(rowkeeper.v1.column).unique = true];\nstring slug = 3;\n",
                                          "repeated string tags = 4;\n", kDeletedAt);
  const Entity& item = Compile(EntityText("Item",
                                          "indexes: [{fields: [\"slug desc\"]},"
                                          "{fields: [\"slug\", \"name\"], include_deleted: true},"
                                          "{fields: [\"name\", \"slug\"], where: \"slug > 'a'\"},"
                                          "{fields: [\"tags\"], method: \"GIN\"},"
                                          "{fields: [\"slug\"], unique: true, include_deleted: true, name: \"u\"},"
                                          "{fields: [\"name desc\"], unique: true, name: \"v\"}]"
                                          "unique_keys: [{fields: [\"slug\", \"name\"], name: \"w\"}]",
                                          fields));
  EXPECT_THAT(IndexesOf(item), ElementsAre("ix_items_slug btree slug desc live", "ix_items_slug_name btree slug name",
                                           "ix_items_name_slug btree name slug where slug > 'a'",
                                           "ix_items_tags gin tags live", "v btree unique name desc live"));
  EXPECT_THAT(UniqueKeysOf(item), ElementsAre("uq_items_name name live", "w slug name live", "u slug"));
}

TEST_F(EntityTest, SoftDeletionIsByTimeOrFlag) {
  EXPECT_FALSE(Compile(ItemText("")).soft_deletable());
  EXPECT_TRUE(Compile(ItemText(kDeletedAt)).soft_deletable());
  const Entity& flagged = Compile(ItemText("bool is_deleted = 2 [(rowkeeper.v1.column).role = ROLE_DELETED_FLAG];"));
  EXPECT_TRUE(flagged.soft_deletable());
  EXPECT_EQ(flagged.deleted_flag, 1);
}

TEST_F(EntityTest, TheDefaultOrderEndsInTheKey) {
  const std::string fields =
      "int32 position = 2;\n"
      "google.protobuf.Timestamp created_at = 3 [(rowkeeper.v1.column).role = ROLE_CREATED_AT];";
  const auto order = [&](const std::string& text) {
    return OrderOf(Compile(EntityText("Item", text.empty() ? "" : "default_order_by: \"" + text + "\"", fields)));
  };
  EXPECT_THAT(order(""), ElementsAre("created_at desc", "id desc"));
  EXPECT_THAT(order("position, created_at desc"), ElementsAre("position", "created_at desc", "id desc"));
  EXPECT_THAT(order("position ASC"), ElementsAre("position", "id"));
  EXPECT_THAT(order("id desc, position"), ElementsAre("id desc", "position"));
}

TEST_F(EntityTest, NamesMayBeChosen) {
  const Entity& item = Compile(EntityText("Item", "table: \"Order\" schema: \"app\"",
                                          "string name = 2 [(rowkeeper.v1.column).name = \"select\"];"));
  EXPECT_EQ(item.table, "Order");
  EXPECT_EQ(item.schema, "app");
  EXPECT_EQ(item.primary_key_name, "pk_Order");
  EXPECT_EQ(item.FindField("name")->name, "select");
  EXPECT_EQ(item.IndexOf(*item.FindField("name")), 1);
  EXPECT_EQ(item.FindField("select"), nullptr);
}

TEST_F(EntityTest, TheSuffixedPresetNamesEverything) {
  const Entity& item = Compile(
      "option (rowkeeper.v1.conventions) = {constraint_names: CONSTRAINT_NAMES_SUFFIXED, table_names: "
      "TABLE_NAMES_SINGULAR, table_prefix: \"app_\"};\n" +
      ItemText("uint32 count = 2;\nstring code = 3 [(rowkeeper.v1.column).unique = true];\n"
               "string item_id = 4 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: \"shop.v1.Item\"}];"));
  EXPECT_EQ(item.table, "app_item");
  EXPECT_EQ(item.primary_key_name, "app_item_pkey");
  EXPECT_EQ(item.checks.at(0).name, "app_item_count_check");
  EXPECT_EQ(item.FindField("item_id")->reference->constraint, "app_item_item_id_fkey");
  EXPECT_THAT(UniqueKeysOf(item), ElementsAre("app_item_code_key code"));
  EXPECT_THAT(IndexesOf(item), ElementsAre("app_item_item_id_idx btree item_id"));
}

TEST_F(EntityTest, NestedMessagesCanBeEntities) {
  Compile(ItemText("") + "message Outer {\n" + EntityText("Inner", "", "") + "}\n");
  EXPECT_EQ(compiled_.catalogue->FindEntity("shop.v1.Outer.Inner")->table, "inners");
}

TEST(MistakesTest, AllAreReportedAtOnceInOrderOfLines) {
  EXPECT_THAT(
      ErrorsOf(EntityText("Z", "", "google.protobuf.Any a = 2;\nint32 b = 3 [(rowkeeper.v1.column).max_length = 1];") +
               KeyedText("string name = 2;") + RepositoryText("shop.v1.Y", "")),
      ElementsAre("shop.proto:6: shop.v1.Z.a: a google.protobuf.Any cannot be stored; write the message's own "
                  "type, or google.protobuf.Struct",
                  "shop.proto:7: shop.v1.Z.b: max_length does not fit an int32 field; remove max_length",
                  "shop.proto:9: shop.v1.Item: the entity has no key; mark a field, for example `string id = 1 "
                  "[(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}]`",
                  "shop.proto:13: shop.v1.ItemRepository: the repository names \"shop.v1.Y\", which is not an "
                  "entity; write the full name, package included, of an entity whose file is compiled too"));
}

TEST(MistakesTest, AFieldsMistakeIsNotReportedAgainWhereItIsUsed) {
  EXPECT_THAT(ErrorsOf(EntityText("Item", "indexes: [{fields: [\"a\"]}] default_order_by: \"a\"",
                                  "google.protobuf.Any a = 2;")),
              ElementsAre("shop.proto:6: shop.v1.Item.a: a google.protobuf.Any cannot be stored; write the message's "
                          "own type, or google.protobuf.Struct"));
}

}  // namespace
}  // namespace rowkeeper::catalogue
