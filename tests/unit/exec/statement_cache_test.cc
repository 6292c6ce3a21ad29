#include "server/exec/statement_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>

#include "server/base/statement_text.h"
#include "server/base/text.h"
#include "server/plan/mask/json_mask.h"
#include "server/sql/render.h"
#include "server/sql/render_relation.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::exec {
namespace {

/// A write of one key so many levels down.
plan::JsonWrite Chain(int levels) {
  plan::JsonWrite write;
  if (levels == 1) {
    write.leaves = 0;
    return write;
  }
  plan::JsonWrite::Part part;
  part.key = 0;
  part.below.push_back(Chain(levels - 1));
  write.parts.push_back(std::move(part));
  return write;
}

/// The text without the comment that says its purpose.
std::string Bare(const sql::Statement& statement) { return std::string(SkipComments(statement.text)); }

class StatementCacheTest : public ::testing::Test {
 protected:
  const plan::MethodPlan& Find(std::string_view method) const {
    for (const auto& plan : plans_) {
      if (plan->full_name == method) return *plan;
    }
    ADD_FAILURE() << method;
    return *plans_[0];
  }
  /// An update of so many keys of a JSON column, all on the lowest level that there may be.
  plan::Variant DeepUpdate(const plan::MethodPlan& plan, int keys) const {
    plan::Variant variant = sql::BasicVariant(plan);
    auto json = std::make_shared<plan::JsonMask>();
    for (const int value : variant.as<plan::WriteVariant>().written) {
      if (plan.entity->columns[plan.values[value].column].name != "settings") continue;
      plan::JsonWrite& write = json->writes[value];
      for (int i = 0; i < keys; ++i) {
        write.parts.emplace_back();
        write.parts.back().key = 0;
        write.parts.back().below.push_back(Chain(static_cast<int>(plan::kMaxJsonDepth) - 1));
      }
    }
    EXPECT_EQ(json->writes.size(), 1u);
    variant.json = std::move(json);
    return variant;
  }

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
    const bool of_rows = plan->family() == catalogue::Family::kWrite || plan->family() == catalogue::Family::kBatch;
    const bool looks = of_rows && !plan->reads_only() && plan->change() != catalogue::Change::kCreate;
    for (StatementCache::Kind kind :
         {StatementCache::Kind::kMain, StatementCache::Kind::kProbe, StatementCache::Kind::kReread}) {
      if (!looks && kind != StatementCache::Kind::kMain) continue;  // there is no row to look for
      const auto statement = cache.Get(*plan, variant, kind);
      EXPECT_EQ(cache.Get(*plan, variant, kind), statement);
      EXPECT_TRUE(ids.insert(statement->id).second);
      EXPECT_EQ(statement->name.value().str(), StatementName(statement->text).str());
      statements.insert(statement.get());
    }
    EXPECT_EQ(Bare(*cache.Get(*plan, variant, StatementCache::Kind::kMain)), sql::Render(*plan, variant).text);
    if (!looks) continue;
    EXPECT_EQ(Bare(*cache.Get(*plan, variant, StatementCache::Kind::kProbe)), sql::RenderProbe(*plan, variant).text);
  }
  EXPECT_EQ(ids.count(0), 0u);
  EXPECT_EQ(statements.size(), ids.size());
  EXPECT_GT(statements.size(), plans_.size());
  EXPECT_EQ(cache.refused(), 0u);
}

TEST_F(StatementCacheTest, EveryStatementSaysWhatItIsFor) {
  StatementCache cache;
  for (const auto& plan : plans_) {
    const auto statement = cache.Get(*plan, sql::BasicVariant(*plan), StatementCache::Kind::kMain);
    const std::string wanted = plan->family() == catalogue::Family::kQuery
                                   ? plan->full_name
                                   : Cat(plan->entity->full_name, "/", catalogue::TraitsOf(plan->operation).name);
    std::string purpose(PurposeOf(statement->text));
    if (plan->family() == catalogue::Family::kQuery) std::replace(purpose.begin(), purpose.end(), '/', '.');
    EXPECT_EQ(purpose, wanted);
    EXPECT_EQ(statement->text, WithPurpose(PurposeOf(statement->text), Bare(*statement)));
  }
  const plan::MethodPlan& update = Find("planner.v1.TodoRepository.Update");
  const auto probe = cache.Get(update, sql::BasicVariant(update), StatementCache::Kind::kProbe);
  EXPECT_EQ(PurposeOf(probe->text), "planner.v1.Todo/Update:probe");
  const catalogue::Entity& profile = *catalogue_->FindEntity("planner.v1.Profile");
  const auto related = cache.GetRelation(plan::WholeRelation(*profile.FindRelation("asked")));
  EXPECT_EQ(PurposeOf(related->text), "planner.v1.Profile/relation:asked");
}

