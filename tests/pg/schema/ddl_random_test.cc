#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/schema/fit.h"
#include "server/sql/ddl.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {
namespace {

constexpr uint32_t kSeeds = 50;
constexpr char kObjects[] =
    "SELECT count(*) FROM (SELECT relnamespace AS n FROM pg_class UNION ALL SELECT typnamespace FROM pg_type) AS "
    "objects "
    "JOIN pg_namespace ON pg_namespace.oid = n WHERE nspname IN ('public', 'Shop')";

std::vector<const catalogue::Entity*> Entities(const catalogue::Catalogue& catalogue) {
  std::vector<const catalogue::Entity*> entities;
  for (const auto& entity : catalogue.entities()) entities.push_back(entity.get());
  return entities;
}

TEST(RandomCatalogues, AreCreatedFitAndDroppedWithoutATrace) {
  testing::ScratchDatabase database("random");
  ASSERT_TRUE(database.ok());
  db::ConnectionOptions options;
  options.url = database.url();
  auto connection = db::Connection::Open(options);
  ASSERT_TRUE(connection.ok()) << connection.status();
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    const std::string proto = testing::RandomCatalogueProto({seed, /*entities=*/6});
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    auto catalogue = testing::CompileProtoText(proto);
    ASSERT_NE(catalogue, nullptr) << proto;
    database.Run(absl::StrJoin(sql::CreateTables(Entities(*catalogue)), ";\n"));
    auto report = CheckFit(*catalogue, **connection);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_TRUE(report->fits()) << report->ToString();
    EXPECT_TRUE(report->advice.empty()) << report->advice[0].ToString();
    database.Run(absl::StrJoin(sql::DropTables(Entities(*catalogue)), ";\n"));
    ASSERT_EQ(database.Value(kObjects), "0");
    if (HasFailure()) FAIL() << proto;
  }
}

TEST(RandomCatalogues, CoverEveryKindOfValueAndEveryWayToDelete) {
  std::set<std::string> seen;
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    auto catalogue = testing::CompileProtoText(testing::RandomCatalogueProto({seed, /*entities=*/6}));
    ASSERT_NE(catalogue, nullptr);
    for (const auto& entity : catalogue->entities()) {
      for (const catalogue::Column& column : entity->columns) {
        seen.insert(absl::StrCat("kind ", static_cast<int>(column.type.kind), column.type.array ? " array" : ""));
        if (column.reference && column.reference->entity == entity.get()) seen.insert("self reference");
        if (column.name.size() >= 60) seen.insert("long column name");
      }
      if (entity->table.size() >= 60) seen.insert("long table name");
      if (entity->table == "order" || entity->table == "user" || entity->table == "select") seen.insert("keyword");
      if (!entity->internal_id.empty()) seen.insert("dual id");
      if (entity->key.size() > 1) seen.insert("composite key");
      seen.insert(
          absl::StrCat("deleted_at ", entity->deleted_at.has_value(), " flag ", entity->deleted_flag.has_value()));
      for (const catalogue::UniqueKey& key : entity->unique_keys) {
        if (key.columns.size() > 1 && key.columns != entity->key) seen.insert("composite unique key");
      }
    }
  }
  std::set<std::string> wanted = {"self reference",
                                  "long column name",
                                  "long table name",
                                  "keyword",
                                  "dual id",
                                  "composite key",
                                  "composite unique key",
                                  "deleted_at 0 flag 0",
                                  "deleted_at 0 flag 1",
                                  "deleted_at 1 flag 0",
                                  "deleted_at 1 flag 1"};
  for (int kind = 0; kind <= static_cast<int>(catalogue::ValueKind::kJson); ++kind) {
    wanted.insert(absl::StrCat("kind ", kind));
    if (kind != static_cast<int>(catalogue::ValueKind::kJson)) wanted.insert(absl::StrCat("kind ", kind, " array"));
  }
  for (const std::string& what : wanted) EXPECT_EQ(seen.count(what), 1u) << what;
}

}  // namespace
}  // namespace rowkeeper::schema
