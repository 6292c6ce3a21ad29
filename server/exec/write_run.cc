#include "server/exec/write_run.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "server/base/errors.h"
#include "server/base/row_errors.h"
#include "server/base/text.h"
#include "server/base/verdict.h"
#include "server/exec/cascade_outcome.h"
#include "server/exec/judged.h"
#include "server/exec/reach.h"
#include "server/sql/render_cascade.h"

namespace rowkeeper::exec {
namespace {

using catalogue::Change;

/// Why no row was written.
struct Explanation {
  absl::StatusOr<Outcome> answer;
  /// There is a row, and nothing about it stands in the way. It came, or became fitting, between the two statements,
  /// and `answer` is as good as having looked a moment earlier; or the database keeps it as it is.
  bool fits = false;
};

bool CellIsTrue(const db::Rows& rows, int column) { return rows.cell(0, column) == "t"; }

/// A soft delete wants a row that is deleted, a restore one that is not.
bool IsInWantedState(const plan::Call& call, bool live) {
  if (call.plan->change() == Change::kRestore) return live;
  return call.plan->change() == Change::kSoftDelete && !live;
}

/// The cells of a probe after the first two tell which immutable fields have the request's value.
FieldViolations ChangedImmutables(const plan::Call& call, const db::Rows& rows) {
  FieldViolations violations;
  for (size_t i = 0; i < call.variant.as<plan::WriteVariant>().unchanged.size(); ++i) {
    if (CellIsTrue(rows, 2 + static_cast<int>(i))) continue;
    const plan::ValueTerm& value = call.plan->values[call.variant.as<plan::WriteVariant>().unchanged[i]];
    violations.Add(call.plan->inputs[value.input].name,
                   "is immutable; send the stored value, or leave it out of update_mask");
  }
  return violations;
}

absl::StatusOr<Outcome> AlreadyInState(const Execution& execution) {
  if (execution.call.variant.columns.empty()) return Outcome{};
  const auto statement = execution.Get(StatementCache::Kind::kReread);
  absl::StatusOr<db::Rows> rows = execution.Execute(*statement, db::Query::Effect::kRead);
  if (!rows.ok()) return rows.status();
  const int count = std::min(rows->size(), 1);
  Outcome outcome = RowsOutcome(*std::move(rows), statement, count);
  outcome.facts = RowFacts{/*unchanged=*/true};
  return outcome;
}

Explanation ExplainMiss(const Execution& execution) {
  const plan::Call& call = execution.call;
  const plan::WriteRequest& request = call.request.as<plan::WriteRequest>();
  const catalogue::Entity& entity = *call.plan->entity;
  const auto probe = execution.Get(StatementCache::Kind::kProbe);
  absl::StatusOr<db::Rows> rows = execution.Execute(*probe, db::Query::Effect::kRead);
  if (!rows.ok()) return {rows.status()};
  const absl::Status missing = RowNotFound(entity.full_name, execution.KeyText());
  const absl::StatusOr<Outcome> nothing_there = request.allow_missing ? absl::StatusOr<Outcome>(Outcome{}) : missing;
  if (rows->size() == 0) return {nothing_there};

  const bool live = CellIsTrue(*rows, 0);
  const bool version_matches = CellIsTrue(*rows, 1);
  if (IsInWantedState(call, live)) {
    if (request.allow_missing && version_matches) return {AlreadyInState(execution)};
    if (request.allow_missing) return {VersionMismatch(entity.full_name, request.version)};
    return {live ? RowNotDeleted(entity.full_name, execution.KeyText()) : missing};
  }
  if (!IsInReach(call.plan->change(), call.variant.deleted, live)) return {nothing_there};
  if (!version_matches) return {VersionMismatch(entity.full_name, request.version)};
  const FieldViolations violations = ChangedImmutables(call, *rows);
  if (!violations.empty()) return {violations.ToStatus()};
  return {nothing_there, true};
}

/// Whether `error` says no more than that the row was not written, and the session is fit to look why.
bool MayExplain(const Execution& execution, const absl::Status& error) {
  if (execution.call.plan->change() == Change::kCreate) return false;
  const std::optional<Verdict> verdict = KeptRows(error);
  return verdict.has_value() && verdict->rows == 0 && !execution.connection.in_transaction();
}

absl::StatusOr<Outcome> WroteRow(db::Rows rows, std::shared_ptr<const sql::Statement> statement) {
  if (statement->visible_cells == 0) return Outcome{};
  return RowsOutcome(std::move(rows), std::move(statement), 1);
}

}  // namespace

absl::StatusOr<Outcome> RunWrite(const Execution& execution) {
  auto kind = StatementCache::Kind::kMain;
  const plan::MethodPlan& plan = *execution.call.plan;
  for (int attempt = 1;; ++attempt) {
    const auto statement = execution.Get(kind);
    absl::StatusOr<db::Rows> rows = CascadeResult(plan, *statement, execution.Execute(*statement, execution.effect()));
    if (rows.ok() && rows->size() > 0) return WroteRow(*std::move(rows), statement);
    if (!rows.ok() && !MayExplain(execution, rows.status())) return rows.status();
    const Explanation explanation = ExplainMiss(execution);
    if (!explanation.fits) return explanation.answer;
    if (kind == StatementCache::Kind::kMain && sql::IsHeldByParentsAlone(plan)) {
      kind = StatementCache::Kind::kParents;
      continue;
    }
    if (LookAgain(execution, attempt)) continue;
    FailTransaction(&execution.connection);
    return KeptByDatabase(plan.entity->full_name, Cat("the row with ", execution.KeyText()));
  }
}

}  // namespace rowkeeper::exec
