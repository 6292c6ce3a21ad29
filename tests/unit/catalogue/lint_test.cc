#include "server/catalogue/lint.h"

#include <gtest/gtest.h>

#include "tests/unit/catalogue/mistakes.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

/// The warnings of a catalogue that is served all the same.
std::string WarningsOf(const std::string& body) {
  const Compiled compiled = CompileText(ShopFile(body));
  EXPECT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
  return compiled.diagnostics;
}

TEST(LintTest, ConventionalNamesGiveNoWarning) {
  EXPECT_EQ(WarningsOf(EntityText("Item", "table: \"items\"",
                                  "google.protobuf.Timestamp due_at = 2;\ngoogle.type.Date birth_date = 3;\n"
                                  "bool is_open = 4;\nbool has_parts = 5;\nbool can_fly = 6;\nbool should_run = 7;\n"
                                  "repeated google.protobuf.Timestamp visits = 8;")),
            "");
}

TEST(LintTest, EachConventionHasItsWarning) {
  EXPECT_EQ(WarningsOf(ItemText("google.protobuf.Timestamp due = 2;\ngoogle.type.Date birthday = 3;\n"
                                "bool open = 4;\nstring camelCase = 5;\n"
                                "string owner = 6 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "
                                "\"shop.v1.Item\"}];")),
            "shop.proto:6: warning: shop.v1.Item.due: timestamps end in _at by convention; write due_at\n"
            "shop.proto:7: warning: shop.v1.Item.birthday: dates end in _date by convention; write birthday_date\n"
            "shop.proto:8: warning: shop.v1.Item.open: booleans start with is_, has_, can_ or should_ by convention; "
            "write is_open\n"
            "shop.proto:9: warning: shop.v1.Item.camelCase: field names are snake_case by convention; write "
            "camel_case\n"
            "shop.proto:10: warning: shop.v1.Item.owner: references end in _id by convention; write owner_id\n");
}

TEST(LintTest, TablesFollowTheFilesNumber) {
  EXPECT_EQ(WarningsOf(EntityText("Item", "table: \"thing\"", "")),
            "shop.proto:3: warning: shop.v1.Item: the table name \"thing\" is not plural, as this file's are; write "
            "\"things\", or the file option conventions.table_names\n");
  const std::string singular = "option (rowkeeper.v1.conventions).table_names = TABLE_NAMES_SINGULAR;\n";
  EXPECT_EQ(WarningsOf(singular + EntityText("Item", "table: \"items\"", "")),
            "shop.proto:4: warning: shop.v1.Item: the table name \"items\" is not singular, as this file's are; write "
            "\"item\", or the file option conventions.table_names\n");
  EXPECT_EQ(WarningsOf(singular + EntityText("Settings", "table: \"user_settings\"", "")), "");
}

TEST(LintTest, ColumnsThatDifferInCaseOnlyAreDistinctButConfusing) {
  EXPECT_EQ(WarningsOf(ItemText("string name = 2;\nstring title = 3 [(rowkeeper.v1.column).name = \"Name\"];")),
            "shop.proto:7: warning: shop.v1.Item.title: the column name \"Name\" differs from \"name\" in case only; "
            "write another (rowkeeper.v1.column).name, for hand-written SQL confuses them\n");
}

TEST(LintTest, UniqueOnTheKeyIsIdle) {
  EXPECT_EQ(WarningsOf(KeyedText("string id = 1 [(rowkeeper.v1.column) = {primary_key: true, unique: true}];")),
            "shop.proto:5: warning: shop.v1.Item.id: the key is unique already; remove `unique`\n");
}

}  // namespace
}  // namespace rowkeeper::catalogue
