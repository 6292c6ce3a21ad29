#include "server/catalogue/naming.h"

#include <gtest/gtest.h>

namespace rowkeeper::catalogue {
namespace {

Naming Prefixed() { return Naming(v1::Conventions()); }

Naming Suffixed() {
  v1::Conventions conventions;
  conventions.set_constraint_names(v1::CONSTRAINT_NAMES_SUFFIXED);
  conventions.set_table_names(v1::TABLE_NAMES_SINGULAR);
  conventions.set_table_prefix("crm_");
  return Naming(conventions);
}

TEST(NamingTest, MessageNamesBecomeSnakeCase) {
  EXPECT_EQ(SnakeCase("TodoItem"), "todo_item");
  EXPECT_EQ(SnakeCase("LLMFactory"), "llm_factory");
  EXPECT_EQ(SnakeCase("UserID"), "user_id");
  EXPECT_EQ(SnakeCase("HTTP2Server"), "http2_server");
  EXPECT_EQ(SnakeCase("snake_case"), "snake_case");
  EXPECT_EQ(PascalCase("tenant_id"), "TenantId");
}

TEST(NamingTest, PluralsFollowTheEnding) {
  const std::pair<const char*, const char*> kPairs[] = {
      {"todo", "todos"},        {"category", "categories"}, {"box", "boxes"},         {"day", "days"},
      {"person", "persons"},    {"status", "statuses"},     {"address", "addresses"}, {"branch", "branches"},
      {"dish", "dishes"},       {"quiz", "quizzes"},        {"analysis", "analyses"}, {"shelf", "shelves"},
      {"child", "children"},    {"hero", "heroes"},         {"photo", "photos"},      {"settings", "settings"},
      {"metadata", "metadata"}, {"alias", "aliases"},       {"lens", "lenses"},       {"order_entry", "order_entries"},
      {"series", "series"},     {"knife", "knives"},        {"video2", "video2s"},
  };
  for (const auto& [singular, plural] : kPairs) {
    EXPECT_EQ(Plural(singular), plural);
    EXPECT_TRUE(LooksPlural(plural) || std::string(plural) == "video2s") << plural;
  }
  for (const char* singular : {"todo", "status", "address", "alias", "analysis", "lens"}) {
    EXPECT_FALSE(LooksPlural(singular)) << singular;
  }
}

TEST(NamingTest, PrefixedNamesSayTheKindFirst) {
  EXPECT_EQ(Prefixed().Table("OrderEntry"), "order_entries");
  EXPECT_EQ(Prefixed().PrimaryKey("todos"), "pk_todos");
  EXPECT_EQ(Prefixed().Index("todos", {"owner_id", "due_at"}), "ix_todos_owner_id_due_at");
  EXPECT_EQ(Prefixed().UniqueKey("todos", {"slug"}), "uq_todos_slug");
  EXPECT_EQ(Prefixed().ForeignKey("todos", "owner_id", "profiles"), "fk_todos_owner_id_profiles");
  EXPECT_EQ(Prefixed().Check("todos", "status"), "ck_todos_status");
}

TEST(NamingTest, SuffixedNamesAreThoseOfPostgres) {
  EXPECT_EQ(Suffixed().Table("OrderEntry"), "crm_order_entry");
  EXPECT_EQ(Suffixed().PrimaryKey("todo"), "todo_pkey");
  EXPECT_EQ(Suffixed().Index("todo", {"owner_id", "due_at"}), "todo_owner_id_due_at_idx");
  EXPECT_EQ(Suffixed().UniqueKey("todo", {"slug"}), "todo_slug_key");
  EXPECT_EQ(Suffixed().ForeignKey("todo", "owner_id", "profile"), "todo_owner_id_fkey");
  EXPECT_EQ(Suffixed().Check("todo", "status"), "todo_status_check");
}

TEST(NamingTest, LongNamesAreCutButDiffer) {
  const std::string table(40, 't');
  const std::string column(30, 'c');
  const std::string one = Prefixed().Index(table, {column + "a"});
  const std::string two = Prefixed().Index(table, {column + "b"});
  EXPECT_EQ(one.size(), kMaxIdentifier);
  EXPECT_NE(one, two);
  EXPECT_EQ(one, Prefixed().Index(table, {column + "a"}));
  EXPECT_EQ(one.substr(0, 54), "ix_" + table + "_" + std::string(10, 'c'));
  const std::string suffixed = Suffixed().UniqueKey(table, {column});
  EXPECT_EQ(suffixed.size(), kMaxIdentifier);
  EXPECT_EQ(suffixed.substr(suffixed.size() - 4), "_key");
}

TEST(NamingTest, LongNamesAreCutBetweenCharacters) {
  const std::string name = Prefixed().Index(std::string(50, 't') + "ääääää", {"b"});
  EXPECT_LE(name.size(), kMaxIdentifier);
  // ix_, 50 t, then half of a character would follow.
  EXPECT_EQ(name.substr(0, 54), "ix_" + std::string(50, 't') + "_");
}

}  // namespace
}  // namespace rowkeeper::catalogue
