#include "server/exec/statement_cache.h"

#include <google/protobuf/descriptor.h>

#include <atomic>
#include <utility>

#include "absl/hash/hash.h"
#include "server/base/text.h"
#include "server/db/error_origin.h"
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
#include "server/sql/tenant_check.h"

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

/// Hashes of statements that are known to keep to one tenant.
constexpr size_t kMostGood = 100000;

size_t HashOf(const sql::Statement& statement) {
  std::string sources;
  for (const sql::Parameter& parameter : statement.parameters) sources.push_back(static_cast<char>(parameter.source));
  return absl::HashOf(statement.text, sources, statement.result_is_named);
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

/// Without the parts of JSON that are read: no text depends on them, and callers choose how many they name.
plan::Variant WithoutReads(const plan::Variant& variant) {
  plan::Variant text = variant;
  if (variant.json == nullptr || variant.json->reads.empty()) return text;
  auto written = std::make_shared<plan::JsonMask>();
  written->writes = variant.json->writes;
  text.json = std::move(written);
  return text;
}

std::string_view WithoutQuotes(std::string_view name) {
  const bool quoted = name.size() > 2 && name.front() == '"' && name.back() == '"';
  return quoted ? name.substr(1, name.size() - 2) : name;
}

}  // namespace

db::CurrentNames::Snapshot StatementCache::Names() const {
  static const auto* const kDeclared = new db::CurrentNames::Snapshot{std::make_shared<const sql::LiveNames>(), 0};
  return names_ == nullptr ? *kDeclared : names_->Get();
}

std::shared_ptr<sql::Statement> StatementCache::RenderBy(const db::CurrentNames::Snapshot& names,
                                                         std::shared_ptr<const Render> render) {
  const sql::NamesScope scope(*names.names);
  auto statement = std::make_shared<sql::Statement>((*render)());
  statement->render = std::move(render);
  statement->names_revision = names.revision;
  return statement;
}

std::shared_ptr<const sql::Statement> StatementCache::Find(const std::string& key, uint64_t revision) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto found = statements_.find(key);
  return found == statements_.end() || found->second->names_revision != revision ? nullptr : found->second;
}

sql::Statement StatementCache::Judged(sql::Statement statement, const catalogue::Tenancy* tenancy) {
  if (tenancy == nullptr) return statement;
  const size_t hash = HashOf(statement);
  {
    absl::ReaderMutexLock lock(&mutex_);
    if (good_.contains(hash)) return statement;
  }
  const std::string text = statement.text;
  sql::Statement judged = sql::OfTenantOrRefused(std::move(statement), tenancy);
  absl::MutexLock lock(&mutex_);
  if (judged.text == text && good_.size() < kMostGood) good_.insert(hash);
  return judged;
}

sql::Statement StatementCache::RenderKind(const plan::MethodPlan& plan, const plan::Variant& variant, Kind kind) {
  const auto named = [this, &plan, kind](std::string_view part, sql::Statement statement) {
    statement.durations = DurationsOf(plan, kind);
    return sql::WithPurpose(sql::PurposeOf(plan, part), Judged(std::move(statement), plan.entity->tenancy.get()));
  };
  switch (kind) {
    case Kind::kProbe:
      return named("probe", sql::RenderProbe(plan, variant));
    case Kind::kReread:
      return named("reread", sql::RenderReread(plan, variant));
    case Kind::kParents:
      return named("parents", sql::RenderWithParents(plan, variant));
    case Kind::kStoredKeys:
      return named("stored-keys", sql::RenderStoredKeys(plan, variant));
    case Kind::kCount:
      return named("count", sql::RenderCount(plan, variant));
    case Kind::kEstimate:
      return named("estimate", sql::RenderEstimate(plan, variant));
    case Kind::kLargeRows:
      return named("large-rows", sql::RenderLargeRows(plan, variant));
    case Kind::kMerged:
      return named("merged", RenderMerged(plan, variant));
    case Kind::kMain:
      break;
  }
  return named("", sql::Render(plan, variant));
}

