#include "server/exec/get_run.h"

#include <utility>

#include "server/base/row_errors.h"

namespace rowkeeper::exec {

absl::StatusOr<Outcome> RunGet(const Execution& execution) {
  const auto statement = execution.Get(StatementCache::Kind::kMain);
  absl::StatusOr<db::Rows> rows = execution.Execute(*statement, db::Query::Effect::kRead);
  if (!rows.ok()) return rows.status();
  if (rows->size() == 0) return RowNotFound(execution.call.plan->entity->full_name, execution.KeyText());
  return RowsOutcome(*std::move(rows), statement, 1);
}

}  // namespace rowkeeper::exec
