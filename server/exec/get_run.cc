#include "server/exec/get_run.h"

#include <utility>

#include "server/base/row_errors.h"

namespace rowkeeper::exec {

absl::StatusOr<Outcome> RunGet(const Step& step) {
  const auto statement = step.Get(StatementCache::Kind::kMain);
  absl::StatusOr<db::Rows> rows = step.Execute(*statement, db::Query::Effect::kRead);
  if (!rows.ok()) return rows.status();
  if (rows->size() == 0) return RowNotFound(step.call.plan->entity->full_name, step.KeyText());
  return RowsOutcome(*std::move(rows), statement, 1);
}

}  // namespace rowkeeper::exec
