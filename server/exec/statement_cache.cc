#include "server/exec/statement_cache.h"

#include <google/protobuf/descriptor.h>

#include <atomic>
#include <utility>

#include "server/base/text.h"
#include "server/exec/operation_names.h"
#include "server/plan/mask/json_mask.h"
#include "server/sql/purpose.h"
#include "server/sql/render.h"
#include "server/sql/render_count.h"
#include "server/sql/render_export.h"
#include "server/sql/render_get.h"
#include "server/sql/render_list.h"
#include "server/sql/render_merged_write.h"
#include "server/sql/render_relation.h"
#include "server/sql/render_upsert.h"

namespace rowkeeper::exec {
namespace {

/// Of no two statements of the process, whatever catalogue they are of.
uint64_t NextId() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

sql::Statement RenderMerged(const plan::MethodPlan& plan, const plan::Variant& variant) {
  if (plan.family() == catalogue::Family::kGet) return sql::RenderMergedGet(plan, variant);
  if (plan.family() == catalogue::Family::kList) return sql::RenderMergedList(plan, variant);
  if (plan.family() == catalogue::Family::kBatch) return sql::Render(plan, variant);  // of the elements of all
  return sql::RenderMergedWrite(plan, variant);
}

sql::Statement RenderKind(const plan::MethodPlan& plan, const plan::Variant& variant, StatementCache::Kind kind) {
  const auto named = [&plan, kind](std::string_view part, sql::Statement statement) {
    statement.durations = DurationsOf(plan, kind);
    return sql::WithPurpose(sql::PurposeOf(plan, part), std::move(statement));
  };
  switch (kind) {
    case StatementCache::Kind::kProbe:
      return named("probe", sql::RenderProbe(plan, variant));
    case StatementCache::Kind::kReread:
      return named("reread", sql::RenderReread(plan, variant));
    case StatementCache::Kind::kParents:
      return named("parents", sql::RenderWithParents(plan, variant));
    case StatementCache::Kind::kStoredKeys:
      return named("stored-keys", sql::RenderStoredKeys(plan, variant));
    case StatementCache::Kind::kCount:
      return named("count", sql::RenderCount(plan, variant));
    case StatementCache::Kind::kEstimate:
      return named("estimate", sql::RenderEstimate(plan, variant));
    case StatementCache::Kind::kLargeRows:
      return named("large-rows", sql::RenderLargeRows(plan, variant));
    case StatementCache::Kind::kMerged:
      return named("merged", RenderMerged(plan, variant));
    case StatementCache::Kind::kMain:
      break;
  }
  return named("", sql::Render(plan, variant));
}

/// Good until the next call on this thread: each call asks, and its text need not be allocated anew each time.
const std::string& KeyOf(const plan::MethodPlan& plan, const plan::Variant& variant, StatementCache::Kind kind) {
  thread_local std::string key;
  key.assign(plan.full_name);
  key.push_back(static_cast<char>(kind));
  variant.AppendKey(&key);
  return key;
}

/// The relations below decide by their names alone which cells a relation's rows need for them.
std::string RelationKey(const plan::SelectedRelation& selected) {
  std::string key = Cat("relation ", selected.relation->field->full_name(), "|");
  for (const int column : selected.columns) key.append(Cat(column, ","));
  for (const plan::SelectedRelation& child : selected.children.relations) {
    key.append(Cat("|", child.relation->field->number()));
  }
  return key;
}

}  // namespace

template <typename Render>
std::shared_ptr<const sql::Statement> StatementCache::GetOrRender(const std::string& key, Render render) {
  {
    absl::ReaderMutexLock lock(&mutex_);
    const auto found = statements_.find(key);
    if (found != statements_.end()) return found->second;
  }
  auto statement = std::make_shared<sql::Statement>(render());
  const bool fits = statement->text.size() <= kMaxKeptBytes;
  if (fits) statement->name.emplace(statement->text);
  absl::MutexLock lock(&mutex_);
  if (statements_.size() >= limit_ || !fits) {
    ++refused_;
    statement->name.reset();
    return statement;
  }
  statement->id = NextId();
  statement->use = std::make_shared<observe::StatementUse>();
  return statements_.try_emplace(key, std::move(statement)).first->second;
}

std::shared_ptr<const sql::Statement> StatementCache::Get(const plan::MethodPlan& plan, const plan::Variant& variant,
                                                          Kind kind) {
  const auto* conditions = plan::PartOf<plan::WithConditions>(variant.family);
  std::shared_ptr<const sql::Statement> statement =
      conditions != nullptr && conditions->expression != nullptr
          ? std::make_shared<const sql::Statement>(RenderKind(plan, variant, kind))
          : GetOrRender(KeyOf(plan, variant, kind), [&] { return RenderKind(plan, variant, kind); });
  if (variant.json == nullptr || variant.json->reads.empty()) return statement;
  auto own = std::make_shared<sql::Statement>(*statement);
  own->json = variant.json;
  return own;
}

std::shared_ptr<const sql::Statement> StatementCache::GetRelation(const plan::SelectedRelation& selected) {
  return GetOrRender(RelationKey(selected), [&] {
    sql::Statement statement = sql::WithPurpose(sql::PurposeOf(*selected.relation), sql::RenderRelation(selected));
    statement.durations = DurationsOf(*selected.relation);
    return statement;
  });
}

std::vector<std::shared_ptr<const sql::Statement>> StatementCache::Kept() const {
  std::vector<std::shared_ptr<const sql::Statement>> kept;
  absl::ReaderMutexLock lock(&mutex_);
  kept.reserve(statements_.size());
  for (const auto& [key, statement] : statements_) kept.push_back(statement);
  return kept;
}

size_t StatementCache::size() const {
  absl::ReaderMutexLock lock(&mutex_);
  return statements_.size();
}

uint64_t StatementCache::refused() const {
  absl::ReaderMutexLock lock(&mutex_);
  return refused_;
}

}  // namespace rowkeeper::exec