template <typename MakeRender>
std::shared_ptr<const sql::Statement> StatementCache::GetOrRender(const std::string& key, MakeRender make_render) {
  if (auto found = Find(key, names_ == nullptr ? 0 : names_->revision())) return found;
  const db::CurrentNames::Snapshot names = Names();
  std::shared_ptr<sql::Statement> statement = RenderBy(names, std::make_shared<const Render>(make_render()));
  const bool fits = statement->text.size() <= kMaxKeptBytes;
  if (fits) statement->name.emplace(statement->text);
  absl::MutexLock lock(&mutex_);
  const auto kept = statements_.find(key);
  if (kept != statements_.end() && kept->second->names_revision >= names.revision) return kept->second;
  if (!fits || (kept == statements_.end() && statements_.size() >= limit_)) {
    ++refused_;
    statement->name.reset();
    return statement;
  }
  const bool same = kept != statements_.end() && kept->second->text == statement->text;
  statement->id = same ? kept->second->id : NextId();
  statement->use = same ? kept->second->use : std::make_shared<observe::StatementUse>();
  return statements_.insert_or_assign(key, std::move(statement)).first->second;
}

std::shared_ptr<const sql::Statement> StatementCache::Get(const plan::MethodPlan& plan, const plan::Variant& variant,
                                                          Kind kind) {
  const auto* conditions = plan::PartOf<plan::WithConditions>(variant.family);
  const auto make_render = [&] {
    return Render([this, &plan, text = WithoutReads(variant), kind] { return RenderKind(plan, text, kind); });
  };
  std::shared_ptr<const sql::Statement> statement =
      conditions != nullptr && conditions->expression != nullptr
          ? std::shared_ptr<const sql::Statement>(RenderBy(Names(), std::make_shared<const Render>(make_render())))
          : GetOrRender(KeyOf(plan, variant, kind), make_render);
  if (variant.json == nullptr || variant.json->reads.empty()) return statement;
  auto own = std::make_shared<sql::Statement>(*statement);
  own->json = variant.json;
  return own;
}

std::shared_ptr<const sql::Statement> StatementCache::GetRelation(const plan::SelectedRelation& selected) {
  return GetOrRender(RelationKey(selected), [&] {
    return Render([this, selected] {
      sql::Statement statement =
          sql::WithPurpose(sql::PurposeOf(*selected.relation),
                           Judged(sql::RenderRelation(selected), selected.relation->target->tenancy.get()));
      statement.durations = DurationsOf(*selected.relation);
      return statement;
    });
  });
}

std::shared_ptr<const sql::Statement> StatementCache::Rewrite(const sql::Statement& statement) {
  if (statement.render == nullptr) return nullptr;
  const db::CurrentNames::Snapshot names = Names();
  if (statement.names_revision == names.revision) return nullptr;
  std::shared_ptr<sql::Statement> anew = RenderBy(names, statement.render);
  if (anew->text == statement.text) return nullptr;
  if (statement.name.has_value() && anew->text.size() <= kMaxKeptBytes) anew->name.emplace(anew->text);
  return anew;
}

void StatementCache::ToDeclaredNames(const db::ErrorContext* context, db::PgError* error) const {
  const std::shared_ptr<const sql::LiveNames> names = Names().names;
  if (names->empty() || error->table.empty()) return;
  const catalogue::Entity* entity = names_->FindEntity(*names, error->schema, error->table);
  if (entity != nullptr) {
    error->table = entity->table;
  } else if (context != nullptr && db::OriginOf(*error) == db::ErrorOrigin::kStatement) {
    entity = names_->FindMessage(context->entity);  // a partition of its table, which has the table's columns
  }
  if (entity == nullptr) return;
  error->column = std::string(names->Declared(*entity, error->column));
  for (std::string& column : error->key_columns) {
    const std::string_view live = WithoutQuotes(column);
    const std::string_view declared = names->Declared(*entity, live);
    if (declared != live) column = std::string(declared);
  }
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