TEST_F(StatementCacheTest, NothingOfACallIsInThePurpose) {
  const plan::MethodPlan& list = Find("planner.v1.TodoRepository.List");
  StatementCache cache;
  plan::Variant narrow = sql::BasicVariant(list);
  narrow.columns = {0};
  const auto whole = cache.Get(list, sql::BasicVariant(list), StatementCache::Kind::kMain);
  const auto part = cache.Get(list, narrow, StatementCache::Kind::kMain);
  EXPECT_NE(whole->text, part->text);
  EXPECT_EQ(PurposeOf(whole->text), PurposeOf(part->text));
}

TEST_F(StatementCacheTest, BeyondItsLimitAStatementIsNeitherKeptNorPrepared) {
  StatementCache cache(2);
  const auto get = [&](size_t i) {
    return cache.Get(*plans_[i], sql::BasicVariant(*plans_[i]), StatementCache::Kind::kMain);
  };
  const auto first = get(0);
  get(1);
  const auto third = get(2);
  EXPECT_EQ(third->id, 0u);
  EXPECT_FALSE(third->name.has_value());
  EXPECT_EQ(Bare(*third), sql::Render(*plans_[2], sql::BasicVariant(*plans_[2])).text);
  EXPECT_NE(get(2), third);
  EXPECT_EQ(cache.refused(), 2u);
  EXPECT_EQ(get(0), first);
}

TEST_F(StatementCacheTest, ATextThatIsTooLongIsNeitherKeptNorPrepared) {
  const plan::MethodPlan& update = Find("planner.v1.ProfileRepository.Update");
  StatementCache cache;
  const auto one = cache.Get(update, DeepUpdate(update, 1), StatementCache::Kind::kMain);
  EXPECT_NE(one->id, 0u);
  EXPECT_EQ(cache.size(), 1u);
  const auto most = cache.Get(update, DeepUpdate(update, 6), StatementCache::Kind::kMain);
  ASSERT_GT(most->text.size(), StatementCache::kMaxKeptBytes);
  EXPECT_EQ(most->id, 0u);
  EXPECT_FALSE(most->name.has_value());
  EXPECT_EQ(cache.refused(), 1u);
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_LT(most->text.size(), 128 * 1024u) << "the limits of masks bound it";
}

TEST_F(StatementCacheTest, CallsThatReadDifferentPartsShareAStatement) {
  const plan::MethodPlan& get = Find("planner.v1.ProfileRepository.GetById");
  StatementCache cache;
  const plan::Variant whole = sql::BasicVariant(get);
  const auto reading = [&](const std::string& key) {
    auto json = std::make_shared<plan::JsonMask>();
    json->reads[0].keys[key].named = true;
    plan::Variant variant = whole;
    variant.json = std::move(json);
    return variant;
  };
  const plan::Variant one = reading("k1"), other = reading("k2");
  for (int i = 0; i < 2; ++i) {
    const auto got = cache.Get(get, one, StatementCache::Kind::kMain);
    const auto got_other = cache.Get(get, other, StatementCache::Kind::kMain);
    EXPECT_EQ(got->json, one.json);
    EXPECT_EQ(got_other->json, other.json);
    EXPECT_EQ(got->id, got_other->id);
    EXPECT_NE(got->id, 0u);
    EXPECT_EQ(cache.Get(get, whole, StatementCache::Kind::kMain)->json, nullptr);
  }
  EXPECT_EQ(cache.size(), 1u);
}

TEST_F(StatementCacheTest, KeepsOneStatementForARelationWithItsColumnsAndThoseBelow) {
  StatementCache cache;
  const catalogue::Entity& profile = *catalogue_->FindEntity("planner.v1.Profile");
  plan::SelectedRelation asked = plan::WholeRelation(*profile.FindRelation("asked"));
  const auto whole = cache.GetRelation(asked);
  EXPECT_EQ(cache.GetRelation(asked), whole);
  EXPECT_NE(whole->id, 0u);
  EXPECT_EQ(Bare(*whole), sql::RenderRelation(asked).text);
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
  for (auto& one : got)
    threads.emplace_back([&] { one = cache.Get(*plans_[0], variant, StatementCache::Kind::kMain); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& one : got) EXPECT_EQ(one, got[0]);
}

}  // namespace
}  // namespace rowkeeper::exec
