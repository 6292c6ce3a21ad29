#include "server/exec/statement_cache.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "server/sql/render.h"
#include "server/sql/render_relation.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::exec {
namespace {

using Kind = StatementCache::Kind;

class StatementCacheTest : public ::testing::Test {
 protected:
  const std::unique_ptr<const catalogue::Catalogue> catalogue_ = testing::CompileExample("planner/v1");
  catalogue::Diagnostics diagnostics_;
  const std::vector<std::unique_ptr<const plan::MethodPlan>> plans_ = plan::CompilePlans(*catalogue_, &diagnostics_);
};

TEST_F(StatementCacheTest, KeepsOneStatementForEachPlanVariantAndKind) {
  StatementCache cache;
  std::set<uint64_t> ids;
  std::set<const sql::Statement*> statements;
  for (const auto& plan : plans_) {
    const plan::Variant variant = sql::BasicVariant(*plan);
    const bool creates = plan->batch.has_value() && plan->filters.empty();  // which has no row to look for
    for (Kind kind : {Kind::kMain, Kind::kProbe, Kind::kReread}) {
      if (creates && kind != Kind::kMain) continue;
      const auto statement = cache.Get(*plan, variant, kind);
      EXPECT_EQ(cache.Get(*plan, variant, kind), statement);
      EXPECT_TRUE(ids.insert(statement->id).second);
      statements.insert(statement.get());
    }
    EXPECT_EQ(cache.Get(*plan, variant, Kind::kMain)->text, sql::Render(*plan, variant).text);
    if (creates) continue;
    EXPECT_EQ(cache.Get(*plan, variant, Kind::kProbe)->text, sql::RenderProbe(*plan, variant).text);
  }
  EXPECT_EQ(ids.count(0), 0u);
  EXPECT_EQ(statements.size(), ids.size());
  EXPECT_GT(statements.size(), plans_.size() * 2);
  EXPECT_EQ(cache.refused(), 0u);
}

TEST_F(StatementCacheTest, BeyondItsLimitAStatementIsNeitherKeptNorPrepared) {
  StatementCache cache(2);
  const auto get = [&](size_t i) { return cache.Get(*plans_[i], sql::BasicVariant(*plans_[i]), Kind::kMain); };
  const auto first = get(0);
  get(1);
  const auto third = get(2);
  EXPECT_EQ(third->id, 0u);
  EXPECT_EQ(third->text, sql::Render(*plans_[2], sql::BasicVariant(*plans_[2])).text);
  EXPECT_NE(get(2), third);
  EXPECT_EQ(cache.refused(), 2u);
  EXPECT_EQ(get(0), first);
}

TEST_F(StatementCacheTest, KeepsOneStatementForARelationWithItsColumnsAndThoseBelow) {
  StatementCache cache;
  const catalogue::Entity& profile = *catalogue_->FindEntity("planner.v1.Profile");
  plan::SelectedRelation asked = plan::WholeRelation(*profile.FindRelation("asked"));
  const auto whole = cache.GetRelation(asked);
  EXPECT_EQ(cache.GetRelation(asked), whole);
  EXPECT_NE(whole->id, 0u);
  EXPECT_EQ(whole->text, sql::RenderRelation(asked).text);
  asked.columns = {0};
  const auto key_only = cache.GetRelation(asked);
  EXPECT_NE(key_only->id, whole->id);
  asked.children.relations = {plan::WholeRelation(*profile.FindRelation("asked"))};
  const auto with_below = cache.GetRelation(asked);
  EXPECT_NE(with_below->id, key_only->id);
  EXPECT_EQ(with_below->link_cells.size(), 1u);
  asked.children.relations[0].columns = {1};
  EXPECT_EQ(cache.GetRelation(asked), with_below) << "what is below shows nothing of its own here";
}

TEST_F(StatementCacheTest, ThreadsThatAskAtOnceGetTheSame) {
  StatementCache cache;
  const plan::Variant variant = sql::BasicVariant(*plans_[0]);
  std::vector<std::shared_ptr<const sql::Statement>> got(8);
  std::vector<std::thread> threads;
  for (auto& one : got) threads.emplace_back([&] { one = cache.Get(*plans_[0], variant, Kind::kMain); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& one : got) EXPECT_EQ(one, got[0]);
}

}  // namespace
}  // namespace rowkeeper::exec
