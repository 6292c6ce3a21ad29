#include "server/exec/statement_cache.h"

#include "server/base/text.h"
#include "server/sql/render.h"

namespace rowkeeper::exec {
namespace {

sql::Statement RenderKind(const plan::MethodPlan& plan, const plan::Variant& variant, StatementCache::Kind kind) {
  switch (kind) {
    case StatementCache::Kind::kProbe:
      return sql::RenderProbe(plan, variant);
    case StatementCache::Kind::kReread:
      return sql::RenderReread(plan, variant);
    case StatementCache::Kind::kMain:
      break;
  }
  return sql::Render(plan, variant);
}

}  // namespace

std::shared_ptr<const sql::Statement> StatementCache::Get(const plan::MethodPlan& plan, const plan::Variant& variant,
                                                          Kind kind) {
  const std::string key = Cat(plan.full_name, std::string(1, static_cast<char>(kind)), variant.Key());
  {
    absl::ReaderMutexLock lock(&mutex_);
    const auto found = statements_.find(key);
    if (found != statements_.end()) return found->second;
  }
  auto statement = std::make_shared<sql::Statement>(RenderKind(plan, variant, kind));
  absl::MutexLock lock(&mutex_);
  if (statements_.size() >= limit_) {
    ++refused_;
    return statement;
  }
  statement->id = next_id_++;
  return statements_.try_emplace(key, std::move(statement)).first->second;
}

uint64_t StatementCache::refused() const {
  absl::ReaderMutexLock lock(&mutex_);
  return refused_;
}

}  // namespace rowkeeper::exec
