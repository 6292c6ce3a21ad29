#include "server/exec/bulk_run.h"

#include <algorithm>
#include <string>

#include "server/base/bulk_errors.h"
#include "server/base/database_errors.h"
#include "server/base/reason.h"
#include "server/exec/cascade_outcome.h"
#include "server/exec/conflict.h"
#include "server/exec/statement_scope.h"

namespace rowkeeper::exec {
namespace {

using Kind = StatementCache::Kind;

int64_t Number(const db::Rows& rows, int column) { return std::stoll(std::string(rows.cell(0, column))); }

absl::StatusOr<int64_t> PurgeBatch(const Execution& execution, int64_t most) {
  plan::Call call = execution.call;
  call.computed = {std::to_string(most)};
  const Execution batch{execution.parts, call, execution.connection, execution.cancellation};
  const auto statement = batch.Get(Kind::kMain);
  Conflicts conflicts(execution);
  while (true) {
    const absl::StatusOr<db::Rows> rows = batch.Execute(*statement, db::Query::Effect::kWrite);
    if (rows.ok()) return Number(*rows, 0);
    if (!conflicts.TryAgain(rows.status())) return rows.status();
  }
}

absl::StatusOr<bool> HasMore(const Execution& execution) {
  const absl::StatusOr<db::Rows> rows = execution.Execute(*execution.Get(Kind::kProbe), db::Query::Effect::kRead);
  if (!rows.ok()) return rows.status();
  return rows->cell(0, 0) == "t";
}

/// The same call, made again, goes on where this one stopped.
bool PassesByItself(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  return IsConflict(status) || reason == Reason::kLockTimeout ||
         (reason == Reason::kDatabaseUnavailable && !IsOverdue(status));
}

Outcome Changed(int64_t count, bool more) {
  Outcome outcome;
  outcome.facts = BulkFacts{count, more};
  return outcome;
}

/// `alone`: not in a transaction, so that what was purged stays so.
absl::StatusOr<Outcome> Interrupted(const absl::Status& status, int64_t purged, bool alone) {
  if (!alone || purged == 0) return status;
  if (PassesByItself(status)) return Changed(purged, true);
  return PurgeInterrupted(status, purged);
}

absl::StatusOr<Outcome> RunBulkChange(const Execution& execution) {
  const auto statement = execution.Get(Kind::kMain);
  const absl::StatusOr<db::Rows> rows =
      CascadeResult(*execution.call.plan, *statement, execution.Execute(*statement, db::Query::Effect::kWrite));
  if (!rows.ok()) return rows.status();
  const int64_t most = std::get<plan::BulkBounds>(execution.call.bounds).max_affected;
  if (Number(*rows, 0) > most) return MaxAffectedExceeded(execution.call.plan->entity->full_name, most);
  return Changed(Number(*rows, 1), false);
}

absl::StatusOr<Outcome> RunPurge(const Execution& execution) {
  const bool alone = !execution.connection.in_transaction();
  const plan::BulkBounds& bounds = std::get<plan::BulkBounds>(execution.call.bounds);
  const int64_t most = bounds.max_affected;
  int64_t purged = 0;
  while (purged < most) {
    const int64_t wanted = std::min<int64_t>(bounds.statement_rows, most - purged);
    const absl::StatusOr<int64_t> removed = PurgeBatch(execution, wanted);
    if (!removed.ok()) return Interrupted(removed.status(), purged, alone);
    purged += *removed;
    if (*removed < wanted) return Changed(purged, false);
  }
  const absl::StatusOr<bool> more = HasMore(execution);
  if (!more.ok()) return Interrupted(more.status(), purged, alone);
  return Changed(purged, *more);
}

}  // namespace

absl::StatusOr<Outcome> RunBulk(const Execution& execution) {
  if (execution.call.plan->change() != catalogue::Change::kPurge) return RunBulkChange(execution);
  return RunAllOrNothing(execution, [&execution] { return RunPurge(execution); });
}

}  // namespace rowkeeper::exec
